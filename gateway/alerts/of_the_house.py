"""What staff should know of sources and accounts. The doubts remember it; here it gets its words."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Final

from gateway.alerts.alert import Alert, Kind
from gateway.store.values import Doubt

DAILY: Final = timedelta(days=1)
NOTHING_WRITTEN: Final = "Nothing is written to Klaviyo, and no campaign is held or released; all of it waits."
ACCOUNT: Final = Kind("connection", "account needs a person", "accounts need a person", "doubts")
REFUSED: Final = Kind("access", "account refuses our key", "accounts refuse our key", "doubts")
SOURCE: Final = Kind("source_check", "source is not as it should be", "sources are not as they should be", "sources")
SILENT: Final = Kind("stale_source", "source is silent", "sources are silent", "sources")
HELD_BACK: Final = Kind("held_back", "source is held back", "sources are held back", "doubts")
CANCELLED: Final = Kind("cancelled", "message was cancelled", "messages were cancelled", "doubts")
UNGUARDED: Final = Kind("unguarded", "message cannot be guarded", "messages cannot be guarded", "campaigns")
OTHERWISE: Final[dict[Kind, str]] = {
    REFUSED: NOTHING_WRITTEN,
    ACCOUNT: NOTHING_WRITTEN,
    SOURCE: "Changes it does not tell of are found only by the full read, once a day.",
    SILENT: "Its figures stand until they are older than the policy allows, and then promise nothing.",
    HELD_BACK: "They keep their last value, right or wrong.",
    CANCELLED: "It stays cancelled: Klaviyo cannot take that back.",
    UNGUARDED: "It is sent as scheduled, whatever the stock is.",
}
DOUBT_KINDS: Final = {kind.name: kind for kind in OTHERWISE}
PASSING: Final = timedelta(minutes=20)
"""A connection is looked at every quarter of an hour: what is gone by the second look was a passing failure."""


def alerts_of_doubts(doubts: Iterable[Doubt], *, writable: bool) -> Iterator[Alert]:
    """Say of doubts what staff should know; `writable`: Klaviyo may be written to all the same."""
    for doubt in doubts:
        kind = DOUBT_KINDS[doubt.kind]
        passing = kind is ACCOUNT and writable
        otherwise = "What the key may not do is left undone." if passing else OTHERWISE[kind]
        lasts = PASSING if passing else timedelta(0)
        mark = doubt.first_at.isoformat()
        yield Alert(kind, doubt.key, mark, doubt.sentence, otherwise, lasts=lasts, again=DAILY)
