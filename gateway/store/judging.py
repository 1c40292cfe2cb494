"""What becomes of a reading beside what the ledger holds: the judgement of `record.lua`, for thousands at once."""

from typing import Any, Final

import numpy as np
import numpy.typing as npt

from gateway.store.columns import Outcome
from policies.columns import LEVEL_FIGURED, NULL, STAMP_SHIFT
from policies.values import PARTS_OF_ON_HAND

Bools = npt.NDArray[np.bool_]
Cells = npt.NDArray[Any]
NONE: Final = np.iinfo(np.int64).max
"""Stock that is not known: more than any figure, so that whoever has none loses no tie against whoever has none."""


def judge(old: Cells, new: Cells, states: tuple[str, ...]) -> tuple[npt.NDArray[np.int8], Bools]:
    """Return an outcome for each pair of cells, and which new ones are written.

    A level that once had a figure keeps the mark of it: `new` gets it in place.
    """
    figures_equal = (old["figures"] == new["figures"]).all(axis=1)
    same = figures_equal & (old["stamp"] == new["stamp"])
    new["stamp"] |= old["stamp"] & np.uint64(LEVEL_FIGURED)
    old_at, new_at = old["stamp"] >> np.uint64(STAMP_SHIFT), new["stamp"] >> np.uint64(STAMP_SHIFT)
    flags = np.uint64((1 << STAMP_SHIFT) - 1)
    renewed = figures_equal & (old["stamp"] & flags == new["stamp"] & flags)
    newer = ~same & (new_at > old_at)
    was, told = stock_of(old, states), stock_of(new, states)
    smaller = ~same & (new_at == old_at) & (was != NONE) & ((told == NONE) | (told < was))
    outcomes = np.full(len(old), Outcome.SUPERSEDED, np.int8)
    outcomes[same | (newer & renewed)] = Outcome.UNCHANGED
    outcomes[(newer & ~renewed) | smaller] = Outcome.ACCEPTED
    return outcomes, newer | smaller


def stock_of(cells: Cells, states: tuple[str, ...]) -> npt.NDArray[np.int64]:
    """Return `available` of each cell, told or derived; NONE where there is none."""
    figures = {state: cells["figures"][:, place].astype(np.int64) for place, state in enumerate(states)}
    derived = np.full(len(cells), NONE, np.int64)
    if "on_hand" in figures:
        parts = [figures[state] for state in PARTS_OF_ON_HAND if state in figures]
        derivable = figures["on_hand"] > NULL
        for part in parts:
            derivable &= part != NULL
        rest = figures["on_hand"] - sum(np.maximum(0, part) for part in parts)
        derived = np.where(derivable, rest, NONE)
    if "available" not in figures:
        return derived
    return np.where(figures["available"] > NULL, figures["available"], derived)
