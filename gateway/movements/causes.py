"""The cause of one level's change, from its figures before and after and the hints that lie ready for it."""

from collections.abc import Mapping, Sequence
from typing import Final

from gateway.store.movements import Hint

_SEEN: Final = ("available", "committed", "held", "damaged", "quarantined", "safety_stock", "incoming")
_SET_ASIDE: Final = frozenset({"damaged", "quarantined", "safety_stock"})
Figures = Mapping[str, int | None]


def cause_of(before: Figures, after: Figures, hints: Sequence[Hint]) -> tuple[str, Hint | None]:
    """Name why a level moved, and the hint that says so; `unknown` where nothing proves anything.

    What figures prove alone is what Shopify documents an event to do to them (Apps in inventory management, 2026-11).
    """
    moved = _moved(before, after)
    if moved.get("available", 0) > _waits(after) - _waits(before) < 0:
        return "receipt", None
    if not moved:
        return "unknown", None
    if alone := _by_figures(moved):
        return alone, None
    for hint in hints:
        if hint.units == moved.get("available") and _fits(hint.cause, moved):
            return hint.cause, hint
    return "unknown", None


def _moved(before: Figures, after: Figures) -> dict[str, int]:
    """Return what changed by how much; nothing where a figure is not known on both sides."""
    moved = {}
    for state in _SEEN:
        was, now = before.get(state), after.get(state)
        if was is None and now is None:
            continue
        if was is None or now is None:
            return {}
        if was != now:
            moved[state] = now - was
    return moved


def _waits(figures: Figures) -> int:
    """Return how many received units do not count yet; where fewer do, the receipt itself comes late."""
    return figures.get("receiving") or 0


def _by_figures(moved: Mapping[str, int]) -> str | None:
    free = moved.get("available", 0)
    match tuple(sorted(moved)):
        case ("available", "committed") if free == -moved["committed"]:
            return "sale" if free < 0 else "cancellation"
        case ("committed",) if moved["committed"] < 0:  # an order left the house: it was sold before
            return "sale"
        case ("available", "incoming") if 0 < free <= -moved["incoming"]:  # the rest was rejected or canceled
            return "receipt"
        case ("available", other) if other in _SET_ASIDE and free == -moved[other]:
            return "adjustment"
    return None


def _fits(cause: str, moved: Mapping[str, int]) -> bool:
    """Tell whether a hint explains all that moved, not just `available`."""
    rest = {state: units for state, units in moved.items() if state != "available"}
    match cause:
        case "transfer":  # set aside for it at its origin, or given back when it was canceled
            return rest == {"held": -moved["available"]}
        case "receipt":  # more than was sent may be accepted
            return not rest or (set(rest) == {"incoming"} and rest["incoming"] < 0)
        case "return":
            return not rest
        case "cancellation":
            return rest in ({}, {"committed": -moved["available"]})
    return False
