"""What goes into the ledger and comes out of it by the thousand: the store's columnar values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any

import numpy as np
import numpy.typing as npt

from policies.columns import LevelColumns


class Outcome(IntEnum):
    """What became of a reading."""

    ACCEPTED = 0
    UNCHANGED = 1  # the same word again, newer or not
    SUPERSEDED = 2  # the ledger knows something newer


@dataclass(frozen=True, slots=True)
class ReadingColumns:
    """n readings; `slots` come from `Ledger.slot`, a stamp is laid out as in `policies.columns`."""

    variants: tuple[str, ...] | list[str]
    slots: npt.NDArray[np.int32]  # (n,)
    states: tuple[str, ...]
    stamps: npt.NDArray[np.uint64]  # (n,)
    quantities: npt.NDArray[np.int32]  # (n, states)
    causes: npt.NDArray[np.uint8]  # (n,) index into CAUSES


@dataclass(frozen=True, slots=True)
class Rows:
    """All that the ledger holds of n variants, read at one moment per variant."""

    variants: tuple[str, ...]
    known: npt.NDArray[np.bool_]  # (n,)
    revisions: npt.NDArray[np.uint32]  # (n,) changes of the variant's inputs
    sequences: npt.NDArray[np.uint32]  # (n,) decisions made of it
    facts: npt.NDArray[np.uint32]  # (n,) changes of its catalogue facts
    policies: npt.NDArray[np.uint32]  # (n,) policy version of the last decision
    decided_us: npt.NDArray[np.int64]  # (n,) 0: never
    due_us: npt.NDArray[np.int64]  # (n,) wake-up the last decision asked for; 0: none
    levels: LevelColumns
    pools: npt.NDArray[Any]  # (n, pools) of POOL_STATE


@dataclass(frozen=True, slots=True)
class Claims:
    """Variants that one worker may decide until its lease runs out."""

    variants: tuple[str, ...] = ()
    tokens: tuple[int, ...] = ()  # the lease's end, microseconds

    def __len__(self) -> int:
        return len(self.variants)


@dataclass(frozen=True, slots=True)
class DecisionBatch:
    """Decisions of the variants of `rows`, in its order, to be kept if their inputs have not moved."""

    rows: Rows
    claims: Claims  # those of other variants are ignored; a variant without one is decided all the same
    pools: npt.NDArray[Any]  # (n, pools of the store) of POOL_STATE
    due_us: npt.NDArray[np.int64]  # (n,) 0: nothing to wake for
    changed: npt.NDArray[np.bool_]  # (n,) journal it
    tell: Mapping[str, npt.NDArray[np.int8]]  # destination -> lane per variant, -1: nothing to tell
    policy_version: int
    at: datetime
