"""Counting the levels of many variants: the array twin of `policies.units`."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from policies.columns import ABSENT, NULL, LevelColumns
from policies.units import NOT_SELLABLE_PARTS
from policies.values import PARTS_OF_ON_HAND

Plane = npt.NDArray[Any]
"""(rows, columns) of one state: int32, or int64 where derived; ABSENT and NULL as in `policies.columns`."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What levels hold for a pool; `counted` is 0 or more, and without meaning where unknown."""

    counted: Plane
    unknown: npt.NDArray[np.bool_]


class Planes:
    """The states of some rows at some columns, taken out of the page only when asked for."""

    def __init__(self, levels: LevelColumns, rows: slice, columns: npt.NDArray[np.intp]) -> None:
        self._of_state = {state: plane for plane, state in enumerate(levels.states)}
        self._quantities = levels.quantities[rows]
        self._columns = columns
        self._every = len(columns) == levels.quantities.shape[1]  # columns ascend, so these are all of them
        self._taken: dict[str, Plane] = {}

    def get(self, state: str) -> Plane | None:
        """Take a state's plane; None where no level has the state."""
        if state not in self._of_state:
            return None
        if state not in self._taken:
            plane = self._quantities[:, :, self._of_state[state]]
            self._taken[state] = np.ascontiguousarray(plane) if self._every else plane.take(self._columns, axis=1)
        return self._taken[state]


def available(planes: Planes) -> Plane | None:
    """Give `available` as told or derived; a derived figure below 0 is given as 0."""
    told, on_hand = planes.get("available"), planes.get("on_hand")
    if on_hand is None:
        return told
    own = np.full_like(on_hand, ABSENT) if told is None else told
    lacking = (own <= NULL) & (on_hand > ABSENT)
    if not lacking.any():
        return own
    derived = on_hand.astype(np.int64)
    hindered = on_hand == NULL
    for state in PARTS_OF_ON_HAND:
        if (part := planes.get(state)) is not None:
            derived -= np.maximum(part, 0)
            hindered |= part == NULL
    found = np.where(hindered, NULL, np.maximum(derived, 0))
    return np.where(lacking, found, own)


def count(planes: Planes, states: tuple[str, ...], shape: tuple[int, int]) -> Counted:
    """Count the units of a pool's states, bounded by what is left of on hand."""
    of_states = [available(planes) if state == "available" else planes.get(state) for state in states]
    given = [plane for plane in of_states if plane is not None]
    if not given:
        return Counted(np.zeros(shape, dtype=np.int32), np.ones(shape, dtype=np.bool_))
    on_hand = planes.get("on_hand")
    waiting = planes.get("receiving") if "available" in states else None
    if len(given) == 1 and on_hand is None and waiting is None:
        return Counted(np.maximum(given[0], 0), given[0] <= NULL)
    total = np.zeros(shape, dtype=np.int64)
    any_figure = np.zeros(shape, dtype=np.bool_)
    any_null = np.zeros(shape, dtype=np.bool_)
    for plane in given:
        total += np.maximum(plane, 0)
        any_figure |= plane > NULL
        any_null |= plane == NULL
    if on_hand is not None:
        bound = on_hand.astype(np.int64)
        for state in NOT_SELLABLE_PARTS:
            if (part := planes.get(state)) is not None:
                bound -= np.maximum(part, 0)
        np.minimum(total, np.maximum(bound, 0), out=total, where=on_hand > NULL)
    if waiting is not None:
        any_null |= waiting == NULL
        np.maximum(total - np.maximum(waiting, 0), 0, out=total)
    return Counted(total, any_null | ~any_figure)
