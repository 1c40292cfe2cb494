"""Names and lists as sentences carry them."""

from collections.abc import Iterable
from typing import Final

MOST_NAMED: Final = 3


def quoted(name: str) -> str:
    """Put a name that somebody chose into quotation marks."""
    return f'"{name}"'


def listed(names: Iterable[str]) -> str:
    """Write names as a list in a sentence, the first few of many."""
    every = list(names)
    if len(every) > MOST_NAMED:
        return f"{', '.join(every[:MOST_NAMED])} and {len(every) - MOST_NAMED} more"
    return " and ".join((", ".join(every[:-1]), every[-1])) if len(every) > 1 else "".join(every)
