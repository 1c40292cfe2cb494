"""The nightly audit: what differs in Klaviyo is counted by kind, told again, and people are told of it."""

from datetime import timedelta
from typing import Any

import pytest

from gateway.catalog_audit import gone, task
from gateway.pipeline.destinations import VARIANTS
from integrations.errors import TemporaryError
from integrations.ports import Account
from tests.builders.feeds import stock, stock_many, tee
from tests.builders.klaviyo import item, variant
from tests.builders.mirror import Mirror

NOTHING = dict.fromkeys(("missing", "number", "published", "edited", "extra", "foreign", "pending", "deleted"), 0)


def filled(mirror: Mirror, count: int = 3) -> Mirror:
    mirror.put(*(tee(number) for number in range(1, count + 1)))
    stock_many(mirror.house, {f"v{number}": 20 for number in range(1, count + 1)})
    mirror.settle()
    return mirror


def held(mirror: Mirror, name: str, **changes: Any) -> Any:
    """What Klaviyo was told of a variant, with somebody's changes."""
    told = mirror.variant(name)
    facts = {"product": f"p{name[1:]}", "title": told["title"], "description": told["description"], "sku": told["sku"]}
    facts |= {"url": told["url"], "units": told["inventory_quantity"], "price": told["price"]}
    facts |= {"image_url": told["image_full_url"], "metadata": told["custom_metadata"]}
    return variant(name, **(facts | changes))


def test_a_mirror_that_is_true_is_found_true_and_nothing_is_sent(mirror: Mirror) -> None:
    filled(mirror)
    effects = len(mirror.shop.see("journal"))
    found = mirror.audit()
    assert found["counts"] == NOTHING and found["checked"] == 6 and found["examples"] == []
    mirror.settle()
    assert len(mirror.shop.see("journal")) == effects


def test_every_kind_of_drift_is_counted_and_put_right(mirror: Mirror) -> None:
    filled(mirror, 5)
    good = mirror.shop.see("catalog")
    mirror.write("delete_variants", ids=("v1",))
    changed = (
        held(mirror, "v2", units=999),
        held(mirror, "v3", published=False),
        held(mirror, "v4", title="SALE"),
        held(mirror, "v5", metadata={}),
    )
    mirror.write("update_variants", variants=changed)
    counts = mirror.audit()["counts"]
    assert counts == NOTHING | {"missing": 1, "number": 1, "published": 1, "edited": 2}
    mirror.settle()
    assert mirror.shop.see("catalog") == good
    assert mirror.audit()["counts"] == NOTHING


def test_somebody_who_edits_in_klaviyo_is_reported_until_it_stops(mirror: Mirror) -> None:
    filled(mirror)
    mirror.write("update_items", items=(item("p1", title="SALE"),))
    mirror.audit()
    doubts = mirror.house.store.doubts
    assert [(doubt.kind, doubt.facts) for doubt in doubts.open(9)[0]] == [("edited_in_klaviyo", {"records": ["p1"]})]
    mirror.settle()
    mirror.audit()
    assert doubts.count() == 0


def test_an_item_that_is_gone_there_comes_back_with_its_variants(mirror: Mirror) -> None:
    filled(mirror)
    good = mirror.shop.see("catalog")
    mirror.write("delete_items", ids=("p1",))
    assert mirror.audit()["counts"]["missing"] == 2
    mirror.settle()
    assert mirror.shop.see("catalog") == good


def test_what_another_tool_keeps_there_is_counted_and_left_alone(mirror: Mirror) -> None:
    filled(mirror)
    mirror.write("create_items", items=(item("theirs"),))
    mirror.write("create_variants", variants=(variant("their-v", product="theirs"),))
    found = mirror.audit()
    assert found["counts"] == NOTHING | {"foreign": 2}
    mirror.settle()
    assert mirror.item("theirs") and mirror.variant("their-v")


