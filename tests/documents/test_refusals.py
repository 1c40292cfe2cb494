"""Every refusal of the policy language, section 1, at its path."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.documents import DocumentProblems, check_document, load_document
from tests.builders.documents import house_document, house_guard, house_pool, house_rule


def paths(document: Any) -> list[str]:
    return [problem.path for problem in check_document(document)]


def setting(name: str, value: Any) -> dict[str, Any]:
    return house_document(rules=[house_rule(set={name: value})])


def pool(**changes: Any) -> dict[str, Any]:
    return house_document(pools={"ship": house_pool(**changes)})


def rule(**changes: Any) -> dict[str, Any]:
    return house_document(rules=[house_rule(**changes)])


def guard(**changes: Any) -> dict[str, Any]:
    return house_document(guards=[house_guard(**changes)])


def test_the_house_document_is_not_refused() -> None:
    assert paths(house_document(guards=[house_guard()])) == []


@pytest.mark.parametrize("value", [True, 5.0, Decimal("5.0"), "5", None, -1, 10_000_001, float("nan"), [], {}])
def test_a_count_is_a_whole_number_within_its_ceiling(value: Any) -> None:
    assert paths(setting("buffer_units", value)) == ["rules[0].set.buffer_units"]


@pytest.mark.parametrize(
    "value", [True, "5", None, -0.01, 100.01, 12.345, Decimal("0.001"), float("nan"), float("inf"), Decimal("1E-99999")]
)
def test_a_percentage_has_two_decimals_within_its_ceiling(value: Any) -> None:
    assert paths(setting("buffer_percent", value)) == ["rules[0].set.buffer_percent"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("settle_minutes", 5_256_001),
        ("low_days", 3650.01),
        ("low_days", 1.005),
        ("low_days", "auto"),
        ("cap_units", 0),
        ("cap_units", "auto"),
        ("fresh_for_minutes", 0),
        ("low_at_units", "none"),
        ("excluded", 1),
        ("excluded", "true"),
        ("unheard_of", 1),
    ],
)
def test_a_setting_is_refused_at_its_path(name: str, value: Any) -> None:
    assert paths(setting(name, value)) == [f"rules[0].set.{name}"]


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (house_document(schema=2), "schema"),
        (house_document(schema=True), "schema"),
        (house_document(schema=1.0), "schema"),
        (house_document(schema=None), "schema"),
        (house_document(name="  "), "name"),
        (house_document(name="\ud800"), "name"),
        (house_document(time_zone="Europe"), "time_zone"),
        (house_document(time_zone="../../etc/passwd"), "time_zone"),
        (house_document(authority=None), "authority"),
        (house_document(authority=[]), "authority"),
        (house_document(pools=None), "pools"),
        (house_document(default_pool="pickup"), "default_pool"),
        (house_document(catalog_return="maybe"), "catalog_return"),
        (house_document(extra=1), "extra"),
        (house_document(**{"_schema": 1}), "_schema"),
        (house_document(locations={"main": {"kind": "shed"}, "soho": {}}), "locations.main.kind"),
        (house_document(locations={"main": {}, "soho": {}, " ": {}}), "locations. "),
        (pool(states=[]), "pools.ship.states"),
        (pool(states=["available", "damaged"]), "pools.ship.states[1]"),
        (pool(states=["available", "available"]), "pools.ship.states[1]"),
        (pool(kinds=[]), "pools.ship.kinds"),
        (pool(method="post"), "pools.ship.method"),
        (pool(include=["old-annex"]), "pools.ship.include[0]"),
        (pool(**{"except": ["main", "old-annex"]}), "pools.ship.except[1]"),
        (pool(include=["soho"], **{"except": ["main", "soho"]}), "pools.ship.except[1]"),
        (house_document(pools={"ship": {"method": "ship", "states": ["held"]}}), "pools.ship"),
        (house_document(pools={"ship": {"method": "ship", "states": ["held"], "include": []}}), "pools.ship"),
        (house_document(pools={"ship": {"states": ["held"], "include": ["soho"]}}), "pools.ship.method"),
        (house_document(rules=[house_rule(), house_rule()]), "rules[1].name"),
        (house_document(rules=[{"name": "x"}]), "rules[0].set"),
        (house_document(rules=[3]), "rules[0]"),
        (rule(set={}), "rules[0].set"),
        (rule(when={}), "rules[0].when"),
        (rule(when={"tags": []}), "rules[0].when.tags"),
        (rule(when={"tags": ["sale", " SALE "]}), "rules[0].when.tags[1]"),
        (rule(when={"tags": ["sale", " "]}), "rules[0].when.tags[1]"),
        (rule(when={"tags": "sale"}), "rules[0].when.tags"),
        (rule(when={"variants": ["a", "A", "a"]}), "rules[0].when.variants[2]"),
        (rule(when={"pools": ["ship", "pickup"]}), "rules[0].when.pools[1]"),
        (rule(when={"colours": ["red"]}), "rules[0].when.colours"),
        (rule(when={"locations": ["main"]}), "rules[0].set.buffer_units"),
        (rule(set={"floor_units": 5, "cap_units": 4}), "rules[0].set.floor_units"),
        (house_document(restock={"causes": ["receipt", "magic"]}), "restock.causes[1]"),
        (house_document(restock={"causes": []}), "restock.causes"),
        (house_document(restock={"again_after_hours": 87_601}), "restock.again_after_hours"),
        (house_document(limits={"source_moves_percent": 101}), "limits.source_moves_percent"),
        (house_document(guards=[house_guard(), house_guard()]), "guards[1].name"),
        (guard(pool="pickup"), "guards[0].pool"),
        (guard(channels=[]), "guards[0].channels"),
        (guard(mode="shout"), "guards[0].mode"),
        (guard(hold_when={"band": "healthy", "share_percent": 5}), "guards[0].hold_when.band"),
        (guard(release_when={"band": "out", "share_percent": 5}), "guards[0].release_when.band"),
        (guard(hold_when={"band": "low", "share_percent": 0}), "guards[0].hold_when.share_percent"),
        (guard(hold_when={"band": "low"}), "guards[0].hold_when.share_percent"),
    ],
)
def test_a_document_is_refused_at_one_path(document: Any, expected: str) -> None:
    assert paths(document) == [expected]


@pytest.mark.parametrize(
    "value",
    [
        "2026-11-27",
        "2026-11-27 00:00:00",
        "2026-11-27T00:00",
        "2026-11-27T00:00:00Z",
        "2026-11-27T00:00:00.1234567",
        "2026-02-30T00:00:00",
        "1969-12-31T23:59:59",
        "9999-01-01T00:00:00",
        "\u0662026-11-27T00:00:00",
        date(2026, 11, 27),
        datetime(2026, 11, 27, tzinfo=UTC),
        datetime(1969, 12, 31),  # noqa: DTZ001 - a local date-time is what TOML gives
        20261127,
    ],
)
def test_a_date_of_another_form_is_refused(value: Any) -> None:
    assert paths(rule(**{"from": value})) == ["rules[0].from"]


def test_dates_contradict_each_other_as_instants() -> None:
    both_in_the_skipped_hour = {"from": "2026-03-29T01:10:00", "until": "2026-03-29T01:50:00"}
    assert paths(rule(**both_in_the_skipped_hour)) == ["rules[0].until"]
    assert paths(rule(**{"from": "2026-03-29T00:59:00", "until": "2026-03-29T01:50:00"})) == []


def test_all_problems_come_at_once_in_document_order() -> None:
    rules = [house_rule(name=f"r{index}") for index in range(11)]
    rules[2]["set"], rules[10]["set"] = {"buffer_units": -1}, {"buffer_units": -1}
    document = house_document(rules=rules, default_pool="x", authority={"products": "a", "levels": 3})
    assert paths(document) == [
        "authority.levels",
        "authority.variants",
        "default_pool",
        "rules[2].set.buffer_units",
        "rules[10].set.buffer_units",
    ]


def test_a_document_that_is_no_table_is_refused_as_a_whole() -> None:
    assert paths([]) == [""]


def test_what_the_schema_refused_does_not_hide_what_crosses_sections() -> None:
    document = house_document(
        pools={"ship": house_pool(include=[5, "nowhere"], method="post")},
        rules=[house_rule(), 7, house_rule(set={"floor_units": 9, "cap_units": 2, "low_days": -1})],
    )
    assert paths(document) == [
        "pools.ship.include[0]",
        "pools.ship.include[1]",
        "pools.ship.method",
        "rules[1]",
        "rules[2].name",
        "rules[2].set.floor_units",
        "rules[2].set.low_days",
    ]


KEYS = st.sampled_from([*house_document(guards=[]), *house_rule(when={}), "include", "tags", "_schema", "", "x"])
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.decimals() | st.text() | st.datetimes(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=6),
    max_leaves=25,
)


@given(junk=JUNK, key=KEYS)
def test_junk_raises_nothing_but_problems(junk: Any, key: str) -> None:
    for document in (
        junk,
        house_document(**{key: junk}),
        rule(**{key: junk}),
        pool(**{key: junk}),
        guard(**{key: junk}),
    ):
        try:
            load_document(document)
        except DocumentProblems as refused:
            assert refused.problems == check_document(document)
