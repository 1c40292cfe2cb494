"""The columnar twins of the values: how many variants are handed to the kernel, and how the store keeps them.

One form for both, so that nothing is converted between the ledger and the decision. Times are microseconds since 1970
(UTC). Sentinels stand outside what a reading may say (+-10,000,000 units).
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import numpy as np
import numpy.typing as npt

ABSENT: Final = -(2**31)
"""An i32 quantity: the source does not have this state."""
NULL: Final = -(2**31) + 1
"""An i32 quantity: the source has this state and does not know the figure."""

BLIND_UNITS: Final = -2
"""An i64 units: null, the decision is blind or there was none."""
UNLIMITED_UNITS: Final = -1
"""An i64 units: `"unlimited"`."""

STAMP_SHIFT: Final = 6
LEVEL_EXISTS: Final = 1
LEVEL_ACTIVE: Final = 2
LEVEL_INACTIVE: Final = 4
LEVEL_READ: Final = 8
LEVEL_FIGURED: Final = 16
"""A stamp is `observed_us << 6 | flags` in a u64. Neither active bit: not told. Without LEVEL_READ: no reading yet.
LEVEL_FIGURED: the level has or once had a figure; the first one is first sight and nobody's restock."""

PROVEN: Final = 1
BLIND: Final = 2
AWAITS_RESTOCK: Final = 4
AWAITS_RETURN: Final = 8
HELD_BACK: Final = 16
WAS_UNLIMITED: Final = 32
"""`flags` and `before_flags` of a pool state; WAS_UNLIMITED: the units of that decision were unlimited."""

POOL_STATE: Final = np.dtype(
    [
        ("band", "u1"),
        ("flags", "u1"),
        ("before_band", "u1"),  # the previous decision's, kept so that this one can be explained and recomputed
        ("before_flags", "u1"),
        ("episode", "<u4"),  # counts the decisions by which the band became out
        ("units", "<i8"),
        ("promised", "<i8"),
        ("rise_us", "<i8"),  # 0: no pending rise
        ("before_rise_us", "<i8"),
    ]
)
"""The outcome of one decision in one pool, 40 bytes."""

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


LAST_US: Final = (datetime.max.replace(tzinfo=UTC) - EPOCH) // timedelta(microseconds=1)
"""The last moment a `datetime` can say. What would fall due later never does."""


def to_us(at: datetime) -> int:
    """Turn an aware time into microseconds since 1970, exactly."""
    return (at - EPOCH) // timedelta(microseconds=1)


def from_us(us: int) -> datetime:
    """Turn microseconds since 1970 into an aware UTC time, exactly."""
    return EPOCH + timedelta(microseconds=int(us))


@dataclass(frozen=True, slots=True)
class Slot:
    """One column of the ledger: what one source tells of one location."""

    location: str
    source: str


@dataclass(frozen=True, slots=True)
class LevelColumns:
    """The levels of n variants over all slots."""

    states: tuple[str, ...]
    stamps: npt.NDArray[np.uint64]  # (n, slots); 0: no level
    quantities: npt.NDArray[np.int32]  # (n, slots, states); ABSENT and NULL as above


@dataclass(frozen=True, slots=True)
class VariantColumns:
    """What the kernel must know of n variants beside their levels: their policy class and three facts."""

    classes: npt.NDArray[np.int32]  # (n,) ids from the compiled policy; a class is only right within its epoch
    objections: npt.NDArray[np.uint8]  # (n,) bit 1 unpublished, bit 2 blocked (exclusion is part of the class)
    untracked: npt.NDArray[np.bool_]  # (n,) the source says it does not count this variant
    continues: npt.NDArray[np.bool_]  # (n,) the source says "continue selling when out of stock"
    units_per_day: npt.NDArray[Any]  # (n,) float64 is not exact: object array of Decimal or None


@dataclass(frozen=True, slots=True)
class DecisionColumns:
    """The decisions of n variants in all pools of the compiled policy."""

    pools: npt.NDArray[Any]  # (n, pools) of POOL_STATE
    due_us: npt.NDArray[np.int64]  # (n,) 0: nothing to wake for
    restocks: npt.NDArray[np.bool_]  # (n, pools)
    returns: npt.NDArray[np.bool_]  # (n, pools)