def test_what_is_ours_and_was_never_noted_is_noted_and_told(mirror: Mirror) -> None:
    filled(mirror)
    mirror.house.store.told.forget(VARIANTS, ["v2"])
    mirror.write("update_variants", variants=(held(mirror, "v2", units=1),))
    assert mirror.audit()["counts"] == NOTHING | {"extra": 1}
    mirror.settle()
    assert mirror.variant("v2")["inventory_quantity"] == 20


def test_a_change_that_waits_is_no_drift(mirror: Mirror) -> None:
    filled(mirror)
    stock(mirror.house, "v1", 7, seconds=5)
    mirror.feeds.at += timedelta(minutes=10)
    mirror.feeds.decide()  # decided, and not told yet
    assert mirror.audit()["counts"] == NOTHING | {"pending": 1}
    mirror.settle()
    assert mirror.variant("v1")["inventory_quantity"] == 7


def test_what_was_told_this_minute_is_not_judged(mirror: Mirror) -> None:
    filled(mirror)
    mirror.write("update_variants", variants=(held(mirror, "v1", units=999),))
    assert mirror.audit(later=timedelta(0))["checked"] == 0


def test_a_delisted_variant_is_hidden_at_once_and_deleted_by_night(mirror: Mirror) -> None:
    filled(mirror)
    mirror.put(tee(1, variants=[]))
    mirror.settle()
    assert (mirror.variant("v1")["published"], mirror.variant("v1")["inventory_quantity"]) == (False, 0)
    assert mirror.audit()["counts"] == NOTHING | {"deleted": 1}
    assert "$custom:::$default:::v1" not in mirror.shop.see("catalog")["variant"]
    mirror.house.store.outbox.put(VARIANTS, ["v1"], 2, mirror.feeds.at)
    mirror.settle()
    assert mirror.audit()["counts"] == NOTHING
    mirror.put(tee(1))
    mirror.settle()
    assert mirror.variant("v1")["published"] is True


def test_a_product_without_variants_that_is_hidden_goes_too(mirror: Mirror) -> None:
    filled(mirror)
    mirror.put(tee(1, variants=[], published=False))
    mirror.settle()
    assert mirror.audit()["counts"]["deleted"] == 2
    assert "$custom:::$default:::p1" not in mirror.shop.see("catalog")["item"]


def test_more_than_a_mistake_may_cost_is_not_deleted(mirror: Mirror, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gone, "CAP_LEAST", 2)
    filled(mirror, 6)
    mirror.put(*(tee(number, variants=[]) for number in range(1, 6)))
    mirror.settle()
    assert mirror.audit()["counts"]["deleted"] == 2
    assert len(mirror.shop.see("catalog")["variant"]) == 4
    doubts = mirror.house.store.doubts.open(9)[0]
    assert [(doubt.kind, doubt.facts) for doubt in doubts] == [("deletions", {"gone": 5})]


def test_an_audit_takes_few_requests_at_a_time_and_goes_on_after_a_failure(
    mirror: Mirror, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(mirror, 40)
    monkeypatch.setattr(task, "REQUESTS_AT_ONCE", 2)
    mirror.write("delete_variants", ids=("v7", "v33"))
    mirror.feeds.at += timedelta(minutes=10)
    mirror.shop.order(server_errors=1)
    with pytest.raises(TemporaryError):
        task.audit_catalog(mirror.services, mirror.feeds.at)
    task.audit_catalog(mirror.services, mirror.feeds.at)
    assert mirror.house.store.audits.running() is not None
    found = mirror.audit(later=timedelta(0))
    assert found["counts"] == NOTHING | {"missing": 2} and found["checked"] == 80
    mirror.settle()
    assert len(mirror.shop.see("catalog")["variant"]) == 40


def test_it_reads_nothing_of_an_account_that_is_not_ours(mirror: Mirror) -> None:
    filled(mirror)
    mirror.house.store.connections.unpin("klaviyo")
    mirror.house.store.connections.pin("klaviyo", Account("OTHER", "Other").id)
    mirror.check()
    before = len(mirror.shop.budget.taken)
    task.audit_catalog(mirror.services, mirror.feeds.at)
    assert len(mirror.shop.budget.taken) == before
