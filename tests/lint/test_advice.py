"""The linter over a real store: what is in it shows, and a look at a large one stays small."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from gateway import policy_advice
from gateway.documents import load_document
from gateway.documents.advice import warnings_result
from gateway.policy_advice import PolicyAdvisor
from gateway.store import Store, open_store
from policies.values import LocationFacts, ProductFacts, Reading, VariantFacts
from tests.builders.documents import house_document, house_pool, house_rule
from tests.builders.shop_view import AT


@pytest.fixture
def store(redis_url: str) -> Iterator[Store]:
    opened = open_store(redis_url, "test")
    yield opened
    opened.close()


def stock(store: Store, products: int, tag: str = "tees", available: int = 6) -> None:
    """Products of two variants each, all of which lie in the main warehouse."""
    store.catalog.put_products([product(f"{tag}-{number}", tag) for number in range(products)], at=AT)
    readings = [
        Reading("shopify", f"{tag}-{number}-{size}", "main", {"available": available}, AT)
        for number in range(products)
        for size in ("s", "m")
    ]
    store.ledger.record(readings, at=AT)
    store.sources.heard("shopify", AT, AT)
    store.catalog.put_locations([LocationFacts("main", "shopify", "Main", True)], at=AT)


def product(name: str, tag: str) -> ProductFacts:
    variants = tuple(VariantFacts(f"{name}-{size}", sku=f"{name}-{size}".upper(), title=size) for size in ("s", "m"))
    return ProductFacts(name, "shopify", title=name, tags=(tag,), published=True, variants=variants)


def advise(advisor: PolicyAdvisor, *rules: dict[str, Any], minutes: int = 0) -> dict[str, Any]:
    main = {"kind": "warehouse", "sells_online": True, "ships_online_orders": True}
    pools = {"ship": house_pool()}
    document = load_document(house_document(locations={"main": main}, pools=pools, rules=[house_rule(), *rules]))
    warnings = advisor.advise(document, at=AT + timedelta(minutes=minutes))
    return {f"{one['code']} {one['path']}": one for one in warnings_result(warnings)}


def test_a_warning_shows_a_live_product_with_and_without_its_line(store: Store) -> None:
    stock(store, 3)
    found = advise(PolicyAdvisor(store), {"name": "Deep", "when": {"tags": ["Tees"]}, "set": {"buffer_units": 50}})
    example = found["keeps_everything_back rules[1].set.buffer_units"]["example"]
    assert (example["title"].split()[0], example["pool"]) == (example["variant"].rsplit("-", 1)[0], "ship")
    assert example["without"]["units"] == 4
    assert example["under"] == {"units": 0, "band": "out", "promised_units": 0}


def test_places_and_sources_of_the_shop_are_known(store: Store) -> None:
    stock(store, 1)
    store.catalog.put_locations([LocationFacts("camden", "shopify", "Camden", True)], at=AT)
    assert "location_unmapped locations.camden" in advise(PolicyAdvisor(store))


def test_ids_are_looked_up_however_little_of_the_shop_was_seen(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policy_advice, "WALKED_PER_CALL", 3)
    monkeypatch.setattr(policy_advice, "MOST_ALIKE", 1)
    stock(store, 20)
    rules = (
        {"name": "Ids", "when": {"variants": ["tees-19-m", "gone"]}, "set": {"buffer_units": 1}},
        {"name": "SKUs", "when": {"skus": ["tees-7-S"]}, "set": {"buffer_units": 1}},
        {"name": "Products", "when": {"products": ["tees-11"]}, "set": {"buffer_units": 1}},
        {"name": "Caps", "when": {"tags": ["caps"]}, "set": {"buffer_units": 1}},
    )
    advisor = PolicyAdvisor(store)
    assert not any("nobody_has" in name or "matches_nothing" in name for name in advise(advisor, *rules))
    for _ in range(20):
        found = advise(advisor, *rules)
    assert {name for name in found if "nobody_has" in name or "matches_nothing" in name} == {
        "rule_matches_nothing rules[4]",
        "value_nobody_has rules[1].when.variants[1]",
    }


def test_nothing_is_said_of_what_nobody_has_in_a_shop_of_too_many_kinds(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(policy_advice, "MOST_VIEWED", 2)
    for tag in ("tees", "caps", "socks"):
        stock(store, 1, tag)
    strange = {"name": "Scarves", "when": {"tags": ["scarves"]}, "set": {"buffer_units": 1}}
    assert "rule_matches_nothing rules[1]" not in advise(PolicyAdvisor(store), strange)
    monkeypatch.setattr(policy_advice, "MOST_VIEWED", 3)
    assert "rule_matches_nothing rules[1]" in advise(PolicyAdvisor(store), strange)


def test_a_change_of_the_shop_is_seen_after_some_minutes(store: Store) -> None:
    stock(store, 3)
    advisor = PolicyAdvisor(store)
    caps = {"name": "Caps", "when": {"tags": ["caps"]}, "set": {"buffer_units": 1}}
    assert "rule_matches_nothing rules[1]" in advise(advisor, caps)
    stock(store, 3, tag="caps")
    assert "rule_matches_nothing rules[1]" in advise(advisor, caps, minutes=1)
    assert "rule_matches_nothing rules[1]" not in advise(advisor, caps, minutes=11)


def test_an_empty_store_is_no_shop_to_compare_with(store: Store) -> None:
    caps = {"name": "Caps", "when": {"tags": ["caps"]}, "set": {"buffer_units": 1}}
    assert advise(PolicyAdvisor(store), caps) == {}
