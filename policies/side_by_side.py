"""The same stock under two documents: both decide it, each from the live states, from moment to moment.

Bands are those after rises have settled (a rise that must hold ten minutes is an impact all the same). At a later
moment the readings keep today's age: stock is not foreseen, only rules are. Called by `policies.impact`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from policies.affected import Comparison, FactColumns, Kinds
from policies.columns import AWAITS_RESTOCK, POOL_STATE, LevelColumns, to_us
from policies.compile import CompiledPolicy
from policies.conversion import units_from_number
from policies.kernel import decide_many
from policies.terms import PoolTerms
from policies.values import Band, Units

MOST_EXAMPLES: Final = 10
"""Variants listed per pool, change and moment: those whose units move most."""
SETTLED_US: Final = 1
"""A rise since 1970 has settled, however long it must hold."""


@dataclass(frozen=True, slots=True)
class Stock:
    """Live variants: facts, levels over both documents' columns, and the last state of each pool by name."""

    facts: FactColumns
    kinds: Kinds
    levels: LevelColumns
    states: Mapping[str, npt.NDArray[Any]]  # (n,) of POOL_STATE; a missing pool is first sight
    alerts: npt.NDArray[np.bool_]  # (n,) what is raising the default pool's units may alert under the new document

    def take(self, rows: npt.NDArray[np.intp]) -> "Stock":
        """Return some of the variants."""
        states = {pool: of_pool[rows] for pool, of_pool in self.states.items()}
        return Stock(self.facts.take(rows), self.kinds[rows], _rows_of(self.levels, rows), states, self.alerts[rows])


COUNTS: Final = "counts"
NO_AUTHORITY: Final = "source_without_authority"
Rank = tuple[int, int]
"""Sorts examples: the smaller, the earlier."""


@dataclass(frozen=True, slots=True)
class SettingMove:
    """A setting that differs for a variant, and the rule that sets it now (or used to, where it is the default now).

    Of a place, `setting` is `location ID`, `reserve at ID` or `excluded at ID`; a location's values are "counts", or
    the objection to it.
    """

    setting: str
    before: object
    after: object
    rule: str | None


@dataclass(frozen=True, slots=True)
class Example:
    """One variant of a band change."""

    variant: str
    units_before: Units
    units_after: Units
    promised_before: Units
    promised_after: Units
    because: tuple[SettingMove, ...]


class Side:
    """One document's decisions of a chunk, carried from moment to moment."""

    def __init__(self, policy: CompiledPolicy, stock: Stock) -> None:
        rows = len(stock.kinds)
        self.policy = policy
        self.states = np.zeros((rows, len(policy.pools)), POOL_STATE)
        for column, pool in enumerate(policy.pools):
            if pool in stock.states:
                self.states[:, column] = stock.states[pool]
        self.restocks, self.returns = np.zeros(rows, np.bool_), np.zeros(rows, np.bool_)

    def of(self, pool: str) -> npt.NDArray[Any]:
        """Return the states of a pool."""
        states: npt.NDArray[Any] = self.states[:, self.policy.pools.index(pool)]
        return states

    @property
    def default(self) -> npt.NDArray[Any]:
        """Return the states of the pool that the catalogue promises from."""
        states: npt.NDArray[Any] = self.states[:, self.policy.default_pool]
        return states

    def await_people(self, rows: npt.NDArray[np.intp], restocked: npt.NDArray[np.bool_]) -> None:
        """Let restocks that may not alert await a person, where the document says so."""
        if self.policy.document.catalog_restock == "confirm":
            waiting = rows[restocked]
            self.states["flags"][waiting, self.policy.default_pool] |= AWAITS_RESTOCK
            self.states["promised"][waiting, self.policy.default_pool] = 0


