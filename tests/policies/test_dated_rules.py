"""When a rule with dates holds: `from` counts, `until` does not, and a local time is one instant when clocks jump."""

import pytest

from gateway.documents.cases import CaseCache, try_case
from tests.policies.test_properties import small_case


def decided(at: str, zone: str = "UTC", **dates: str) -> tuple[int, str | None]:
    """The units under a dated buffer of 1, and when they have to be decided again."""
    case = small_case({}, 9)
    case["document"] |= {"time_zone": zone, "rules": [{"name": "Dated", "set": {"buffer_units": 1}} | dates]}
    answer = try_case(case | {"at": at}, cache=CaseCache())["ship"]
    return answer["units"], answer["due"]


@pytest.mark.parametrize(
    ("at", "units", "due"),
    [
        ("2026-11-26T23:59:59.999999Z", 9, "2026-11-27T00:00:00Z"),
        ("2026-11-27T00:00:00Z", 8, "2026-12-01T00:00:00Z"),
        ("2026-11-30T23:59:59.999999Z", 8, "2026-12-01T00:00:00Z"),
        ("2026-12-01T00:00:00Z", 9, None),
    ],
)
def test_a_rule_begins_at_from_and_has_ended_at_until(at: str, units: int, due: str | None) -> None:
    dates = {"from": "2026-11-27T00:00:00", "until": "2026-12-01T00:00:00"}
    assert decided(at, **dates) == (units, due)


@pytest.mark.parametrize(
    ("zone", "local", "instant"),
    [
        ("Europe/London", "2026-10-25T01:30:00", "2026-10-25T00:30:00Z"),  # twice: the first
        ("Europe/London", "2026-03-29T01:30:00", "2026-03-29T01:00:00Z"),  # never: the jump
        ("Europe/London", "2026-03-29T02:00:00", "2026-03-29T01:00:00Z"),
        ("Australia/Lord_Howe", "2026-10-04T02:15:00", "2026-10-03T15:30:00Z"),  # half an hour is skipped
        ("Pacific/Apia", "2011-12-30T12:00:00", "2011-12-30T10:00:00Z"),  # a whole day is skipped
        ("America/New_York", "2026-11-27T00:00:00.25", "2026-11-27T05:00:00.250000Z"),
    ],
)
def test_a_local_time_is_one_instant(zone: str, local: str, instant: str) -> None:
    assert decided(instant, zone, **{"from": local})[0] == 8
    assert decided("1999-01-01T00:00:00Z", zone, **{"from": local}) == (9, instant)


def test_dates_that_jump_onto_one_instant_are_refused() -> None:
    case = small_case({}, 9)
    rule = {
        "name": "Nothing",
        "from": "2026-03-29T01:30:00",
        "until": "2026-03-29T02:00:00",
        "set": {"buffer_units": 1},
    }
    case["document"] |= {"time_zone": "Europe/London", "rules": [rule]}
    assert [one["path"] for one in try_case(case, cache=CaseCache())["problems"]] == ["rules[0].until"]


def test_what_falls_due_behind_the_end_of_the_calendar_never_does() -> None:
    case = small_case({"settle_minutes": 5_256_000, "fresh_for_minutes": 5_256_000}, 9)
    at = "9998-01-01T00:00:00Z"
    case["levels"][0]["observed_at"] = at
    answer = try_case(case | {"at": at, "previous": {"ship": {"band": "out"}}}, cache=CaseCache())["ship"]
    assert (answer["rise"], answer["due"]) == ({"since": at}, None)


def test_a_rule_that_was_beaten_still_wakes_the_variant() -> None:
    case = small_case({}, 9)
    case["document"]["rules"] = [
        {"name": "Dated", "until": "2026-11-24T00:00:00", "set": {"buffer_units": 1}},
        {"name": "Last", "set": {"buffer_units": 2}},
    ]
    answer = try_case(case, cache=CaseCache())["ship"]
    assert (answer["units"], answer["due"]) == (7, "2026-11-24T00:00:00Z")
