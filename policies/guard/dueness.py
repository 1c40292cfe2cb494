"""When a message sends: its first and its last recipient, by strategy, and what is still left to save."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from math import ceil
from typing import Final, Literal

Strategy = Literal["immediate", "static", "local", "throttled", "smart", "ab_test"]

EARLIEST_ZONE: Final = timedelta(hours=14)
LATEST_ZONE: Final = timedelta(hours=12)
"""The day begins first at UTC+14 and last at UTC-12."""
PERIODS: Final = {"hour": timedelta(hours=1), "minute": timedelta(minutes=1)}


@dataclass(frozen=True, slots=True)
class Schedule:
    """How a message is to be sent, in our words. Everything that scheduling it again needs."""

    strategy: Strategy
    send_at: datetime | None = None  # aware UTC; for `local` the wall clock, told as if it were UTC
    send_on: date | None = None  # `smart`: the day, the hour is each recipient's own
    percent_per_period: int | None = None  # `throttled`
    period: Literal["hour", "minute"] = "hour"
    passed_zones_tomorrow: bool = False  # `local`: else those whose hour has passed get it at once
    variation_times: tuple[datetime, ...] = ()  # `ab_test` of send times

    @property
    def can_be_said_again(self) -> bool:
        """Tell whether it holds all that scheduling the same again needs; tests of variations need more."""
        match self.strategy:
            case "static" | "local":
                return self.send_at is not None
            case "throttled":
                return self.send_at is not None and self.percent_per_period is not None
            case "smart":
                return self.send_on is not None
        return False


@dataclass(frozen=True, slots=True)
class SendWindow:
    """The first and the last moment at which a recipient may be sent to."""

    first_at: datetime
    last_at: datetime


def send_window(schedule: Schedule) -> SendWindow | None:
    """Say when the first and the last recipient are due; None where the schedule does not tell.

    Where recipients' own zones decide, the first is the earliest that any zone allows: better early than late.
    """
    match schedule.strategy:
        case "smart":
            if schedule.send_on is None:
                return _at(schedule.send_at)
            day = datetime.combine(schedule.send_on, time(), UTC)
            return SendWindow(day - EARLIEST_ZONE, day + timedelta(days=1) + LATEST_ZONE)
        case "ab_test" if schedule.variation_times:
            times = (*schedule.variation_times, *([schedule.send_at] if schedule.send_at else []))
            return SendWindow(min(times), max(times))
    if schedule.send_at is None:
        return None
    match schedule.strategy:
        case "local":
            last = timedelta(days=1) if schedule.passed_zones_tomorrow else timedelta()
            return SendWindow(schedule.send_at - EARLIEST_ZONE, schedule.send_at + LATEST_ZONE + last)
        case "throttled" if schedule.percent_per_period:
            periods = ceil(Fraction(100, schedule.percent_per_period)) - 1
            return SendWindow(schedule.send_at, schedule.send_at + periods * PERIODS[schedule.period])
    return _at(schedule.send_at)


def is_due(window: SendWindow, lead_minutes: int, at: datetime) -> bool:
    """Tell whether a message is to be judged: from the lead before its first send until its last."""
    return window.first_at - timedelta(minutes=lead_minutes) <= at <= window.last_at


def left_to_save(window: SendWindow, at: datetime) -> Fraction:
    """Estimate the share of recipients not yet sent to, taking the window as even."""
    if at < window.first_at:
        return Fraction(1)
    if at >= window.last_at:
        return Fraction(0)
    whole = (window.last_at - window.first_at) // timedelta(microseconds=1)
    return Fraction((window.last_at - at) // timedelta(microseconds=1), whole)


def _at(moment: datetime | None) -> SendWindow | None:
    return None if moment is None else SendWindow(moment, moment)
