"""Many variants decided at once, in NumPy: the same outcome as `policies.decision`, without the story.

All sums are int64: five states of int32 over any number of locations, times a percentage in hundredths, fit.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from policies.bands import selling_out_units
from policies.columns import (
    AWAITS_RESTOCK,
    AWAITS_RETURN,
    BLIND,
    BLIND_UNITS,
    LAST_US,
    LEVEL_EXISTS,
    LEVEL_INACTIVE,
    LEVEL_READ,
    POOL_STATE,
    PROVEN,
    STAMP_SHIFT,
    UNLIMITED_UNITS,
    WAS_UNLIMITED,
    DecisionColumns,
    LevelColumns,
    VariantColumns,
)
from policies.compile import CompiledPolicy
from policies.counting import Planes, count
from policies.tables import NEVER_STALE, PoolTable, pool_table
from policies.values import Band

CHUNK_LEVELS: Final = 1 << 16
"""Levels per chunk: its planes stay in the processor's second-level cache."""
NO_DUE: Final = 2**63 - 1
HORIZON_UNITS: Final = 2**62

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Sums:
    """What the levels of some rows come to in one pool."""

    pool_units: Ints
    filled: Ints  # locations with at least one unit
    any_in_play: Bools
    all_unknown: Bools  # of those in play
    all_well: Bools  # none of those in play is unknown or stale
    expires_us: Ints  # when the first counting level becomes stale; NO_DUE: none will


@dataclass(frozen=True, slots=True)
class Outcome:
    """Units before any band is asked."""

    units: Ints
    unlimited: Bools
    blind: Bools
    proves: Bools


