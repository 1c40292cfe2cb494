"""Because of which source a variant would step into or out of `out`: asked only of the few that would.

Each source's part is what the decision would not be without: its new readings taken back, its levels as old as they
were at the last decision, or the readings with which a rise that has now settled began.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from gateway.policy_library import CompiledVersion
from gateway.services import Services
from gateway.store import Rows
from gateway.store.held_back import How
from gateway.store.moves import Moves, ReadingMove
from policies.columns import ABSENT, STAMP_SHIFT, LevelColumns, VariantColumns, from_us, to_us
from policies.conversion import columns_of
from policies.kernel import decide_many
from policies.values import Band, Variant

States = npt.NDArray[Any]
Bools = npt.NDArray[np.bool_]
Blame = tuple[str, How]
MOST_RECORDS: Final = 20
"""How far back the beginning of a rise is looked for, in decisions of its variant."""


@dataclass(frozen=True, slots=True)
class Crossing:
    """Variants that would cross, with all that deciding them takes; every array is about these only."""

    services: Services
    version: CompiledVersion
    variants: tuple[str, ...]
    entries: npt.NDArray[np.uint64]
    decided_us: npt.NDArray[np.int64]
    columns: VariantColumns
    levels: LevelColumns
    stored: States  # (n, pools of the store), before this decision
    policies: npt.NDArray[np.uint32]  # that the last decisions were made by
    moves: list[Moves]
    at: datetime

    def sources(self) -> list[set[Blame]]:
        """Name for each the sources because of which it would cross; none where it is no source's doing."""
        blamed: list[set[Blame]] = [set() for _ in self.variants]
        for index, moves in enumerate(self.moves):
            if not moves.complete:  # too much was told to remember it all
                blamed[index] = {(source, "readings") for source in self._all()}
        self._blame(blamed, [self._told(moves.listed) for moves in self.moves], "readings", self._without)
        if self.version.uses_freshness:
            silent: list[set[Blame]] = [set(some) for some in blamed]
            self._blame(silent, [self._all() for _ in blamed], "silence", self._as_fresh)
            anew = self._asked_anew()
            blamed = [
                was if anew[index] else some for index, (was, some) in enumerate(zip(blamed, silent, strict=True))
            ]
        for index in np.flatnonzero(self.stored["rise_us"][:, self.version.default_column] != 0).tolist():
            if not blamed[index]:
                blamed[index] = {(source, "readings") for source in self._began(index)}
        return blamed

    def _blame(
        self, blamed: list[set[Blame]], told: list[set[str]], how: How, without: Callable[[set[str]], LevelColumns]
    ) -> None:
        """Blame those without whose part a variant that nobody is blamed for would not cross.

        All of them where only all together make the difference.
        """
        told = [set() if blamed[index] else sources for index, sources in enumerate(told)]
        names = {source for sources in told for source in sources}
        if not names:
            return
        alone = {source: ~self._crosses(without({source})) for source in sorted(names)}
        together = ~self._crosses(without(names)) if len(names) > 1 else alone[min(names)]
        for index in np.flatnonzero(together).tolist():
            guilty = {source for source in told[index] if alone[source][index]} or told[index]
            blamed[index] |= {(source, how) for source in guilty}

    def _crosses(self, levels: LevelColumns) -> Bools:
        return _crosses(self.version, self.columns, levels, self.stored, self.at)

    def _asked_anew(self) -> Bools:
        """Tell which a newer policy moves, not time: by the one that decided them last they would not cross."""
        anew = np.zeros(len(self.variants), np.bool_)
        for number in set(self.policies.tolist()) - {self.version.number}:
            past = self.services.policies.past(number, self.version.locations_revision)
            if past is None or max(past.pool_columns) >= self.stored.shape[1]:
                continue
            some = np.flatnonzero(self.policies == number)
            names = [self.variants[index] for index in some.tolist()]
            entries = self.services.store.catalog.entries(names)
            variants = [entries[name].variant if name in entries else Variant(name) for name in names]
            columns = columns_of(past.compiled, variants, self.at)
            levels = LevelColumns(self.levels.states, self.levels.stamps[some], self.levels.quantities[some])
            slots = len(past.compiled.slots)
            if levels.stamps.shape[1] == slots:
                anew[some] = ~_crosses(past, columns, levels, self.stored[some], self.at)
        return anew

    def _without(self, sources: set[str]) -> LevelColumns:
        """Take the readings of some sources back that the last decision did not know."""
        stamps, quantities = self.levels.stamps.copy(), self.levels.quantities.copy()
        for index, moves in enumerate(self.moves):
            for move in reversed(moves.listed):
                if isinstance(move, ReadingMove) and self._source(move.slot) in sources:
                    stamps[index, move.slot], quantities[index, move.slot] = move.old.stamp, ABSENT
                    for state, figure in move.old.figures.items():
                        quantities[index, move.slot, self.levels.states.index(state)] = figure
        return LevelColumns(self.levels.states, stamps, quantities)

    def _as_fresh(self, sources: set[str]) -> LevelColumns:
        """Make the levels of some sources as old as they were at the last decision."""
        passed_us = np.maximum(0, to_us(self.at) - self.decided_us).astype(np.uint64)[:, None]
        its = np.array([self._source(slot) in sources for slot in range(self.levels.stamps.shape[1])], np.bool_)
        there = (self.levels.stamps != 0) & its[None, :]
        stamps = self.levels.stamps + np.where(there, passed_us << np.uint64(STAMP_SHIFT), np.uint64(0))
        return LevelColumns(self.levels.states, stamps, self.levels.quantities)

    def _told(self, moves: Iterable[object]) -> set[str]:
        """Name the sources that spoke of levels which count."""
        counting = self.version.compiled.authoritative
        return {self._source(move.slot) for move in moves if isinstance(move, ReadingMove) and move.slot in counting}

    def _all(self) -> set[str]:
        return {self._source(slot) for slot in self.version.compiled.authoritative}

    def _source(self, slot: int) -> str:
        slots = self.version.compiled.slots
        return slots[slot].source if slot < len(slots) else ""

    def _began(self, index: int) -> set[str]:
        """Name the sources that spoke when the rise began, and since."""
        since = from_us(int(self.stored["rise_us"][index, self.version.default_column]))
        told: set[str] = set()
        walk = self.services.store.journal.decisions(self.variants[index], int(self.entries[index]))
        for _, record in zip(range(MOST_RECORDS), walk, strict=False):
            if record.at < since:
                break
            told |= self._told(record.moves.listed)
        return told


