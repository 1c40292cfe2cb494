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
    told = {state: quantities[state] for state in states if state in quantities and state != "available"}
    if "available" in states:
        told |= available_told(quantities)
    figures = [figure for figure in told.values() if figure is not None]
    if len(figures) < len(told) or not figures:
        return None
    counted = sum(max(0, figure) for figure in figures)
    on_hand = quantities.get("on_hand")
    if on_hand is None:
        return counted
    unsellable = sum(max(0, quantities.get(state) or 0) for state in NOT_SELLABLE_PARTS)
    return min(counted, max(0, on_hand - unsellable))


def buffer_of(pool_units: int, thresholds: Thresholds) -> int:
    """Work out what is kept back of a pool's sum; any percentage keeps at least one unit of any stock."""
    return max(thresholds.buffer_units, -(-pool_units * thresholds.buffer_hundredths // 10_000))
