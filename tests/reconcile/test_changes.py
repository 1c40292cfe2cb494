"""The small comparison brings what changed since the last one, and knows when that is not enough."""

from datetime import timedelta

import pytest

from gateway.reconcile.changes import OVERLAP, compare_changes
from gateway.store.reconciles import Mark, Report
from integrations.ports import StockSource
from integrations.shopify import queries
from integrations.shopify.simulator import edits, movements
from tests.builders.reconcile import Beside, now


def source_of(pair: Beside) -> StockSource:
    assert pair.services.source is not None
    return pair.services.source


def due_tasks(pair: Beside) -> set[str]:
    return {state.name for state in pair.services.store.tasks.all() if state.due_at is not None}


def aged(pair: Beside) -> None:
    """Let the whole shop have been changed long ago."""
    for row in (*pair.shop.levels.values(), *pair.shop.products.values()):
        row.updated_at = now() - timedelta(days=3)


def test_what_changed_without_a_webhook_is_there_after_the_next_comparison(pair: Beside) -> None:
    pair.read_everything()
    aged(pair)
    pair.shop.emit = lambda topic, payload: None  # every webhook is lost
    keys = [key for key in pair.shop.levels if pair.shop.variant_by_item(key[0]).tracked][:3]
    for item, location in keys:
        movements.set_quantity(pair.shop, item, location, "available", 77)
    product = next(iter(pair.shop.products))
    edits.edit_product(pair.shop, product, {"collections": ["Doorbusters", "New in"]})
    compare_changes(pair.services, source_of(pair), now())
    assert pair.held() == pair.truth()
    kept = pair.services.store.catalog.products([str(product)])[str(product)]
    assert kept.collections == ("Doorbusters", "New in")
    report = pair.services.store.reconciles.reports("shopify")[0]
    assert (report.kind, report.seen) == ("changes", 3)
    assert report.corrected == 0  # they are so new that the feed may still bring them


@pytest.mark.parametrize("lost", ["inventory_items/update", "products/update"])
def test_of_two_webhooks_that_an_item_is_no_longer_counted_one_is_enough(pair: Beside, lost: str) -> None:
    pair.read_everything()
    item = next(item for item, _ in pair.shop.levels if pair.shop.variant_by_item(item).tracked)
    variant = pair.shop.variant_by_item(item)
    told = {"inventory_items/update": ("shopify.products", variant.product), "products/update": ("shopify", item)}
    pair.shop.emit = lambda topic, payload: None
    for counted in (False, True):
        edits.set_tracked(pair.shop, item, counted)
        source, number = next(mark for topic, mark in told.items() if topic == lost)
        pair.services.store.rereads(source).mark([str(number)], now())
        pair.reread()
        pair.reread()
        kept = pair.services.store.catalog.entries([str(variant.id)])[str(variant.id)]
        assert kept.variant.tracked is counted
        assert pair.held() == pair.truth()


def test_the_mark_moves_only_when_all_is_recorded(pair: Beside, monkeypatch: pytest.MonkeyPatch) -> None:
    pair.read_everything()
    store = pair.services.store
    before = store.reconciles.mark("shopify")
    pair.simulator.faults.set({"server_error": 1})
    with pytest.raises(Exception, match="503"):
        compare_changes(pair.services, source_of(pair), now())
    assert store.reconciles.mark("shopify") == before
    at = now()
    compare_changes(pair.services, source_of(pair), at)
    mark = store.reconciles.mark("shopify")
    assert mark is not None
    assert abs(mark.at - (at - OVERLAP)) < timedelta(milliseconds=1)


def test_a_source_that_was_never_read_whole_is_read_whole(pair: Beside) -> None:
    compare_changes(pair.services, source_of(pair), now())
    assert due_tasks(pair) == {"shopify.full_load"}
    assert pair.services.store.reconciles.wanted("shopify") == "It was never read whole."


@pytest.mark.parametrize(("epoch", "age"), [("another", timedelta(0)), ("first", timedelta(days=1))])
def test_another_filling_of_the_store_and_a_long_silence_want_a_full_read(
    pair: Beside, epoch: str, age: timedelta
) -> None:
    store = pair.services.store
    store.reconciles.finish("shopify", Mark(now() - age, epoch), Report("full", now(), 0, 0))
    compare_changes(pair.services, source_of(pair), now())
    assert due_tasks(pair) == {"shopify.full_load"}


def test_a_live_feed_that_misses_much_wants_a_full_read(pair: Beside) -> None:
    pair.read_everything()
    aged(pair)
    for level in list(pair.shop.levels.values())[:60]:
        level.quantities["available"] += 3
        level.updated_at = now() - timedelta(minutes=5)
    compare_changes(pair.services, source_of(pair), now())
    assert pair.held() == pair.truth()
    report = pair.services.store.reconciles.reports("shopify")[0]
    assert report.corrected > 50
    assert due_tasks(pair) == {"shopify.full_load"}
    assert "missed" in str(pair.services.store.reconciles.wanted("shopify"))


def test_more_changes_than_can_be_paged_want_a_full_read(pair: Beside, monkeypatch: pytest.MonkeyPatch) -> None:
    pair.read_everything()
    monkeypatch.setattr(queries, "MOST_PAGED", 40)
    compare_changes(pair.services, source_of(pair), now())
    assert due_tasks(pair) == {"shopify.full_load"}
    assert "cannot be paged" in str(pair.services.store.reconciles.wanted("shopify"))
