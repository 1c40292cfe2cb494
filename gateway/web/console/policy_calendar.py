"""When which dated rule holds, drawn as bars over time. Widths are parts of 1,000, so the picture fits any page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from gateway.documents.dates import find_zone, parse_local, to_instant

WIDTH: Final = 1_000
ROW_HEIGHT: Final = 26
AHEAD: Final = timedelta(days=60)
"""How far the picture reaches at least, and how far past its last date a rule without an end is drawn."""
MOST_TICKS: Final = 8


@dataclass(frozen=True, slots=True)
class Bar:
    """One dated rule; `starts_at` and `ends_at` are None where it is open."""

    number: int  # as people count rules
    name: str
    starts_at: datetime | None
    ends_at: datetime | None
    left: int
    width: int
    top: int
    state: str  # over, now or ahead


@dataclass(frozen=True, slots=True)
class Calendar:
    """The picture."""

    bars: tuple[Bar, ...]
    ticks: tuple[tuple[int, str], ...]
    now: int
    height: int


def calendar(rules: Sequence[Any], zone_name: str, at: datetime) -> Calendar | None:
    """Draw the dated rules; None without any. Dates that cannot be read are left out, their fields say so."""
    zone = find_zone(zone_name) or ZoneInfo("UTC")
    dated = []
    for number, rule in enumerate(rules, 1):
        begins, ends = (_instant(rule, key, zone) for key in ("from", "until"))
        if begins or ends:
            dated.append((number, str(rule.get("name", "")), begins, ends))
    if not dated:
        return None
    moments = [moment for _, _, *dates in dated for moment in dates if moment] + [at]
    first, last = min(moments) - timedelta(days=3), max(max(moments) + timedelta(days=3), at + AHEAD)

    def x(moment: datetime) -> int:
        return round((moment - first) / (last - first) * WIDTH)

    bars = [
        Bar(
            number, name, begins, ends,
            left=(left := x(begins) if begins else 0),
            width=max(4, (x(ends) if ends else WIDTH) - left),
            top=row * ROW_HEIGHT,
            state="over" if ends and ends <= at else "ahead" if begins and begins > at else "now",
        )
        for row, (number, name, begins, ends) in enumerate(dated)
    ]  # fmt: skip
    ticks = [(x(tick), f"{tick.astimezone(zone):%-d %b %Y}") for tick in _months(first, last, zone)]
    return Calendar(tuple(bars), tuple(ticks), x(at), len(bars) * ROW_HEIGHT)


def _instant(rule: Any, key: str, zone: ZoneInfo) -> datetime | None:
    text = rule.get(key) if isinstance(rule, Mapping) else None
    local = parse_local(text) if isinstance(text, str) else None
    return None if local is None else to_instant(local, zone)


def _months(first: datetime, last: datetime, zone: ZoneInfo) -> list[datetime]:
    """List first days of months within, thinned out to a few."""
    month = first.astimezone(zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    found: list[datetime] = []
    while month <= last and len(found) < 12 * 200:
        if month >= first:
            found.append(month.astimezone(UTC))
        month = (month + timedelta(days=32)).replace(day=1)
    return found[:: max(1, -(-len(found) // MOST_TICKS))]
