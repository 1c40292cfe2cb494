"""Every objection, alone: the one fact that brings it about, and that nothing counts then."""

from typing import Any

import pytest

from gateway.documents.cases import CaseCache, try_case
from policies.reasons import OBJECTIONS

AT = "2026-11-23T12:00:00Z"
MAIN = {"kind": "warehouse", "sells_online": True, "ships_online_orders": True}


def answer(
    variant: dict[str, Any] | None = None,
    place: dict[str, Any] | None = None,
    level: dict[str, Any] | None = None,
    rules: list[dict[str, Any]] | None = None,
    **changes: Any,
) -> dict[str, Any]:
    document = {
        "schema": 1,
        "name": "Small",
        "default_pool": "ship",
        "authority": {"products": "a", "variants": "a", "levels": "a"},
        "locations": {"main": MAIN | (place or {})},
        "pools": {"ship": {"method": "ship", "states": ["available"], "kinds": ["warehouse"]}},
        "rules": rules or [],
    }
    stock = {"location": "main", "quantities": {"available": 9}, "observed_at": AT} | (level or {})
    case = {
        "document": document,
        "variant": {"id": "v", "published": True} | (variant or {}),
        "levels": [stock],
        "at": AT,
    }
    result: dict[str, Any] = try_case(case | changes, cache=CaseCache())["ship"]
    return result


FRESH = [{"name": "Fresh", "set": {"fresh_for_minutes": 30}}]
CAUSES: dict[str, dict[str, Any]] = {
    "variant_unpublished": {"variant": {"published": None}},
    "variant_excluded": {"rules": [{"name": "Out", "set": {"excluded": True}}]},
    "variant_blocked": {"variant": {"blocked": True}},
    "location_unmapped": {"level": {"location": "annex"}},
    "location_inactive": {"locations": {"main": {"active": False}}},
    "location_hidden": {"place": {"hidden": True}},
    "location_not_in_pool": {"place": {"kind": "store"}},
    "method_not_offered": {"place": {"ships_online_orders": False}},
    "level_inactive": {"level": {"active": False}},
    "level_unknown": {"level": {"quantities": {"available": None}}},
    "level_stale": {"level": {"observed_at": "2026-11-23T11:30:00Z"}, "rules": FRESH},
    "location_excluded": {"rules": [{"name": "Out", "when": {"locations": ["main"]}, "set": {"excluded": True}}]},
}


def test_every_objection_has_a_cause_here() -> None:
    assert list(CAUSES) == [code.value for code in OBJECTIONS]


def test_without_a_cause_there_is_no_objection() -> None:
    assert (answer()["steps"][0]["objections"], answer()["units"]) == ([], 9)


@pytest.mark.parametrize("code", CAUSES)
def test_an_objection_keeps_a_level_from_counting(code: str) -> None:
    found = answer(**CAUSES[code])
    assert found["steps"][0]["objections"] == [code]
    assert (found["steps"][0]["counted"], found["pool_units"]) == (0, 0)


def test_all_objections_are_listed_in_their_order() -> None:
    found = answer(
        variant={"published": False, "blocked": True},
        place={"hidden": True, "kind": "store", "ships_online_orders": False},
        level={"active": False, "quantities": {"available": None}, "observed_at": "2026-11-23T11:00:00Z"},
        locations={"main": {"active": False}},
        rules=[*FRESH, {"name": "Not v", "set": {"excluded": True}}, CAUSES["location_excluded"]["rules"][0]],
    )
    assert found["steps"][0]["objections"] == [code.value for code in OBJECTIONS if code != "location_unmapped"]


@pytest.mark.parametrize(
    ("observed_at", "objections"),
    [("2026-11-23T11:30:00Z", ["level_stale"]), ("2026-11-23T11:30:00.000001Z", []), (None, [])],
)
def test_a_reading_is_stale_from_the_very_moment_on(observed_at: str | None, objections: list[str]) -> None:
    found = answer(level={"observed_at": observed_at}, rules=FRESH)
    assert found["steps"][0]["objections"] == objections
    assert found["due"] == (None if observed_at is None or objections else "2026-11-23T12:00:00.000001Z")


def test_a_level_without_figures_is_unknown_and_never_stale() -> None:
    found = answer(level={"quantities": {}, "observed_at": None}, rules=FRESH)
    assert (found["steps"][0]["objections"], found["blind"]) == (["level_unknown"], True)


def test_an_uncounted_variant_has_no_units_where_no_location_may_sell_it() -> None:
    found = answer(variant={"tracked": False}, place={"hidden": True})
    assert (found["units"], found["band"], found["blind"]) == (0, "out", False)


def test_an_uncounted_variant_needs_no_level_to_be_sold() -> None:
    assert answer(variant={"tracked": False}, levels=[])["units"] == "unlimited"


def test_the_first_chain_of_excluded_is_not_taken_back_by_the_second() -> None:
    rules = [
        {"name": "Out", "set": {"excluded": True}},
        {"name": "In there", "when": {"locations": ["main"]}, "set": {"excluded": False}},
    ]
    assert answer(rules=rules)["steps"][0]["objections"] == ["variant_excluded"]


def test_a_later_rule_of_a_location_takes_its_exclusion_back() -> None:
    here = {"locations": ["main"]}
    rules = [
        {"name": "Out", "when": here, "set": {"excluded": True}},
        {"name": "Reserve", "when": here, "set": {"reserve_units_per_location": 1}},
    ]
    assert answer(rules=rules)["steps"][0]["objections"] == ["location_excluded"]
    back = [*rules, {"name": "In again", "when": here, "set": {"excluded": False}}]
    assert (answer(rules=back)["steps"][0]["objections"], answer(rules=back)["units"]) == ([], 8)
