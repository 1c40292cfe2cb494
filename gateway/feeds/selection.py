"""Which variants a web feed lists: judged one by one when they change, kept in a shortlist, never computed on request.

A shortlist holds the best candidates up to a length. What was cut off is not known any more; when too many leave, the
catalogue is judged again (`refill`), which happens once in as many departures.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from gateway.feeds.definitions import WebFeed
from gateway.feeds.layout import Layout, PoolColumn
from gateway.feeds.pages import Seen
from gateway.store.shortlists import Shortlists
from policies.columns import BLIND_UNITS, UNLIMITED_UNITS, to_us
from policies.values import Band

MOST_KEPT: Final = 5_000
"""Candidates that are kept; twice as many may gather before the list is cut."""
DEAREST: Final = 1e12
ENDLESS: Final = 1e9


@dataclass(frozen=True, slots=True)
class Judge:
    """One web feed's conditions under one policy."""

    name: str
    feed: WebFeed
    layout: Layout

    @property
    def pool(self) -> PoolColumn:
        """The pool that is asked: the named one, where a place is named one of pickup.

        Else, and where the policy lacks the name, it is the default pool.
        """
        collects = self.feed.pool is None and self.feed.pickup_location is not None
        fitting = [pool for pool in self.layout.pools if (pool.pickup if collects else pool.name == self.feed.pool)]
        return fitting[0] if fitting else self.layout.default

    @property
    def column(self) -> int:
        """The store's column of that pool."""
        return self.pool.column

    def score(self, seen: Seen) -> float | None:
        """Return the place in the order, lowest first; None for what the feed does not list."""
        entry, state = seen.entry, seen.state[self.column]
        promised = int(state["promised"])
        if entry is None or not entry.variant.published or not entry.url or promised in (0, BLIND_UNITS):
            return None
        if Band(int(state["band"])).word not in self.feed.bands or not self._matches(entry, seen.memory):
            return None
        units = ENDLESS if promised == UNLIMITED_UNITS else float(promised)
        price = DEAREST if entry.price is None else float(entry.price)
        match self.feed.sort:
            case "units_desc":
                return -units
            case "units_asc":
                return units
            case "price_asc":
                return price
            case "price_desc":
                return 0.0 if entry.price is None else -price
            case "back_at":
                return -float(seen.memory["back_us"])
            case _:
                return -float(entry.variant.units_per_day or 0) if entry.variant.units_per_day else -units / ENDLESS

    def _matches(self, entry: Any, memory: Any) -> bool:
        feed, variant = self.feed, entry.variant
        if feed.tags and not set(_folded(feed.tags)) & set(_folded(variant.tags)):
            return False
        if feed.collections and not set(_folded(feed.collections)) & set(_folded(variant.collections)):
            return False
        if feed.vendors and (variant.vendor or "").strip().casefold() not in _folded(feed.vendors):
            return False
        if feed.back_within_days is not None and not memory["back_us"]:
            return False
        return feed.pickup_location is None or self._offers(int(memory["pickup"]), feed.pickup_location)

    def _offers(self, bits: int, place: str) -> bool:
        return place in self.layout.places and bool(bits >> self.layout.places.index(place) & 1)


def judge_all(judges: Sequence[Judge], seen: Sequence[Seen], shortlists: Shortlists) -> None:
    """Bring every shortlist up to date with what changed."""
    for judge in judges:
        floor = shortlists.floor(judge.name)
        scores = {one.variant: judge.score(one) for one in seen}
        within = {v: None if s is None or (floor is not None and s > floor) else s for v, s in scores.items()}
        shortlists.update(judge.name, within)
        shortlists.cut(judge.name, MOST_KEPT)


def back_since_us(judge: Judge, at: datetime) -> int:
    """Return since when a variant must have come back to be listed; 0 where it need not have."""
    days = judge.feed.back_within_days
    return 0 if days is None else to_us(at - timedelta(days=days))


def candidates(judge: Judge, shortlists: Shortlists, at: datetime) -> list[str]:
    """List a feed's candidates, best first, as many as are kept."""
    recent = judge.feed.back_within_days is not None and judge.feed.sort == "back_at"
    return shortlists.first(judge.name, MOST_KEPT, -float(back_since_us(judge, at)) if recent else None)


def runs_short(judge: Judge, shortlists: Shortlists) -> bool:
    """Tell whether so many candidates left that those cut off are needed."""
    return shortlists.floor(judge.name) is not None and shortlists.count(judge.name) < max(
        judge.feed.limit * 2, MOST_KEPT // 5
    )


def _folded(words: Sequence[str]) -> list[str]:
    return [word.strip().casefold() for word in words]
