"""Catalogue facts mark what they change, and only that."""

from decimal import Decimal
from typing import Any

from gateway.store import Store
from policies.values import LocationFacts, ProductFacts, VariantFacts
from tests.builders.store import NOON, after, decisions, reading


def product(*variants: str, named: str = "p1", **changes: Any) -> ProductFacts:
    facts = tuple(VariantFacts(v, sku=f"sku-{v}", price=Decimal("9.90"), stock_item=f"item-{v}") for v in variants)
    fields: dict[str, Any] = {"title": "Hat", "published": True, "tags": ("new",)}
    return ProductFacts(named, "shop", variants=facts, **{**fields, **changes})


def due(store: Store) -> set[str]:
    return set(store.due.claim(100, NOON, 60).variants)


def test_a_product_comes_back_as_it_was_put_and_its_variants_are_due(store: Store) -> None:
    counts = store.catalog.put_products([product("v1", "v2")], at=NOON)
    assert (counts.changed, counts.unchanged) == (2, 0)
    assert due(store) == {"v1", "v2"}
    assert store.catalog.products(["p1", "p2"]) == {"p1": product("v1", "v2")}
    entry = store.catalog.entries(["v1", "nobody"])["v1"]
    assert (entry.variant.sku, entry.variant.tags, entry.price) == ("sku-v1", ("new",), Decimal("9.90"))
    rows = store.ledger.read(["v1"])
    assert rows.facts.tolist() == [1]


def test_putting_the_same_again_changes_nothing(store: Store) -> None:
    store.catalog.put_products([product("v1")], at=NOON)
    due(store)
    counts = store.catalog.put_products([product("v1")], at=after(1))
    assert (counts.changed, counts.unchanged) == (0, 1)
    assert store.due.depth(after(1)) == 0


def test_a_variant_that_is_no_longer_listed_is_unpublished_until_it_is_listed_again(store: Store) -> None:
    store.catalog.put_products([product("v1", "v2")], at=NOON)
    due(store)
    store.catalog.put_products([product("v1")], at=NOON)
    assert due(store) == {"v2"}
    assert store.catalog.entries(["v2"])["v2"].variant.published is False
    store.catalog.put_products([product("v1", "v2")], at=NOON)
    assert store.catalog.entries(["v2"])["v2"].variant.published is True


def test_a_variant_that_moved_to_another_product_is_not_delisted_by_the_old_one(store: Store) -> None:
    store.catalog.put_products([product("v1", "v2")], at=NOON)
    store.catalog.put_products([product("v2", named="p2")], at=NOON)
    store.catalog.put_products([product("v1")], at=NOON)
    entry = store.catalog.entries(["v2"])["v2"]
    assert (entry.variant.product, entry.variant.published) == ("p2", True)


def test_a_block_marks_due_once_and_refuses_decisions_made_before_it(store: Store) -> None:
    store.ledger.record([reading()], at=NOON)
    store.catalog.put_products([product("v1")], at=NOON)
    claims = store.due.claim(9, NOON, 60)
    store.catalog.block("v1", True, at=NOON)
    store.catalog.block("v1", True, at=NOON)
    assert not store.decisions.commit(decisions(claims)).any()
    assert due(store) == {"v1"}
    assert store.ledger.read(["v1"]).facts[0] == claims.rows.facts[0] + 1
    assert store.catalog.entries(["v1"])["v1"].variant.blocked


def test_look_ups_follow_the_facts_of_now(store: Store) -> None:
    store.catalog.put_products([product("v1", "v2")], at=NOON)
    assert store.catalog.by_sku("sku-v1") == ("v1",)
    assert store.catalog.by_item("shop", ["item-v1", "none"]) == {"item-v1": ("v1",)}
    store.catalog.put_products([ProductFacts("p1", "shop", variants=(VariantFacts("v1", sku="new"),))], at=NOON)
    assert (store.catalog.by_sku("sku-v1"), store.catalog.by_sku("new")) == ((), ("v1",))
    assert store.catalog.by_item("shop", ["item-v1"]) == {}


def test_variants_are_paged_stably(store: Store) -> None:
    names = {f"v{n}" for n in range(150)}
    store.due.mark(sorted(names), NOON)
    found: list[str] = []
    after_place = None
    while page := store.catalog.variants(after_place, 40):
        assert len(page) <= 40
        found += [name for _, _, name in page]
        after_place = page[-1][:2]
    assert sorted(found) == sorted(names)


def test_location_facts_count_their_changes(store: Store) -> None:
    facts = [LocationFacts("l1", "shop", "Main"), LocationFacts("l2", "shop")]
    assert store.catalog.put_locations(facts, at=NOON) == ("l1", "l2")
    assert store.catalog.put_locations(facts, at=NOON) == ()
    assert (store.standing().locations, store.catalog.locations()) == (1, tuple(facts))


def test_a_sku_and_a_stock_item_may_belong_to_several_variants(store: Store) -> None:
    twins = tuple(VariantFacts(variant, sku="TWIN", stock_item="shared") for variant in ("v1", "v2"))
    store.catalog.put_products([ProductFacts("p1", "shop", variants=twins)], at=NOON)
    assert store.catalog.by_sku("TWIN") == ("v1", "v2")
    assert store.catalog.by_item("shop", ["shared"]) == {"shared": ("v1", "v2")}


def test_facts_that_change_during_a_lease_count_once_and_are_due_again(store: Store) -> None:
    store.catalog.put_products([product("v1")], at=NOON)
    assert due(store) == {"v1"}
    before = store.ledger.read(["v1"])
    store.catalog.put_products([product("v1", tags=("old",))], at=after(1))
    now = store.ledger.read(["v1"])
    assert now.facts[0] == before.facts[0] + 1
    assert store.due.depth(after(1)) == 1
