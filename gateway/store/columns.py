"""What goes into the ledger and comes out of it by the thousand: the store's columnar values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any, Final, Literal

import numpy as np
import numpy.typing as npt

from policies.columns import LevelColumns

UNKNOWN_PLACE: Final = -1


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

    def only(self, chosen: npt.NDArray[np.bool_]) -> "ReadingColumns":
        """Return those of the readings that are chosen."""
        return self.take(np.flatnonzero(chosen))

    def take(self, chosen: npt.NDArray[np.int64]) -> "ReadingColumns":
        """Return some of the readings, in a given order."""
        return ReadingColumns(
            [self.variants[index] for index in chosen.tolist()],
            self.slots[chosen],
            self.states,
            self.stamps[chosen],
            self.quantities[chosen],
            self.causes[chosen],
        )


@dataclass(frozen=True, slots=True)
class Rows:
    """All that the ledger holds of n variants, read at one moment per variant."""

    variants: tuple[str, ...]
    places: npt.NDArray[np.int64]  # (n,) partition << 32 | row, UNKNOWN_PLACE for one never heard of
    sequences: npt.NDArray[np.uint32]  # (n,) decisions made of it
    facts: npt.NDArray[np.uint32]  # (n,) changes of its catalogue facts
    policies: npt.NDArray[np.uint32]  # (n,) policy version of the last decision
    locations: npt.NDArray[np.uint32]  # (n,) revision of the location facts of the last decision
    decided_us: npt.NDArray[np.int64]  # (n,) 0: never
    due_us: npt.NDArray[np.int64]  # (n,) wake-up the last decision asked for; 0: none
    entries: npt.NDArray[np.uint64]  # (n,) journal entry of the last decision that changed something; 0: none
    levels: LevelColumns
    pools: npt.NDArray[Any]  # (n, pools) of POOL_STATE

    @property
    def known(self) -> npt.NDArray[np.bool_]:
        """Tell which variants have a row."""
        return np.asarray(self.places != UNKNOWN_PLACE)


@dataclass(frozen=True, slots=True)
class Claims:
    """Variants that one worker may decide until its lease runs out, as they were when it claimed them."""

    rows: Rows
    token: float  # what the due set holds of them while the lease stands

    @property
    def variants(self) -> tuple[str, ...]:
        """Name the variants claimed."""
        return self.rows.variants

    def __len__(self) -> int:
        return len(self.rows.variants)


@dataclass(frozen=True, slots=True)
class Note:
    """What is kept beside a decision: the causes of a rise that has yet to settle, or what became of a restock."""

    index: int  # of the variant within the batch
    what: Literal["rise", "restock"]
    value: bytes  # empty: forget it


@dataclass(frozen=True, slots=True)
class DecisionBatch:
    """Decisions of the variants of `rows`, in its order, to be kept if their inputs have not moved."""

    rows: Rows
    token: float  # of the claims
    pools: npt.NDArray[Any]  # (n, pools of the store) of POOL_STATE
    due_us: npt.NDArray[np.int64]  # (n,) 0: nothing to wake for
    changed: npt.NDArray[np.bool_]  # (n,) journal it
    tell: Mapping[str, npt.NDArray[np.int8]]  # destination -> lane per variant, -1: nothing to tell
    policy_version: int
    at: datetime
    locations_revision: int = 0
    notes: tuple[Note, ...] = ()
    held: npt.NDArray[np.bool_] | None = None  # (n,) not decided: only its flag and wake-up are written
