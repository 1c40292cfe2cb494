"""Local date-times as instants: the first of two, the jump for one that is skipped."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

TICK = timedelta(microseconds=1)


def instant(local: datetime, zone_name: str) -> datetime:
    zone = ZoneInfo(zone_name)
    first = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    second = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    if first.astimezone(zone).replace(tzinfo=None, fold=0) == local:
        return first
    # Skipped: `second` lies before the jump and `first` behind it. Halve until the jump is between two ticks.
    before, behind = second, first
    old = before.astimezone(zone).utcoffset()
    while behind - before > TICK:
        middle = before + (behind - before) // 2
        if middle.astimezone(zone).utcoffset() == old:
            before = middle
        else:
            behind = middle
    return behind
