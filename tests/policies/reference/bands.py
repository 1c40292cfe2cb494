"""The band that units ask for, and when it may be had, section 5."""

from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from .shapes import Table

RANK = {"out": 0, "low": 1, "healthy": 2}


def target(units: Any, settings: Table, band: str, units_per_day: float | None) -> str:
    if units == "unlimited":
        return "healthy"
    if units <= settings["out_at_units"]:
        return "out"
    if band == "out" and units < settings["restock_at_units"]:
        return "out"
    if units <= settings["low_at_units"] or lasts_too_short(units, settings["low_days"], units_per_day):
        return "low"
    if band in ["out", "low"] and units < settings["healthy_at_units"]:
        return "low"
    return "healthy"


def lasts_too_short(units: Any, low_days: Any, units_per_day: float | None) -> bool:
    if low_days == "none" or units_per_day is None or units_per_day <= 0:
        return False
    return units <= Fraction(str(low_days)) * Fraction(str(units_per_day))


def step(
    units: Any, settings: Table, previous: Table, units_per_day: float | None, at: datetime
) -> tuple[str, datetime | None]:
    """The band after this decision and the beginning of a pending rise."""
    band = previous["band"]
    wanted = target(units, settings, band, units_per_day)
    if units == "unlimited" or band == "unknown" or RANK[wanted] <= RANK[band]:
        return wanted, None
    since = previous["since"] or at
    settle = settings["settle_minutes"]
    if settle == 0 or at - since >= timedelta(minutes=settle):
        return wanted, None
    return band, since