class Pair:
    """A chunk of stock under both documents."""

    def __init__(self, comparison: Comparison, stock: Stock) -> None:
        self.comparison, self.stock = comparison, stock
        self.before, self.after = Side(comparison.before, stock), Side(comparison.after, stock)
        self.common = tuple(pool for pool in comparison.after.pools if pool in comparison.before.pools)
        self._seen = {name: states["band"] != Band.UNKNOWN for name, states in stock.states.items()}
        self.alerting = np.zeros(len(stock.kinds), np.bool_)

    def seen(self, pool: str) -> npt.NDArray[np.bool_]:
        """Tell which variants have a state in a pool: the others are first sight."""
        known = self._seen.get(pool)
        return np.zeros(len(self.stock.kinds), np.bool_) if known is None else known

    def touched_at(self, moment: datetime) -> npt.NDArray[np.intp]:
        """Find the variants that a dated rule touches at a moment."""
        kinds = np.unique(self.stock.kinds).tolist()
        touched = [kind for kind in kinds if moment in self.comparison.moments_of(kind)]
        return np.flatnonzero(np.isin(self.stock.kinds, touched))

    def decide(self, rows: npt.NDArray[np.intp], moment: datetime) -> None:
        """Decide some rows under the rules of a moment, by readings as old as they are today."""
        if not len(rows):
            return
        stock, whole = self.stock, len(rows) == len(self.stock.kinds)
        facts = stock.facts if whole else stock.facts.take(rows)
        levels = stock.levels if whole else _rows_of(stock.levels, rows)
        for side in (self.before, self.after):
            variants = self.comparison.columns_at(side.policy, facts, stock.kinds[rows], moment)
            previous = side.states[rows]
            previous["rise_us"] = SETTLED_US
            decided = decide_many(side.policy, variants, levels, previous, to_us(self.comparison.at))
            side.states[rows] = decided.pools
            side.restocks[rows] = decided.restocks[:, side.policy.default_pool]
            side.returns[rows] = decided.returns[:, side.policy.default_pool]
        # A step up that both bring was on its way already, and alerts as its cause may, unless the policy adds units.
        adds_units = self.after.default["units"] > self.before.default["units"]
        on_its_way = self.before.restocks & ~adds_units & self.stock.alerts
        self.alerting = self.after.restocks & on_its_way
        self.after.await_people(rows, (self.after.restocks & ~on_its_way)[rows])

    def default_crossing(self) -> npt.NDArray[np.bool_]:
        """Tell which variants enter or leave `out` because another pool is the default."""
        names = [side.policy.document.default_pool for side in (self.before, self.after)]
        if names[0] == names[1]:
            return np.zeros(len(self.stock.kinds), np.bool_)
        was, becomes = self.before.default["band"], self.after.default["band"]
        crossing: npt.NDArray[np.bool_] = (was != becomes) & ((was == Band.OUT) | (becomes == Band.OUT))
        return crossing & self.seen(names[0]) & self.seen(names[1])

    def _because(self, row: int, pool: str, moment: datetime) -> tuple[SettingMove, ...]:
        comparison, kind = self.comparison, int(self.stock.kinds[row])
        was = comparison.terms_at(comparison.before, kind, moment).get(pool)
        becomes = comparison.terms_at(comparison.after, kind, moment).get(pool)
        if was is None or becomes is None:
            return ()
        moves = list(_settings_moved(was, becomes))
        for column in sorted(comparison.treatment(kind, moment).columns):
            if not self.stock.levels.stamps[row, column]:
                continue
            location = comparison.before.slots[column].location
            before, after = (_place(side, column, pool) for side in (comparison.before, comparison.after))
            if before != after:
                moves.append(SettingMove(f"location {location}", before, after, None))
            here, there = was.at_location(location), becomes.at_location(location)
            if here.reserve != there.reserve:
                rule = there.reserve_rule if there.reserve_rule is not None else here.reserve_rule
                moves.append(SettingMove(f"reserve at {location}", here.reserve, there.reserve, rule))
            if here.excluded_by != there.excluded_by:
                excluded = here.excluded_by is not None, there.excluded_by is not None
                moves.append(SettingMove(f"excluded at {location}", *excluded, there.excluded_by or here.excluded_by))
        return tuple(moves)

    def examples(self, pool: str, rows: npt.NDArray[np.intp], moment: datetime) -> list[tuple[Rank, Example]]:
        """Describe the rows whose units move most, and of those the ones with most units, each with its rank."""
        was, becomes = self.before.of(pool), self.after.of(pool)
        far = np.abs(was["units"][rows] - becomes["units"][rows])
        chosen = rows[np.lexsort((-becomes["units"][rows], -far))[:MOST_EXAMPLES]]
        return [
            (
                (-abs(int(was["units"][row]) - int(becomes["units"][row])), -int(becomes["units"][row])),
                Example(
                    variant=self.stock.facts.ids[row],
                    units_before=units_from_number(int(was["units"][row])),
                    units_after=units_from_number(int(becomes["units"][row])),
                    promised_before=units_from_number(int(was["promised"][row])),
                    promised_after=units_from_number(int(becomes["promised"][row])),
                    because=self._because(row, pool, moment),
                ),
            )
            for row in chosen.tolist()
        ]


def _settings_moved(was: PoolTerms, becomes: PoolTerms) -> Iterator[SettingMove]:
    for name, old in was.settings.items():
        new = becomes.settings[name]
        if old.value != new.value:
            yield SettingMove(name, old.value, new.value, new.rule if new.rule is not None else old.rule)


def _place(policy: CompiledPolicy, column: int, pool: str) -> str:
    """Say whether a ledger column counts in a pool, or the first thing that speaks against it."""
    if column not in policy.authoritative:
        return NO_AUTHORITY
    objections = policy.location_objections(policy.slots[column].location, policy.document.pools[pool])
    return str(objections[0].code) if objections else COUNTS


def _rows_of(levels: LevelColumns, rows: npt.NDArray[np.intp]) -> LevelColumns:
    return LevelColumns(levels.states, levels.stamps[rows], levels.quantities[rows])
