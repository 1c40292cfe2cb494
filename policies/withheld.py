"""Why units of many variants are not promised: the array twin of `policies.steps` and of what a pool keeps back.

Only what was said against levels and pools, not in which words: the list of variants filters by it. One variant's story
is told by `policies.decision`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from policies.columns import (
    ABSENT,
    AWAITS_RESTOCK,
    AWAITS_RETURN,
    BLIND,
    LEVEL_EXISTS,
    LEVEL_INACTIVE,
    LEVEL_READ,
    NULL,
    STAMP_SHIFT,
    UNLIMITED_UNITS,
    LevelColumns,
    VariantColumns,
)
from policies.compile import CompiledPolicy
from policies.conversion import BLOCKED_BIT, UNPUBLISHED_BIT
from policies.counting import Planes, count
from policies.reasons import OBJECTIONS, ReasonCode
from policies.tables import NEVER_STALE, pool_table
from policies.values import Band

KEPT: Final = (
    "reserve_kept",
    "buffer_kept",
    "too_few_locations",
    "below_floor",
    "capped",
    "awaits_confirmation",
    "out_promises_nothing",
    "all_unknown",
    "only_elsewhere",
)
"""What a pool keeps back of units that nothing speaks against; `only_elsewhere`: it draws on no place that has any."""
REASONS: Final = (*(code.value for code in OBJECTIONS), *KEPT)
"""The bits of `Withheld.reasons`, lowest first."""

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Bits = npt.NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Withheld:
    """What stands between on hand and the promise, of n variants."""

    on_hand: Ints  # (n,) what all places say they hold; -1: none of them knows
    there: Bools  # (n, slots) units lie there
    objections: Bits  # (n, pools) bits over OBJECTIONS that hold against any level
    reasons: Bits  # (n, pools) bits over REASONS that keep at least one unit from being promised


def bit(reason: str) -> int:
    """Return a reason's bit; 0 for a word that names none."""
    return 1 << REASONS.index(reason) if reason in REASONS else 0


def words(bits: int) -> list[str]:
    """Name the reasons of some bits."""
    return [reason for place, reason in enumerate(REASONS) if bits >> place & 1]


def withheld(
    policy: CompiledPolicy,
    variants: VariantColumns,
    levels: LevelColumns,
    states: npt.NDArray[Any],
    decided_us: Ints,
) -> Withheld:
    """Say what is withheld of n variants, as they were decided.

    `levels` has the policy's slots as columns, `states` is (n, pools) of POOL_STATE: the outcome of those decisions.
    """
    rows, pools = len(variants.classes), len(policy.pools)
    columns = np.array(policy.authoritative, dtype=np.intp)
    stamps = levels.stamps[:, columns]
    lies = _Lies(policy, variants, levels, columns, stamps)
    there = np.zeros((rows, len(policy.slots)), np.bool_)
    there[:, columns] = lies.holds
    objections, reasons = np.zeros((rows, pools), np.uint32), np.zeros((rows, pools), np.uint32)
    if rows:
        for pool in range(pools):
            objections[:, pool], reasons[:, pool] = lies.in_pool(pool, states[:, pool], decided_us)
    on_hand = np.where(lies.told.any(axis=1), lies.held.sum(axis=1, dtype=np.int64), -1)
    return Withheld(on_hand, there, objections, reasons)


