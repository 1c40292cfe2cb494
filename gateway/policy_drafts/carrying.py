"""A draft brought over to the version that somebody else published while it was written.

What only one side changed is taken from that side. Where both changed the same value otherwise, the draft's is kept
and its path is listed, so that its author looks at it again.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from gateway.documents.problems import join_path
from gateway.policy_drafts.sections import LISTS

MISSING: Final = object()


@dataclass(frozen=True, slots=True)
class Carried:
    """The draft over the new version, and the paths that both had changed."""

    document: dict[str, Any]
    both: tuple[str, ...]


def carry_over(base: Mapping[str, Any], theirs: Mapping[str, Any], mine: Mapping[str, Any]) -> Carried:
    """Bring what `mine` changed of `base` to `theirs`."""
    both: list[str] = []
    return Carried(_tables(base, theirs, mine, "", both), tuple(both))


def _tables(
    base: Mapping[str, Any], theirs: Mapping[str, Any], mine: Mapping[str, Any], path: str, both: list[str]
) -> dict[str, Any]:
    merged = {}
    for key in {**theirs, **mine}:
        values = [side.get(key, MISSING) for side in (base, theirs, mine)]
        value = _value(values[0], values[1], values[2], join_path(path, key), both)
        if value is not MISSING:
            merged[key] = value
    return merged


def _value(base: Any, theirs: Any, mine: Any, path: str, both: list[str]) -> Any:
    if mine in (base, theirs):
        return theirs
    if theirs == base:
        return mine
    if isinstance(theirs, Mapping) and isinstance(mine, Mapping):
        return _tables(base if isinstance(base, Mapping) else {}, theirs, mine, path, both)
    if path in LISTS and _named(base, theirs, mine):
        return _lists(base, theirs, mine, path, both)
    both.append(path)
    return mine


def _named(*lists: Any) -> bool:
    """Tell whether entries can be told apart by their names in each of the lists."""
    for entries in lists:
        names = [entry.get("name") for entry in entries] if isinstance(entries, list) else [None]
        if None in names or len(set(names)) < len(names):
            return False
    return True


def _lists(base: list[Any], theirs: list[Any], mine: list[Any], path: str, both: list[str]) -> list[Any]:
    sides = [{entry["name"]: entry for entry in side} for side in (base, theirs, mine)]
    merged = []
    for name in _order(*(list(side) for side in sides)):
        was, new, own = (side.get(name, MISSING) for side in sides)
        value = _value(was, new, own, join_path(path, name), both)
        if value is not MISSING:
            merged.append(value)
    return merged


def _order(base: Sequence[str], theirs: Sequence[str], mine: Sequence[str]) -> Iterator[str]:
    """Take the order of the side that moved something (the draft's, if both did); others follow their neighbours."""
    moved = [name for name in mine if name in base] != [name for name in base if name in mine]
    first, second = (mine, theirs) if moved else (theirs, mine)
    order = list(first)
    for position, name in enumerate(second):
        if name not in order:
            before = next((one for one in reversed(second[:position]) if one in order), None)
            order.insert(order.index(before) + 1 if before is not None else 0, name)
    return iter(order)