def crossing(before: States, after: States) -> Bools:
    """Tell which variants of a pool enter or leave `out`; first sight is no crossing."""
    seen = before["band"] != Band.UNKNOWN
    return np.asarray(seen & ((before["band"] == Band.OUT) != (after["band"] == Band.OUT)))


def _crosses(
    version: CompiledVersion, columns: VariantColumns, levels: LevelColumns, stored: States, at: datetime
) -> Bools:
    before, pool = stored[:, list(version.pool_columns)], version.compiled.default_pool
    made = decide_many(version.compiled, columns, levels, before, to_us(at))
    return crossing(before[:, pool], made.pools[:, pool])


def crossing_of(
    services: Services,
    version: CompiledVersion,
    rows: Rows,
    chosen: npt.NDArray[np.intp],
    *,
    columns: VariantColumns,
    levels: LevelColumns,
    before: States,
    at: datetime,
) -> Crossing:
    """Pick some variants out of a batch; `levels` has the policy's slots, `before` the store's pools."""
    return Crossing(
        services=services,
        version=version,
        variants=tuple(rows.variants[index] for index in chosen.tolist()),
        entries=rows.entries[chosen],
        decided_us=rows.decided_us[chosen],
        columns=VariantColumns(
            columns.classes[chosen],
            columns.objections[chosen],
            columns.untracked[chosen],
            columns.continues[chosen],
            columns.units_per_day[chosen],
        ),
        levels=LevelColumns(levels.states, levels.stamps[chosen], levels.quantities[chosen]),
        stored=before[chosen],
        policies=rows.policies[chosen],
        moves=services.store.journal.moved(rows.places[chosen].tolist()),
        at=at,
    )
