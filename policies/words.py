"""How values and changes of a document are said in plain words. Used by `policies.difference` and `rule_words`."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from difflib import SequenceMatcher

from policies.document import GuardCondition


@dataclass(frozen=True, slots=True)
class Difference:
    """One change: where it is in the document, and what has changed, for people."""

    path: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Words:
    """What a field is called, and the unit of its value."""

    name: str
    unit: str = ""


def changed(words: Words, was: object, becomes: object) -> str:
    """Say that a field's value has changed."""
    if isinstance(was, tuple) and isinstance(becomes, tuple):
        return f"{words.name}: {_list_change(was, becomes)}"
    plain = not isinstance(becomes, str | bool | GuardCondition) and becomes is not None
    unit = words.unit if words.unit and (plain or words.unit == "%") else ""
    after = told(becomes) + (f" {unit}" if unit else "")
    return (
        f"{words.name} {told(was)} -> {after}" if words.name[0].islower() else f"{words.name}: {told(was)} -> {after}"
    )


def _list_change(was: Sequence[object], becomes: Sequence[object]) -> str:
    more = [one for one in becomes if one not in was]
    fewer = [one for one in was if one not in becomes]
    if not more and not fewer:
        return f"the same in another order, {listed(becomes)}"
    parts = [f"now also {listed(more)}"] if more else []
    parts += [f"no longer {listed(fewer)}"] if fewer else []
    return ", ".join(parts)


def told(value: object) -> str:
    """Say a value."""
    if value is None:
        return "not said"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        text = value.strftime("%Y-%m-%d %H:%M") if not (value.second or value.microsecond) else str(value)[:26]
        return f"{text} UTC"
    if isinstance(value, GuardCondition):
        kept = "or less" if value.band in ("out", "low") else "or more"
        return f"{told(value.share_percent)} % are {value.band} {kept}"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, int):
        return f"{value:,}"
    return listed(value) if isinstance(value, tuple) else str(value)


def listed(values: Iterable[object]) -> str:
    """Say a list."""
    return ", ".join(told(value) for value in values) or "nothing"


def moved_items(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[str, str | None]]:
    """Yield the fewest items that moved among those in both lists, each with what it now follows (None: first)."""
    common = set(before) & set(after)
    old, new = [name for name in before if name in common], [name for name in after if name in common]
    still = {
        name
        for block in SequenceMatcher(None, old, new, autojunk=False).get_matching_blocks()
        for name in new[block.b : block.b + block.size]
    }
    for name in new:
        if name not in still:
            place = after.index(name)
            yield name, after[place - 1] if place else None


def order_words(follows: str | None) -> str:
    """Say where an item now stands."""
    return "it now comes first" if follows is None else f"it now comes after '{follows}'"
