"""Where bands turn, to the unit."""

from typing import Any

import pytest

from gateway.documents.cases import CaseCache, try_case
from tests.policies.test_properties import small_case

MARKS = {"out_at_units": 2, "restock_at_units": 5, "low_at_units": 8, "healthy_at_units": 12}


def band(units: int, before: str, settings: dict[str, Any], **variant: Any) -> str:
    case = small_case(settings, units, previous={"ship": {"band": before}})
    case["variant"] |= variant
    return str(try_case(case, cache=CaseCache())["ship"]["band"])


@pytest.mark.parametrize(
    ("before", "units", "after"),
    [
        ("unknown", 2, "out"), ("unknown", 3, "low"), ("unknown", 8, "low"), ("unknown", 9, "healthy"),
        ("out", 2, "out"), ("out", 4, "out"), ("out", 5, "low"), ("out", 11, "low"), ("out", 12, "healthy"),
        ("low", 2, "out"), ("low", 3, "low"), ("low", 11, "low"), ("low", 12, "healthy"),
        ("healthy", 2, "out"), ("healthy", 8, "low"), ("healthy", 9, "healthy"),
    ],
)  # fmt: skip
def test_a_band_turns_at_its_mark(before: str, units: int, after: str) -> None:
    assert band(units, before, MARKS) == after


@pytest.mark.parametrize(
    ("low_days", "units_per_day", "last_low"),
    [
        (2.5, 3, 7),
        (0.1, 30, 3),
        (0.07, 100, 7),
        (3.33, 0.3, 0),
        (1, 0.3333333333333333, 0),
        (3650, 1e-4, 0),
        (2.5, 0, 0),
    ],
)
def test_stock_is_low_while_it_lasts_the_days_or_less(low_days: float, units_per_day: float, last_low: int) -> None:
    settings = {"low_days": low_days}
    if last_low:
        assert band(last_low, "unknown", settings, units_per_day=units_per_day) == "low"
    assert band(last_low + 1, "unknown", settings, units_per_day=units_per_day) == "healthy"