class _Lies:
    """What lies where, of some variants, at the columns that count."""

    def __init__(
        self,
        policy: CompiledPolicy,
        variants: VariantColumns,
        levels: LevelColumns,
        columns: npt.NDArray[np.intp],
        stamps: npt.NDArray[np.uint64],
    ) -> None:
        self.policy, self.variants, self.columns, self.stamps = policy, variants, columns, stamps
        self.exists = (stamps & np.uint64(LEVEL_EXISTS)) != 0
        self.planes = Planes(levels, slice(0, len(stamps)), columns)
        on_hand, available = self.planes.get("on_hand"), self.planes.get("available")
        nothing = np.full(stamps.shape, ABSENT, np.int32)
        figure = nothing if on_hand is None else on_hand
        figure = np.where(figure > NULL, figure, nothing if available is None else available)
        self.told = self.exists & (figure > NULL)
        self.held = np.where(self.told, np.maximum(figure, 0), 0)
        self.holds = self.held > 0
        self.classes, self.of_class = np.unique(variants.classes, return_inverse=True)

    def in_pool(self, pool: int, states: npt.NDArray[Any], decided_us: Ints) -> tuple[Bits, Bits]:
        """Give one pool's bits: of objections against any level, and of what withholds units."""
        policy = self.policy
        table = pool_table(policy, pool, self.classes)
        numbers = {name: column[self.of_class] for name, column in table.numbers.items()}
        there = [[one.at_location(policy.slots[at].location) for at in self.columns.tolist()] for one in table.terms]
        reserve = np.array([[place.reserve for place in row] for row in there], np.int64)[self.of_class]
        excluded = np.array([[place.excluded_by is not None for place in row] for row in there], np.bool_)
        figures = count(self.planes, policy.document.pools[policy.pools[pool]].states, self.stamps.shape)
        fresh_us = numbers["fresh_us"]
        oldest_us = np.where(fresh_us == NEVER_STALE, np.int64(-1), decided_us - fresh_us)
        observed_us = (self.stamps >> np.uint64(STAMP_SHIFT)).astype(np.int64)
        read = (self.stamps & np.uint64(LEVEL_READ)) != 0
        flags = self.variants.objections
        against: dict[ReasonCode, Bools] = {
            ReasonCode.VARIANT_UNPUBLISHED: ((flags & UNPUBLISHED_BIT) != 0)[:, None],
            ReasonCode.VARIANT_EXCLUDED: (numbers["excluded"] != 0)[:, None],
            ReasonCode.VARIANT_BLOCKED: ((flags & BLOCKED_BIT) != 0)[:, None],
            **self._against_locations(pool),
            ReasonCode.LEVEL_INACTIVE: (self.stamps & np.uint64(LEVEL_INACTIVE)) != 0,
            ReasonCode.LEVEL_UNKNOWN: figures.unknown,
            ReasonCode.LEVEL_STALE: read & (observed_us <= oldest_us[:, None]),
            ReasonCode.LOCATION_EXCLUDED: excluded[self.of_class],
        }
        objections, reasons = np.zeros(len(states), np.uint32), np.zeros(len(states), np.uint32)
        free = self.exists.copy()
        for place, code in enumerate(OBJECTIONS):
            if code in against:
                objections |= _bits(self.exists & against[code], place)
                reasons |= _bits(self.holds & against[code], place)
                free &= ~against[code]
        counted = np.where(free, figures.counted, 0)
        units = np.maximum(counted - reserve, 0)
        fits = np.isin(self.columns, table.columns)
        kept = {
            "reserve_kept": ((counted > 0) & (reserve > 0)).any(axis=1),
            "only_elsewhere": self.holds.any(axis=1) & ~(self.holds & fits).any(axis=1),
            **_kept_by_pool(units, numbers, states),
        }
        for reason, holds in kept.items():
            reasons |= np.where(holds, np.uint32(bit(reason)), np.uint32(0))
        return objections, reasons

    def _against_locations(self, pool: int) -> dict[ReasonCode, Bools]:
        policy = self.policy
        of_pool = policy.document.pools[policy.pools[pool]]
        said = [
            {reason.code for reason in policy.location_objections(policy.slots[at].location, of_pool)}
            for at in self.columns.tolist()
        ]
        codes: Sequence[ReasonCode] = sorted(set().union(*said))
        return {code: np.array([[code in there for there in said]], np.bool_) for code in codes}


def _bits(holds: Bools, place: int) -> Bits:
    return np.where(holds.any(axis=1), np.uint32(1 << place), np.uint32(0))


def _kept_by_pool(units: Ints, numbers: dict[str, Ints], states: npt.NDArray[Any]) -> dict[str, Bools]:
    """Say what keeps units back once they count. What is not counted, or not known, is kept back by nothing of it."""
    pool_units = units.sum(axis=1, dtype=np.int64)
    buffer = np.maximum(numbers["buffer_units"], -(-pool_units * numbers["buffer_hundredths"] // 10_000))
    left = np.maximum(pool_units - buffer, 0)
    few = np.count_nonzero(units, axis=1) < numbers["min_locations"]
    out, blind = states["band"] == Band.OUT, (states["flags"] & BLIND) != 0
    waits = (states["flags"] & (AWAITS_RESTOCK | AWAITS_RETURN)) != 0
    counted = (states["units"] != UNLIMITED_UNITS) & ~blind & (states["band"] != Band.UNKNOWN)
    capped = ~out & ~waits & (states["promised"] < states["units"])
    return {
        "buffer_kept": counted & (pool_units > 0) & (buffer > 0),
        "too_few_locations": counted & (pool_units > 0) & few,
        "below_floor": counted & (left > 0) & (left < numbers["floor_units"]),
        "capped": counted & capped,
        "awaits_confirmation": waits,
        "out_promises_nothing": counted & out & (states["units"] > 0),
        "all_unknown": blind,
    }
