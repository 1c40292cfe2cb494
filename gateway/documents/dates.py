"""Local date-times of rules, and the instants they stand for in the document's time zone."""

import re
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo, available_timezones

FIRST_YEAR: Final = 1970
LAST_YEAR: Final = 9998  # an instant of its last evening is still a `datetime` in every zone
LOCAL_TEXT: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?")


def find_zone(name: str) -> ZoneInfo | None:
    """Look up an IANA time zone; None where there is no such zone."""
    return ZoneInfo(name) if name in _zone_names() else None


@cache
def _zone_names() -> frozenset[str]:
    """Name the zones of IANA: not every file that a name could reach, nor the machine's own zone under an alias."""
    return frozenset(available_timezones()) - {"localtime", "posixrules"}


def parse_local(text: str) -> datetime | None:
    """Read `2026-11-27T00:00:00`, with up to six digits of a fraction; None for any other form."""
    if LOCAL_TEXT.fullmatch(text) is None:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def format_local(local: datetime) -> str:
    """Write a local date-time as JSON documents carry it."""
    return local.isoformat(timespec="auto")


def to_instant(local: datetime, zone: ZoneInfo) -> datetime:
    """Turn a local date-time into UTC: of a time that occurs twice the first, of a skipped one the jump."""
    before = _offset(local, zone, fold=0)
    after = _offset(local, zone, fold=1)
    if before < after:  # only in a gap is the second reading further from UTC than the first (PEP 495)
        return _jump(local - after, local - before, before, zone)
    return (local - before).replace(tzinfo=UTC)


def _offset(local: datetime, zone: ZoneInfo, fold: int) -> timedelta:
    return local.replace(tzinfo=zone, fold=fold).utcoffset() or timedelta(0)


def _jump(earliest: datetime, latest: datetime, before: timedelta, zone: ZoneInfo) -> datetime:
    """Find the second at which a zone leaves an offset, within naive UTC bounds; zones jump on whole seconds."""
    start = earliest.replace(microsecond=0, tzinfo=UTC)
    low, high = 0, int((latest - earliest).total_seconds()) + 2
    while high - low > 1:
        middle = (low + high) // 2
        still_before = (start + timedelta(seconds=middle)).astimezone(zone).utcoffset() == before
        low, high = (middle, high) if still_before else (low, middle)
    return start + timedelta(seconds=high)
