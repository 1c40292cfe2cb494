"""From units and the last band to the next: falls at once, rises when settled."""

from dataclasses import dataclass
from decimal import Decimal

from policies.reasons import Reason, ReasonCode
from policies.terms import MINUTE_US, Thresholds
from policies.values import UNLIMITED, Band, Units


@dataclass(frozen=True, slots=True)
class BandStep:
    """The band after a decision, a rise that still has to settle, and why."""

    band: Band
    rise_us: int  # 0: no pending rise
    reasons: tuple[Reason, ...]


def selling_out_units(low_days: Decimal | None, units_per_day: Decimal | None) -> int | None:
    """Give the most units that still sell out within `low_days`; exact, None where either is not known."""
    if low_days is None or units_per_day is None or units_per_day <= 0:
        return None
    days, day_parts = low_days.as_integer_ratio()
    rate, rate_parts = units_per_day.as_integer_ratio()
    return days * rate // (day_parts * rate_parts)


def target_of(units: int, was: Band, limits: Thresholds, units_per_day: Decimal | None) -> tuple[Band, Reason | None]:
    """Find the band that the units ask for, and the reason where that is not healthy."""
    if units <= limits.out_at:
        return Band.OUT, Reason(ReasonCode.AT_OR_BELOW_OUT, {"units": units, "out_at_units": limits.out_at})
    if was is Band.OUT and units < limits.restock_at:
        return Band.OUT, Reason(ReasonCode.BELOW_RESTOCK, {"units": units, "restock_at_units": limits.restock_at})
    if units <= limits.low_at:
        return Band.LOW, Reason(ReasonCode.AT_OR_BELOW_LOW, {"units": units, "low_at_units": limits.low_at})
    lasting = selling_out_units(limits.low_days, units_per_day)
    if lasting is not None and units <= lasting:
        facts = {"units": units, "low_days": limits.low_days, "units_per_day": units_per_day}
        return Band.LOW, Reason(ReasonCode.LASTS_TOO_SHORT, facts)
    if was in (Band.OUT, Band.LOW) and units < limits.healthy_at:
        healthy_facts = {"units": units, "healthy_at_units": limits.healthy_at, "was": was.word}
        return Band.LOW, Reason(ReasonCode.BELOW_HEALTHY, healthy_facts)
    return Band.HEALTHY, None


def step(
    units: Units, was: Band, *, rise_us: int, limits: Thresholds, units_per_day: Decimal | None, at_us: int
) -> BandStep:
    """Take one step: the target of these units, or the band as it was while a rise settles or units are unknown.

    `rise_us` is when the pending rise began, 0 for none; it is only asked in `out` and `low`.
    """
    if units is None:
        return BandStep(was, 0, ())
    if units == UNLIMITED:
        return BandStep(Band.HEALTHY, 0, ())
    target, reason = target_of(units, was, limits, units_per_day)
    reasons = () if reason is None else (reason,)
    if was is Band.UNKNOWN or target <= was:
        return BandStep(target, 0, reasons)
    since_us = rise_us or at_us
    if limits.settle_us == 0 or at_us - since_us >= limits.settle_us:
        return BandStep(target, 0, reasons)
    facts = {"target": target.word, "was": was.word, "settle_minutes": limits.settle_us // MINUTE_US}
    return BandStep(was, since_us, (*reasons, Reason(ReasonCode.SETTLING, facts)))
