"""A full read: the ledger is the shop afterwards, whatever went wrong on the way, and a part takes nothing away."""

from datetime import timedelta

import pytest

from gateway.reconcile.full import AGAIN, read_everything
from integrations.errors import IntegrationError
from integrations.shopify.simulator import edits, movements
from tests.builders.processes import until
from tests.builders.reconcile import Beside, now
from tests.builders.web import POLICY


def test_the_first_full_read_fills_catalogue_locations_and_ledger(pair: Beside) -> None:
    pair.read_everything()
    assert pair.held() == pair.truth()
    store, product = pair.services.store, next(iter(pair.shop.products.values()))
    kept = store.catalog.products([str(product.id)])[str(product.id)]
    assert (kept.title, kept.description, kept.image_url) == (product.title, product.description, product.image_url)
    assert set(kept.collections) == set(product.collections)
    assert len(kept.variants) == len(product.variants)
    assert len(store.catalog.locations()) == len(pair.shop.locations)
    report = store.reconciles.reports("shopify")[0]
    assert (report.kind, report.seen, report.corrected, report.withdrawn) == ("full", len(pair.shop.levels), 0, 0)
    states = {state.name: state for state in store.tasks.all()}
    assert states["shopify.full_load"].done == states["shopify.full_load"].total > len(pair.shop.levels)


def test_a_second_full_read_of_an_unchanged_shop_writes_and_decides_nothing(pair: Beside) -> None:
    pair.read_everything()
    before = pair.services.store.due.depth(now())
    counts = pair.services.store.sources.all()[0].counts
    pair.read_everything()
    after = pair.services.store.due.depth(now())
    later = pair.services.store.sources.all()[0].counts
    assert (before, counts["accepted"]) == (after, later["accepted"])
    assert later["unchanged"] >= counts.get("unchanged", 0) + len(pair.shop.levels)


def test_what_the_live_feed_lost_is_corrected_and_counted_against_it(pair: Beside) -> None:
    pair.read_everything()
    for item, location in list(pair.shop.levels)[:7]:
        level = pair.shop.level(item, location)
        level.quantities["available"] += 5
        level.updated_at = now() - timedelta(minutes=30)  # long ago, and no webhook came
    pair.read_everything()
    assert pair.held() == pair.truth()
    counted = [level for level in list(pair.shop.levels.values())[:7] if pair.shop.variant_by_item(level.item).tracked]
    report = pair.services.store.reconciles.reports("shopify")[0]
    assert report.corrected == len(counted) > 0
    assert pair.services.store.sources.all()[0].counts["corrected"] == report.corrected


def test_a_level_that_the_shop_no_longer_has_becomes_unknown_and_never_zero(pair: Beside) -> None:
    pair.read_everything()
    key = next(key for key, (figure, _) in pair.held().items() if figure)
    pair.shop.locations_of_item[key[0]].remove(key[1])
    active = pair.shop.levels.pop(key).active
    pair.read_everything()
    assert pair.held()[key] == (None, active)
    assert pair.services.store.reconciles.reports("shopify")[0].withdrawn == 1


def test_a_reading_made_after_the_read_began_is_newer_than_the_file(pair: Beside) -> None:
    pair.read_everything()
    (item, location), level = next(
        (k, v) for k, v in pair.shop.levels.items() if pair.shop.variant_by_item(k[0]).tracked
    )
    source = pair.services.source
    assert source is not None
    pair.want()
    read_everything(pair.services, source, now())  # begins: the file is made of what the shop holds now
    until(lambda: all(one.status == "COMPLETED" for one in pair.simulator._bulk.operations.values()), within_s=10)
    movements.receive(pair.shop, item, location, 9)
    pair.services.store.rereads("shopify").mark([str(item)], now())
    pair.reread()
    pair.read_everything()
    assert pair.held()[item, location] == (level.quantities["available"], level.active)


@pytest.mark.parametrize("fault", ["bulk_failed", "bulk_expired", "bulk_cut_short"])
def test_a_read_that_comes_in_part_takes_nothing_away_tells_a_person_and_is_begun_again(
    pair: Beside, fault: str
) -> None:
    pair.read_everything()
    before = pair.held()
    edits.edit_product(pair.shop, next(iter(pair.shop.products)), {"title": "Renamed"})
    source, store = pair.services.source, pair.services.store
    assert source is not None
    pair.simulator.faults.set({fault: 2})
    pair.want()

    def failed() -> bool:
        read_everything(pair.services, source, now())
        return any(doubt.kind == "full_read" for doubt in store.doubts.open(10)[0])

    until(failed, within_s=20, step_s=0.05)
    assert pair.held() == before
    assert store.reconciles.run("shopify") is None
    due = {state.name: state.due_at for state in store.tasks.all()}["shopify.full_load"]
    assert due is not None
    assert due - now() <= AGAIN
    pair.simulator.faults.set({fault: 0})
    pair.read_everything()
    assert pair.held() == pair.truth()
    assert (
        store.catalog.products([str(next(iter(pair.shop.products)))])[str(next(iter(pair.shop.products)))].title
        == "Renamed"
    )
    assert [doubt.kind for doubt in store.doubts.open(10)[0]] == []


def test_a_merge_that_dies_halfway_leaves_true_readings_and_is_finished_by_the_next(
    pair: Beside, monkeypatch: pytest.MonkeyPatch
) -> None:
    pair.read_everything()
    for level in pair.shop.levels.values():
        level.quantities["available"] += 1
    truth, source, store = pair.truth(), pair.services.source, pair.services.store
    assert source is not None
    record, calls = store.ledger.record, iter(range(100))

    def dies(*args: object, **options: object) -> object:
        if next(calls) == 0:
            raise KeyboardInterrupt  # as near to a kill as a thread can come
        return record(*args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr("gateway.reconcile.merge.LEVELS_AT_ONCE", 100)
    monkeypatch.setattr(store.ledger, "record", dies)
    pair.want()

    def killed() -> bool:
        try:
            read_everything(pair.services, source, now())
        except KeyboardInterrupt:
            return True
        return False

    until(killed, within_s=20, step_s=0.05)
    assert store.reconciles.run("shopify") is not None  # the files are still there to be merged
    read_everything(pair.services, source, now())
    assert store.reconciles.run("shopify") is None
    assert pair.held() == truth


def test_a_shop_that_answers_nothing_is_an_error_to_try_again(pair: Beside) -> None:
    source = pair.services.source
    assert source is not None
    pair.simulator.faults.set({"server_error": 1})
    with pytest.raises(IntegrationError):
        read_everything(pair.services, source, now())
    pair.read_everything()
    assert pair.held() == pair.truth()


def test_a_whole_read_that_lacks_more_than_one_source_may_move_is_not_believed(pair: Beside) -> None:
    policy = POLICY | {"authority": dict.fromkeys(("products", "variants", "levels"), "shopify")}
    pair.services.store.policies.publish(policy, based_on=None, author="ann", note="", at=now())
    pair.read_everything()
    before = pair.held()
    items = [item for item in sorted(pair.shop.locations_of_item) if pair.shop.variant_by_item(item).tracked][:30]
    for item in items:
        for location in pair.shop.locations_of_item.pop(item):
            del pair.shop.levels[item, location]
    pair.read_everything()
    assert pair.held() == before
    (doubt,) = [one for one in pair.services.store.doubts.open(10)[0] if one.kind == "levels_missing"]
    assert doubt.facts["variants"] == 30
    assert pair.services.store.reconciles.reports("shopify")[0].withdrawn == 0
