"""The second home of a hold: a tag on the campaign that says all that putting it back needs.

An emptied store finds its holds again by these. One tag per hold, deleted with it.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal, cast, get_args

from gateway.store.holds import GUARD, Hold
from policies.guard import Schedule
from policies.guard.dueness import Strategy

HELD_TAG: Final = "stock-held|"
FIELDS: Final = 9


@dataclass(frozen=True, slots=True)
class TaggedHold:
    """What a tag says of a hold."""

    message: str
    by_guard: bool
    fingerprint: str
    schedule: Schedule | None


def tag_of(hold: Hold) -> str:
    """Write the tag of a hold."""
    schedule = hold.schedule
    who = "g" if hold.by == GUARD else "p"
    parts = [HELD_TAG.rstrip("|"), hold.message, who, hold.fingerprint]
    if schedule is None:
        return "|".join([*parts, "", "", "", "", ""])
    when = schedule.send_on if schedule.send_on is not None else schedule.send_at
    percent = "" if schedule.percent_per_period is None else str(schedule.percent_per_period)
    tomorrow = "1" if schedule.passed_zones_tomorrow else "0"
    told = [schedule.strategy, when.isoformat() if when else "", percent, schedule.period, tomorrow]
    return "|".join([*parts, *told])


def read_tag(name: str) -> TaggedHold | None:
    """Read a tag; None where it is no tag of ours, or a person changed it."""
    parts = name.split("|")
    if len(parts) != FIELDS or not name.startswith(HELD_TAG):
        return None
    _, message, who, fingerprint, strategy, when, percent, period, tomorrow = parts
    if not strategy:
        return TaggedHold(message, who == "g", fingerprint, None)
    if strategy not in get_args(Strategy) or period not in ("hour", "minute"):
        return None
    try:
        schedule = Schedule(
            cast(Strategy, strategy),
            send_at=datetime.fromisoformat(when) if when and strategy != "smart" else None,
            send_on=date.fromisoformat(when) if when and strategy == "smart" else None,
            percent_per_period=int(percent) if percent else None,
            period=cast(Literal["hour", "minute"], period),
            passed_zones_tomorrow=tomorrow == "1",
        )
    except ValueError:
        return None
    return TaggedHold(message, who == "g", fingerprint, schedule)
