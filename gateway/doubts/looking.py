"""What only a walk over the whole ledger can see, looked for by the clock: grouped, so that a list stays a list."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import numpy as np

from gateway.doubts.catalogue import clear_catalogue
from gateway.doubts.found import Found, bring_in_line, counted
from gateway.doubts.jumps import forget_jumps
from gateway.doubts.leftovers import Leftovers
from gateway.doubts.resting import Resting
from gateway.doubts.storefront import Storefront
from gateway.doubts.tidy import tidy_held_back
from gateway.doubts.unproven import look_for_unproven
from gateway.policy_library import CompiledVersion
from gateway.services import Services
from gateway.sources.census import count_sources
from gateway.store import Rows
from gateway.store.census import SourceCount
from policies.columns import HELD_BACK, LEVEL_EXISTS, NULL, PROVEN
from policies.explain import time_text
from policies.values import PARTS_OF_ON_HAND, Band

LOOK: Final = "look_for_doubts"
EXAMPLES: Final = 10
SILENT_AFTER: Final = timedelta(days=1)
HALF: Final = 2


@dataclass
class Seen:
    """What a walk has seen, added up."""

    version: CompiledVersion
    units: Counter[int] = field(default_factory=Counter)  # by slot
    levels: Counter[int] = field(default_factory=Counter)
    mismatched: Counter[int] = field(default_factory=Counter)
    unnamed: Counter[str] = field(default_factory=Counter)  # by source
    unnamed_units: Counter[str] = field(default_factory=Counter)
    examples: dict[str, list[str]] = field(default_factory=dict)
    flagged: list[str] = field(default_factory=list)
    unproven: list[str] = field(default_factory=list)

    def add(self, rows: Rows) -> None:
        """Look at some rows."""
        slots = self.version.compiled.slots[: rows.levels.stamps.shape[1]]
        there = (rows.levels.stamps & np.uint64(LEVEL_EXISTS)) != 0
        figures = {
            state: rows.levels.quantities[:, :, n].astype(np.int64) for n, state in enumerate(rows.levels.states)
        }
        available = np.maximum(0, figures.get("available", np.zeros(there.shape, np.int64)))
        wrong = there & _mismatched(figures)
        unnamed = rows.facts == 0
        for number, slot in enumerate(slots):
            self.levels[number] += int(there[:, number].sum())
            self.units[number] += int(available[there[:, number], number].sum())
            self.mismatched[number] += int(wrong[:, number].sum())
            names = [rows.variants[index] for index in np.flatnonzero(there[:, number] & unnamed).tolist()]
            self.unnamed_units[slot.source] += int(available[there[:, number] & unnamed, number].sum())
            self.unnamed[slot.source] += len(names)
            self.examples[slot.source] = sorted({*self.examples.get(slot.source, ()), *names})[:EXAMPLES]
        self._judge(rows, there)

    def _judge(self, rows: Rows, there: Any) -> None:
        column = self.version.default_column
        if column >= rows.pools.shape[1]:
            return
        pool = rows.pools[:, column]
        self.flagged += [rows.variants[index] for index in np.flatnonzero(pool["flags"] & HELD_BACK).tolist()]
        counting = [number for number in self.version.compiled.authoritative if number < there.shape[1]]
        figured: Any = (rows.levels.quantities[:, counting] > NULL).any(axis=2)
        maybe = (pool["band"] == Band.OUT) & (pool["flags"] & PROVEN == 0) & figured.any(axis=1)
        if not self.version.uses_freshness:
            maybe &= (there[:, counting] & ~figured).any(axis=1)
        self.unproven += [rows.variants[index] for index in np.flatnonzero(maybe).tolist()]


def look_for_doubts(services: Services, at: datetime) -> None:
    """Walk the ledger once; raise what is in doubt, and drop what no longer is."""
    version = services.policies.current()
    if version is None:
        return
    seen = Seen(version)
    others = (Leftovers(services, version, at), Resting(services, version, at), Storefront(services, version, at))
    counts = count_sources(services, at, seen.add, *(other.add for other in others))
    found: dict[str, Found] = {
        "unmapped_location": _unmapped(seen),
        "identity_mismatch": _identity(seen),
        "unknown_item": _unnamed(seen),
        "stale_source": _silent(services, seen, counts, at),
        **{kind: some for other in others for kind, some in other.found()},
    }
    bring_in_line(services, found, at)
    forget_jumps(services)
    look_for_unproven(services, seen.unproven, at)
    clear_catalogue(services)
    tidy_held_back(services, version, seen.flagged, at)


def _mismatched(figures: dict[str, Any]) -> Any:
    """Tell where what is on hand is not the sum of what it consists of, `available` included."""
    if "on_hand" not in figures or "available" not in figures:
        return np.False_
    parts = [np.maximum(0, figures[state]) for state in PARTS_OF_ON_HAND if state in figures]
    whole = figures["available"] + sum(parts)
    return (figures["on_hand"] > NULL) & (figures["available"] > NULL) & (figures["on_hand"] != whole)


def _unmapped(seen: Seen) -> Found:
    for number, slot in enumerate(seen.version.compiled.slots):
        key = f"{slot.source}/{slot.location}"
        if slot.location in seen.version.document.locations or not seen.levels[number]:
            yield key, None, {}
            continue
        facts = {"source": slot.source, "location": slot.location, "levels": seen.levels[number]}
        sentence = (
            f"{slot.source} tells of a place {slot.location} that the policy does not know: it counts for nothing."
        )
        yield key, sentence, {**facts, "units": seen.units[number]}


def _identity(seen: Seen) -> Found:
    for number, slot in enumerate(seen.version.compiled.slots):
        key, wrong = f"{slot.source}/{slot.location}", seen.mismatched[number]
        facts = {"source": slot.source, "location": slot.location, "levels": wrong}
        sentence = f"At {slot.location}, what {slot.source} says is on hand is not the sum of its parts."
        yield key, sentence if wrong else None, facts


def _unnamed(seen: Seen) -> Found:
    for source, count in seen.unnamed.items():
        names = seen.examples[source]
        sentence = (
            f"{source} tells of {counted(count, 'level')} of variants that the catalogue does not name,"
            f" as {', '.join(names)}."
        )
        facts = {"source": source, "levels": count, "units": seen.unnamed_units[source], "examples": names}
        yield source, sentence if count else None, facts


def _silent(services: Services, seen: Seen, counts: dict[str, SourceCount], at: datetime) -> Found:
    """Look at the sources that count somewhere."""
    slots = seen.version.compiled.slots
    counting = {slots[number].source for number in seen.version.compiled.authoritative}
    for state in services.store.sources.all():
        if state.name not in counting:
            continue
        places = counts[state.name].places.values() if state.name in counts else ()
        levels, stale = sum(place.levels for place in places), sum(place.stale for place in places)
        heard = time_text(state.last_heard_at)
        sentence = None
        if at - state.last_heard_at >= SILENT_AFTER:
            sentence = f"{state.name} was last heard at {heard}: for a day nothing has come from it."
        elif levels and stale * HALF >= levels:
            sentence = f"More than half of what {state.name} told is older than the policy allows."
        yield state.name, sentence, {"source": state.name, "last_heard_at": heard, "levels": levels, "stale": stale}
