"""The blast radius of a source: what it would move into or out of `out` beyond its share waits for a person.

Called between deciding and committing. What is held back is not decided: it keeps its state, the flag beside it, and
goes on answering for what moved, so that it is decided whole when it may.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import orjson

from gateway.pipeline.blame import Crossing, crossing, crossing_of
from gateway.policy_library import CompiledVersion
from gateway.services import Services
from gateway.sources.census import count_sources
from gateway.store import Rows
from gateway.store.held_back import KIND, How, Verdict
from policies.columns import ABSENT, HELD_BACK, LEVEL_ACTIVE, LEVEL_INACTIVE, LevelColumns, VariantColumns

ALWAYS: Final = 10
"""So many variants may move, however few a source tells of."""
EVERYTHING: Final = 100
"""Percent at which no source can go beyond its share."""
COUNT_AGAIN: Final = timedelta(minutes=1)
"""A count older than this is made anew before anything is held back by it."""
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Judged:
    """What of a batch is held back, and what was and is no longer."""

    held: Bools
    freed: Bools


def take_flags(before: npt.NDArray[Any], default: int) -> Bools:
    """Take the flag off states before they are decided; tell which had it."""
    flagged = (before["flags"][:, default] & HELD_BACK) != 0
    if flagged.any():
        before["flags"][flagged, default] &= ~np.uint8(HELD_BACK)
    return np.asarray(flagged)


def judge_sources(
    services: Services,
    version: CompiledVersion,
    rows: Rows,
    *,
    columns: VariantColumns,
    levels: LevelColumns,
    before: npt.NDArray[Any],
    after: npt.NDArray[Any],
    flagged: Bools,
    at: datetime,
) -> Judged:
    """Hold back what goes beyond a source's share; `after` is changed in place where it is."""
    default, held = version.default_column, np.zeros(len(rows.variants), np.bool_)
    chosen = np.flatnonzero(crossing(before[:, default], after[:, default]))
    if len(chosen) and version.document.limits.source_moves_percent < EVERYTHING:
        crossed = crossing_of(services, version, rows, chosen, columns=columns, levels=levels, before=before, at=at)
        held[chosen] = _held(services, version, crossed)
        after[held] = before[held]
        after["flags"][held, default] |= HELD_BACK
    return Judged(held, flagged & ~held)


def settle_freed(services: Services, rows: Rows, freed: Bools) -> None:
    """Take what was decided after all off the list; only once the decision is kept."""
    if freed.any():
        services.store.held_back.settle([rows.variants[index] for index in np.flatnonzero(freed).tolist()])


def release_held_back(services: Services, at: datetime) -> None:
    """Make due what a person let pass."""
    store = services.store
    for source in store.held_back.sources():
        for entries in store.held_back.entries(source, "passed"):
            store.due.mark(list(entries), at)
    store.wake.ring()


def _held(services: Services, version: CompiledVersion, crossed: Crossing) -> Bools:
    """Ask for each source how much of what it would move may; tell what may not."""
    blamed = crossed.sources()
    held = np.zeros(len(crossed.variants), np.bool_)
    for source, how in sorted({blame for some in blamed for blame in some}):
        indexes = [index for index, some in enumerate(blamed) if (source, how) in some]
        told = [(crossed.variants[index], _fingerprint(crossed, index, source, how)) for index in indexes]
        most = _most(services, version, source, how, len(told), crossed.at)
        verdicts, waiting = services.store.held_back.weigh(source, how, most, crossed.at, told)
        held[indexes] |= np.array([verdict != Verdict.MAY for verdict in verdicts], np.bool_)
        if Verdict.WAITS in verdicts:
            _raise(services, source, how, most, waiting, crossed.at)
        if how == "readings":
            services.store.held_back.heard(source, [variant for variant, _ in told])
    return held


def _most(services: Services, version: CompiledVersion, source: str, how: How, more: int, at: datetime) -> int:
    """Return how many variants a source may move; its levels are counted anew before any is refused."""
    counted_at, counts = services.store.census.read()
    percent = version.document.limits.source_moves_percent

    def share() -> int:
        known = counts.get(source)
        return max(ALWAYS, int(percent * (known.variants if known else 0) // 100))

    fresh = counted_at is not None and timedelta(0) <= at - counted_at < COUNT_AGAIN
    if not fresh and services.store.held_back.crossed(source, how, at) + more > share():
        counts = count_sources(services, at)
    return share()


def _raise(services: Services, source: str, how: How, most: int, waiting: int, at: datetime) -> None:
    said = (
        f"What {source} says would move more variants into or out of stock within ten minutes than the {most} allowed."
        if how == "readings"
        else f"{source} is silent, and that would move more variants out of stock than the {most} allowed."
    )
    sentence = f"{said} {waiting} keep their last value until a person decides."
    facts = {"source": source, "because_of": how, "allowed": most, "waiting": waiting}
    services.store.doubts.raise_(KIND, source, sentence, facts, at)


def _fingerprint(crossed: Crossing, index: int, source: str, how: How) -> str:
    """Sum up what a source tells of a variant, its time left out: that it says it again is nothing new."""
    told = []
    for slot, of in enumerate(crossed.version.compiled.slots):
        stamp = int(crossed.levels.stamps[index, slot])
        if of.source == source and stamp:
            figures = crossed.levels.quantities[index, slot].tolist()
            named = zip(crossed.levels.states, figures, strict=True)
            activity = stamp & (LEVEL_ACTIVE | LEVEL_INACTIVE)
            told.append([slot, activity, [pair for pair in named if pair[1] != ABSENT]])
    return hashlib.sha256(orjson.dumps([how, told])).hexdigest()[:16]
