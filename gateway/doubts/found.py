"""What a look at the whole ledger finds, and how the list of doubts is brought in line with it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from gateway.services import Services

Found = Iterable[tuple[str, str | None, dict[str, Any]]]
"""Key, the sentence (None: there is nothing in doubt any more), facts."""


def bring_in_line(services: Services, found: Mapping[str, Found], at: datetime) -> None:
    """Raise what is in doubt, by kind, and drop what no longer is or is no more."""
    doubts = services.store.doubts
    left = {(doubt.kind, doubt.key) for doubt in doubts.every() if doubt.kind in found}
    for kind, some in found.items():
        for key, sentence, facts in some:
            left.discard((kind, key))
            if sentence is None:
                doubts.clear(kind, key)
            else:
                doubts.raise_(kind, key, sentence, facts, at)
    for kind, key in left:
        doubts.clear(kind, key)


def counted(count: int, thing: str) -> str:
    """Write a number of things."""
    return f"{count} {thing}{'' if count == 1 else 's'}"