def decide_many(
    policy: CompiledPolicy, variants: VariantColumns, levels: LevelColumns, previous: npt.NDArray[Any], at_us: int
) -> DecisionColumns:
    """Decide n variants in every pool of the policy.

    `levels` has the policy's slots as columns; `previous` is (n, pools) of POOL_STATE, zeros for first sight, and is
    not changed. A restock's cause is not known here: AWAITS_RESTOCK is kept where set, never newly set.
    """
    rows, pools = len(variants.classes), len(policy.pools)
    decided = np.zeros((rows, pools), dtype=POOL_STATE)
    due_us = np.full(rows, NO_DUE, dtype=np.int64)
    restocks = np.zeros((rows, pools), dtype=np.bool_)
    returns = np.zeros((rows, pools), dtype=np.bool_)
    if rows:
        classes, inverse = np.unique(variants.classes, return_inverse=True)
        tables = [pool_table(policy, pool, classes) for pool in range(pools)]
        step = max(1, CHUNK_LEVELS // max(1, len(policy.slots)))
        for start in range(0, rows, step):
            part = slice(start, min(start + step, rows))
            chunk = Chunk(policy, variants, levels, inverse=inverse, rows=part, at_us=at_us)
            for pool, table in enumerate(tables):
                chunk.decide_pool(pool, table, previous[part, pool], decided[part, pool], due_us[part])
        stepped = (decided["before_band"] == Band.OUT) & (decided["band"] > Band.OUT)
        stepped &= decided["units"] != UNLIMITED_UNITS
        was_proven = (decided["before_flags"] & PROVEN) != 0
        restocks, returns = stepped & was_proven, stepped & ~was_proven
    due_us[due_us > LAST_US] = 0
    return DecisionColumns(decided, due_us, restocks, returns)


class Chunk:
    """Some neighbouring rows of a batch, with what every pool asks of them."""

    def __init__(
        self,
        policy: CompiledPolicy,
        variants: VariantColumns,
        levels: LevelColumns,
        *,
        inverse: npt.NDArray[np.intp],
        rows: slice,
        at_us: int,
    ) -> None:
        self.policy = policy
        self.variants = variants
        self.levels = levels
        self.rows = rows
        self.at_us = at_us
        of_rows = inverse[rows]
        one_class = bool((of_rows == of_rows[0]).all())
        self.of_class: Any = of_rows[:1] if one_class else of_rows  # one row of a table broadcasts over the chunk
        self.inverse = of_rows
        self.stamps = levels.stamps[rows]
        self.flagged = variants.objections[rows] != 0
        self.untracked = variants.untracked[rows]
        self.continues = variants.continues[rows]
        authoritative = np.array(policy.authoritative, dtype=np.intp)
        self.has_level = ((self.stamps[:, authoritative] & np.uint64(LEVEL_EXISTS)) != 0).any(axis=1)

    def decide_pool(
        self, pool: int, table: PoolTable, before: npt.NDArray[Any], after: npt.NDArray[Any], due_us: Ints
    ) -> None:
        """Decide one pool of the rows, into `after` and `due_us` (which keeps the earliest)."""
        limits = {name: column[self.of_class] for name, column in table.numbers.items()}
        against = self.flagged | (limits["excluded"] != 0)
        sums = self._sum_levels(pool, table, limits, against)
        outcome = self._outcome(limits, against, sums, before)
        lasting = self._lasting_units(table)
        band, rise_us = _step(outcome, before, limits, lasting, self.at_us)
        self._record(pool, limits, outcome, band, rise_us, before=before, after=after)
        settled_us = np.where(rise_us != 0, rise_us + limits["settle_us"], NO_DUE)
        edge_us = np.where(limits["edge_us"] > self.at_us, limits["edge_us"], NO_DUE)
        for moments in (settled_us, edge_us, sums.expires_us):
            np.minimum(due_us, np.where(moments > self.at_us, moments, NO_DUE), out=due_us)
        self._edges_at_levels(table, due_us)

    def _sum_levels(self, pool: int, table: PoolTable, limits: Mapping[str, Ints], against: Bools) -> Sums:
        stamps = self.stamps if len(table.columns) == self.stamps.shape[1] else self.stamps.take(table.columns, axis=1)
        in_play = (stamps & np.uint64(LEVEL_EXISTS | LEVEL_INACTIVE)) == LEVEL_EXISTS
        if against.any():
            in_play &= ~against[:, None]
        if table.excluded_there.any():
            in_play &= ~table.excluded_there[self.of_class]
        states = self.policy.document.pools[self.policy.pools[pool]].states
        planes = Planes(self.levels, self.rows, table.columns)
        figures = count(planes, states, (stamps.shape[0], stamps.shape[1]))
        known = in_play & ~figures.unknown
        counts, expires_us = known, np.full(stamps.shape[0], NO_DUE, dtype=np.int64)
        if (limits["fresh_us"] != NEVER_STALE).any():
            counts, expires_us = self._fresh(stamps, known, limits["fresh_us"])
            well = ~(in_play & ~self._fresh(stamps, in_play, limits["fresh_us"])[0]).any(axis=1)
        else:
            well = np.ones(stamps.shape[0], dtype=np.bool_)
        units = figures.counted - table.reserve[self.of_class]
        np.maximum(units, 0, out=units)
        units *= counts
        any_in_play, any_known = in_play.any(axis=1), known.any(axis=1)
        return Sums(
            pool_units=units.sum(axis=1, dtype=np.int64),
            filled=np.count_nonzero(units, axis=1).astype(np.int64),
            any_in_play=any_in_play,
            all_unknown=any_in_play & ~any_known,
            all_well=well & ~(in_play & figures.unknown).any(axis=1),
            expires_us=expires_us,
        )

    def _fresh(self, stamps: npt.NDArray[np.uint64], asked: Bools, fresh_us: Ints) -> tuple[Bools, Ints]:
        """Give which of the asked levels are fresh, and when the first of those stops to be."""
        observed_us = (stamps >> np.uint64(STAMP_SHIFT)).astype(np.int64)
        ages = (stamps & np.uint64(LEVEL_READ)) != 0
        if (fresh_us == NEVER_STALE).any():
            ages = ages & (fresh_us != NEVER_STALE)[:, None]
        ends_us = np.where(ages, observed_us + np.where(fresh_us == NEVER_STALE, 0, fresh_us)[:, None], NO_DUE)
        fresh = asked & (ends_us > self.at_us)
        return fresh, np.where(fresh, ends_us, NO_DUE).min(axis=1, initial=NO_DUE)

    def _outcome(self, limits: Mapping[str, Ints], against: Bools, sums: Sums, before: npt.NDArray[Any]) -> Outcome:
        percent_units = -(-sums.pool_units * limits["buffer_hundredths"] // 10_000)
        units = np.maximum(sums.pool_units - np.maximum(limits["buffer_units"], percent_units), 0)
        refused = (sums.filled < limits["min_locations"]) | (units < limits["floor_units"])
        units[refused] = 0
        uncounted = (self.untracked | ((limits["sell_when_out"] != 0) & self.continues)) & ~against
        unlimited = uncounted & (limits["sells_uncounted"] != 0)
        unseen = (sums.all_unknown | (~self.has_level & ~against)) & ~uncounted
        forgot = unseen & ((before["flags"] & WAS_UNLIMITED) != 0)
        blind = unseen & ~forgot
        units[uncounted | forgot] = 0
        units[unlimited] = UNLIMITED_UNITS
        units[blind] = BLIND_UNITS
        return Outcome(units, unlimited, blind, sums.all_well & ~unseen)

    def _lasting_units(self, table: PoolTable) -> Ints | None:
        """Give per row the most units that sell out within `low_days`; -1 where not known. None: nobody asks."""
        days = [terms.thresholds.low_days for terms in table.terms]
        if all(one is None for one in days):
            return None
        known: dict[Any, int] = {}
        lasting = np.full(len(self.inverse), -1, dtype=np.int64)
        rates = self.variants.units_per_day[self.rows]
        for row, (number, rate) in enumerate(zip(self.inverse.tolist(), rates, strict=True)):
            if rate is None or days[number] is None:
                continue
            if (number, rate) not in known:
                units = selling_out_units(days[number], rate)
                known[number, rate] = -1 if units is None else min(units, HORIZON_UNITS)
            lasting[row] = known[number, rate]
        return lasting

    def _record(
        self,
        pool: int,
        limits: Mapping[str, Ints],
        outcome: Outcome,
        band: npt.NDArray[np.uint8],
        rise_us: Ints,
        *,
        before: npt.NDArray[Any],
        after: npt.NDArray[Any],
    ) -> None:
        was_out, out = before["band"] == Band.OUT, band == Band.OUT
        kept = was_out & ((before["flags"] & PROVEN) != 0)
        # Unlimited units are negative numbers here, but their band is never out.
        proves = outcome.proves & ~outcome.blind & (outcome.units <= limits["out_at"])
        flags = np.where(out & (kept | proves), PROVEN, 0).astype(np.uint8)
        flags |= np.where(outcome.blind, BLIND, 0).astype(np.uint8)
        flags |= np.where(outcome.unlimited, WAS_UNLIMITED, 0).astype(np.uint8)
        promised = np.minimum(outcome.units, limits["cap_units"])
        capped = limits["cap_units"] + np.zeros_like(promised)
        promised = np.where(outcome.unlimited & (capped < HORIZON_UNITS), capped, promised)
        nothing = out.copy()
        if pool == self.policy.default_pool:
            awaits = self._awaits(outcome, band, before)
            flags |= awaits
            nothing |= awaits != 0
        promised[nothing] = 0
        promised[outcome.blind] = BLIND_UNITS
        after["band"], after["flags"] = band, flags
        after["before_band"], after["before_flags"] = before["band"], before["flags"]
        after["episode"] = before["episode"] + (out & ~was_out)
        after["units"], after["promised"] = outcome.units, promised
        after["rise_us"], after["before_rise_us"] = rise_us, before["rise_us"]

    def _awaits(self, outcome: Outcome, band: npt.NDArray[np.uint8], before: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
        """Keep what awaits a person, and let a new return await one where the policy says so."""
        waits = (band != Band.OUT) & ~outcome.unlimited
        awaits = before["flags"] & np.uint8(AWAITS_RESTOCK | AWAITS_RETURN)
        if self.policy.document.catalog_return == "confirm":
            stepped = (before["band"] == Band.OUT) & (band > Band.OUT)
            returned = stepped & ((before["flags"] & PROVEN) == 0)
            awaits = awaits | np.where(returned, AWAITS_RETURN, 0).astype(np.uint8)
        return np.where(waits, awaits, 0).astype(np.uint8)

    def _edges_at_levels(self, table: PoolTable, due_us: Ints) -> None:
        """Wake for dated rules that match only where an unmapped location has a level."""
        for number, terms in enumerate(table.terms):
            if not terms.edges_at:
                continue
            rows = np.flatnonzero(self.inverse == number)
            for column in self.policy.authoritative:
                edge_us = terms.edges_at.get(self.policy.slots[column].location, 0)
                if edge_us > self.at_us:
                    there = rows[(self.stamps[rows, column] & np.uint64(LEVEL_EXISTS)) != 0]
                    due_us[there] = np.minimum(due_us[there], edge_us)


def _step(
    outcome: Outcome, before: npt.NDArray[Any], limits: Mapping[str, Ints], lasting: Ints | None, at_us: int
) -> tuple[npt.NDArray[np.uint8], Ints]:
    """Take one step of the band for every row: band and the time since which a rise is pending (0: none)."""
    units, was = outcome.units, before["band"]
    out = (units <= limits["out_at"]) | ((was == Band.OUT) & (units < limits["restock_at"]))
    low = (units <= limits["low_at"]) | (((was == Band.OUT) | (was == Band.LOW)) & (units < limits["healthy_at"]))
    if lasting is not None:
        low |= units <= lasting
    target = np.where(out, Band.OUT, np.where(low, Band.LOW, Band.HEALTHY)).astype(np.uint8)
    rises = (was != Band.UNKNOWN) & (target > was)
    since_us = np.where(before["rise_us"] != 0, before["rise_us"], at_us)  # only asked where it rises: out or low
    settling = rises & (limits["settle_us"] != 0) & (at_us - since_us < limits["settle_us"])
    settling &= ~(outcome.blind | outcome.unlimited)
    band = np.where(settling | outcome.blind, was, target)
    band = np.where(outcome.unlimited, Band.HEALTHY, band).astype(np.uint8)
    return band, np.where(settling, since_us, 0)
