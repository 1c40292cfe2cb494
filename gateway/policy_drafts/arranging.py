"""Adding to a document, taking out of it, and moving within it. Documents go in and come out; nothing is kept here."""

from collections.abc import Iterable, Mapping
from copy import deepcopy
from itertools import count
from typing import Any, Final

from gateway.policy_drafts.sections import LISTS, NAMED, NoSuchSection, Part

Document = dict[str, Any]
NEW_GUARD: Final = {
    "mode": "ask",
    "hold_when": {"band": "low", "share_percent": 50},
    "release_when": {"band": "healthy", "share_percent": 100},
}


MOST_DIGITS: Final = 6


class NotArranged(Exception):  # noqa: N818  (the answer, rather than a mistake)
    """It cannot be added or moved so; the sentence says why."""


def added(document: Mapping[str, Any], kind: str, name: str = "") -> Part:
    """Tell where something new will stand. Raises NotArranged where its name is missing or taken."""
    if kind in LISTS:
        return Part(kind, len(document.get(kind, [])))
    if not name.strip():
        raise NotArranged("Give it a name first.")
    if name in document.get(kind, {}):
        raise NotArranged(f"There is already one called {name}.")
    return Part(kind, name)


def add(document: Mapping[str, Any], part: Part, facts: Mapping[str, Any] | None = None) -> Document:
    """Add a rule, a guard, a pool or a place; a new rule says nothing yet, a new place is for nothing yet."""
    edited = deepcopy(dict(document))
    if part.kind == "rules":
        names = [rule.get("name") for rule in edited.get("rules", [])]
        edited.setdefault("rules", []).append({"name": _free("New rule", names), "set": {}})
    elif part.kind == "guards":
        names = [guard.get("name") for guard in edited.get("guards", [])]
        new = {"name": _free("New guard", names), "pool": edited.get("default_pool", ""), **deepcopy(NEW_GUARD)}
        edited.setdefault("guards", []).append(new)
    elif part.kind == "pools":
        edited.setdefault("pools", {})[part.key] = {"method": "ship", "states": ["available"]}
    else:
        edited.setdefault(part.kind, {})[part.key] = dict(facts or {})
    return edited


def take_out(document: Mapping[str, Any], part: Part) -> Document:
    """Take an entry out. Raises NoSuchSection."""
    part.of(document)
    edited = deepcopy(dict(document))
    del edited[part.kind][part.key]
    return edited


def move(document: Mapping[str, Any], part: Part, to: int) -> Document:
    """Move an entry of a list to a position, counted without it; beyond an end it stays at that end."""
    entry = part.of(document)
    edited = take_out(document, part)
    edited[part.kind].insert(max(0, to), deepcopy(entry))
    return edited


def part_of(kind: str, key: str) -> Part:
    """Name an entry as a form sends it: positions from 0. Raises NoSuchSection."""
    if kind in NAMED and key:
        return Part(kind, key)
    if kind in LISTS and key.isascii() and key.isdigit() and len(key) <= MOST_DIGITS:
        return Part(kind, int(key))
    raise NoSuchSection(f"{kind} {key}".strip())


def _free(name: str, taken: Iterable[Any]) -> str:
    known = set(taken)
    numbered = (name if n == 1 else f"{name} {n}" for n in count(1))
    return next(one for one in numbered if one not in known)
