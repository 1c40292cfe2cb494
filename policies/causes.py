"""Why units rose: which of the inputs that raised them is the cause of a restock (policy language, section 6)."""

from collections.abc import Collection, Iterable, Mapping
from typing import Final

POLICY: Final = "policy"
LOCATION: Final = "location"
CATALOG: Final = "catalog"
BLOCK: Final = "block"
FIRST_SIGHT: Final = "first_sight"
OURS: Final = (POLICY, LOCATION, CATALOG, BLOCK, FIRST_SIGHT)
"""Causes that are not stock coming in: they alert nobody, whatever the policy lists."""
UNKNOWN: Final = "unknown"

Raises = Mapping[str, int]
"""Cause -> the most units by which one input of that cause raised the default pool."""


def raises_of(changes: Iterable[tuple[str, int, int]]) -> dict[str, int]:
    """Sum changes, (cause, units before, units after) each, up to the largest rise of each cause."""
    raises: dict[str, int] = {}
    for cause, before, after in changes:
        if after > before:
            raises[cause] = max(raises.get(cause, 0), after - before)
    return raises


def joined(earlier: Raises, later: Raises) -> dict[str, int]:
    """Join what raised the units when a rise began with what raised them since."""
    return {cause: max(earlier.get(cause, 0), later.get(cause, 0)) for cause in (*earlier, *later)}


def may_alert(cause: str, causes: Collection[str]) -> bool:
    """Tell whether a restock of this cause alerts, where a policy lists `causes`."""
    return cause not in OURS and cause in causes


def cause_of(raises: Raises, causes: Collection[str]) -> str:
    """Choose the cause of a restock: the one that may least alert, and of several such the largest."""
    if not raises:
        return UNKNOWN

    def rank(cause: str) -> int:
        return 0 if cause in OURS else 2 if cause in causes else 1

    return min(raises, key=lambda cause: (rank(cause), -raises[cause], cause))
