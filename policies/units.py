"""From figures to marketable units, in whole numbers."""

from collections.abc import Mapping, Sequence

from policies.terms import Thresholds
from policies.values import PARTS_OF_ON_HAND

NOT_SELLABLE_PARTS = ("committed", "damaged", "quarantined")
"""Shares of on hand that no pool counts; what is left bounds what all pools' states can be together."""


def available_told(quantities: Mapping[str, int | None]) -> dict[str, int | None]:
    """Give `available` as told or derived: empty where the source has no such figure, None where it is unknown."""
    if (told := quantities.get("available")) is not None:
        return {"available": told}
    on_hand = quantities.get("on_hand")
    if on_hand is None:
        return {"available": None} if "on_hand" in quantities or "available" in quantities else {}
    parts = [quantities[state] for state in PARTS_OF_ON_HAND if state in quantities]
    if None in parts:
        return {"available": None}
    return {"available": on_hand - sum(max(0, part) for part in parts if part is not None)}


def count(quantities: Mapping[str, int | None], states: Sequence[str]) -> int | None:
    """Count the units of a level's states; None where the level is unknown to a pool of these states."""
    counted, known = 0, False
    for state in states:
        figure = quantities.get(state)
        if figure is None:
            told = available_told(quantities) if state == "available" else quantities
            if state not in told:
                continue
            figure = told[state]
            if figure is None:
                return None
        known = True
        if figure > 0:
            counted += figure
    if not known:
        return None
    waiting = quantities.get("receiving", 0) if "available" in states else 0
    return None if waiting is None else max(0, _bounded(quantities, counted) - max(0, waiting))


def _bounded(quantities: Mapping[str, int | None], counted: int) -> int:
    """Bound what is counted by what is left of on hand, where that is told."""
    on_hand = quantities.get("on_hand")
    if on_hand is None:
        return counted
    for state in NOT_SELLABLE_PARTS:
        part = quantities.get(state)
        if part is not None and part > 0:
            on_hand -= part
    return min(counted, max(0, on_hand))


def buffer_of(pool_units: int, thresholds: Thresholds) -> int:
    """Work out what is kept back of a pool's sum; any percentage keeps at least one unit of any stock."""
    return max(thresholds.buffer_units, -(-pool_units * thresholds.buffer_hundredths // 10_000))
