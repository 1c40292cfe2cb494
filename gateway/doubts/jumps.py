"""A level that rises beyond belief in one reading: it is kept as told, and a person is asked. Falls ask nobody."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np

from gateway.doubts.found import counted
from gateway.services import Services
from gateway.store import ReadingColumns
from policies.columns import NULL
from policies.values import CAUSES, Reading

KIND: Final = "jump_up"
UNITS: Final = 100
TIMES: Final = 10
EXPLAINED: Final = frozenset({"receipt", "transfer", "return", "cancellation"})
"""What proves by itself where the units came from."""
ONE_BY_ONE: Final = 10
"""Of more that one source tells in one go, all of a place are one doubt: the list stays a list."""
LISTED: Final = 200
FIGURES: Final = ("available", "on_hand")
"""What is compared: the first of them that a reading tells."""


@dataclass(frozen=True, slots=True)
class Jump:
    """One level that rises, and by its place among the readings which one says so."""

    reading: int
    source: str
    location: str
    variant: str
    state: str
    before: int
    now: int


def is_jump(before: int, now: int) -> bool:
    """Tell whether units rise by more than can be believed without a word."""
    held = max(0, before)
    return now - held > UNITS and now > TIMES * held


def look_for_jumps(services: Services, readings: Sequence[Reading]) -> list[Jump]:
    """Compare readings that are about to be recorded with the ledger, which is asked only about the large ones."""
    large = [
        (number, one, state, units)
        for number, one in enumerate(readings)
        if one.cause not in EXPLAINED
        for state, units in [_told(one.quantities)]
        if units > UNITS
    ]
    if not large:
        return []
    levels = _Levels(services, [one.variant for _, one, _, _ in large])
    jumps = []
    for number, one, state, units in large:
        before = levels.units(one.source, one.location, one.variant, state)
        if before is not None and is_jump(before, units):
            jumps.append(Jump(number, one.source, one.location, one.variant, state, before, units))
    return jumps


def look_at_columns(services: Services, columns: ReadingColumns) -> list[Jump]:
    """Compare readings by the thousand."""
    state = next((name for name in FIGURES if name in columns.states), None)
    if state is None:
        return []
    units = columns.quantities[:, columns.states.index(state)]
    explained = np.isin(columns.causes, [CAUSES.index(cause) for cause in EXPLAINED])
    large = np.flatnonzero((units > UNITS) & ~explained).tolist()
    if not large:
        return []
    levels, slots = _Levels(services, [columns.variants[index] for index in large]), services.store.ledger.slots()
    jumps = []
    for number in large:
        slot, variant, now = slots[int(columns.slots[number])], columns.variants[number], int(units[number])
        before = levels.units(slot.source, slot.location, variant, state)
        if before is not None and is_jump(before, now):
            jumps.append(Jump(number, slot.source, slot.location, variant, state, before, now))
    return jumps


def raise_jumps(services: Services, jumps: Sequence[Jump], at: datetime) -> None:
    """Ask about jumps that were recorded: one by one, or by place where a source tells many."""
    told = Counter(jump.source for jump in jumps)
    by_place: dict[tuple[str, str], list[Jump]] = {}
    for jump in jumps:
        by_place.setdefault((jump.source, jump.location), []).append(jump)
    for (source, location), some in by_place.items():
        common: dict[str, Any] = {"source": source, "location": location}
        if told[source] > ONE_BY_ONE:
            raised = counted(len(some), "variant")
            sentence = f"At {location}, {source} raised {raised} to more than {TIMES} times the units, all at once."
            facts = {"count": len(some), "variants": [jump.variant for jump in some[:LISTED]]}
            services.store.doubts.raise_(KIND, f"{source}/{location}", sentence, common | facts, at)
            continue
        for jump in some:
            sentence = (
                f"At {location}, {source} raised {jump.variant} from {jump.before} to {jump.now} units in one reading."
            )
            facts = {"variant": jump.variant, "state": jump.state, "before": jump.before, "now": jump.now}
            services.store.doubts.raise_(KIND, f"{source}/{location}/{jump.variant}", sentence, common | facts, at)


def forget_jumps(services: Services) -> None:
    """Drop the doubts about levels that fell back meanwhile."""
    told = [doubt for doubt in services.store.doubts.every() if doubt.kind == KIND and "before" in doubt.facts]
    levels = _Levels(services, [doubt.facts["variant"] for doubt in told])
    for doubt in told:
        facts = doubt.facts
        now = levels.units(facts["source"], facts["location"], facts["variant"], facts["state"])
        if now is None or not is_jump(facts["before"], now):
            services.store.doubts.clear(KIND, doubt.key)


def _told(quantities: Mapping[str, int | None]) -> tuple[str, int]:
    for state in FIGURES:
        units = quantities.get(state)
        if units is not None:
            return state, units
    return FIGURES[0], 0


class _Levels:
    """What the ledger holds of some variants."""

    def __init__(self, services: Services, variants: Sequence[str]) -> None:
        self._rows = services.store.ledger.read(list(dict.fromkeys(variants)))
        self._places = {variant: index for index, variant in enumerate(self._rows.variants)}
        slots = services.store.ledger.slots()
        self._columns = {(slot.source, slot.location): number for number, slot in enumerate(slots)}

    def units(self, source: str, location: str, variant: str, state: str) -> int | None:
        """Return the figure of one level; None where none is known."""
        levels, column = self._rows.levels, self._columns.get((source, location))
        if column is None or column >= levels.stamps.shape[1] or state not in levels.states:
            return None
        units = int(levels.quantities[self._places[variant], column, levels.states.index(state)])
        return units if units > NULL else None
