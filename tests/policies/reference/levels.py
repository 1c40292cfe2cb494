"""What one level counts for one pool, section 2 and step 2 of section 4."""

from .shapes import Quantities
from .words import PARTS_OF_ON_HAND


def available(quantities: Quantities) -> int | None:
    """The available units, told or derived; None where unknown or not there."""
    told = quantities.get("available")
    if told is not None:
        return told
    if quantities.get("on_hand") is None:
        return None
    parts = [quantities[part] for part in PARTS_OF_ON_HAND if part in quantities]
    if None in parts:
        return None
    return quantities["on_hand"] - sum(max(0, part) for part in parts)


def figure(quantities: Quantities, state: str) -> int | None:
    return available(quantities) if state == "available" else quantities.get(state)


def null_keeps_available_from_being_derived(quantities: Quantities) -> bool:
    if available(quantities) is not None or "on_hand" not in quantities:
        return False
    return None in [quantities.get(part, 0) for part in ["on_hand", *PARTS_OF_ON_HAND]]


def unknown(quantities: Quantities, states: list[str]) -> bool:
    if any(state in quantities and figure(quantities, state) is None for state in states):
        return True
    if "available" in states and null_keeps_available_from_being_derived(quantities):
        return True
    if "available" in states and quantities.get("receiving", 0) is None:
        return True
    return all(figure(quantities, state) is None for state in states)


def counted(quantities: Quantities, states: list[str]) -> int:
    total = bounded(quantities, states)
    if "available" not in states:
        return total
    return max(0, total - max(0, quantities.get("receiving") or 0))


def bounded(quantities: Quantities, states: list[str]) -> int:
    total = sum(max(0, figure(quantities, state) or 0) for state in states)
    on_hand = quantities.get("on_hand")
    if on_hand is None:
        return total
    gone = sum(max(0, quantities.get(part) or 0) for part in ["committed", "damaged", "quarantined"])
    return min(total, max(0, on_hand - gone))
