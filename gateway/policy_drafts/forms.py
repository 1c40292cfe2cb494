"""From the fields of a page to a part of a document. A field's name is the path of its value.

What cannot be read as what it should be is kept as it was typed: checking the document then says so at its path, and
the page shows the same again. An empty field says nothing, so the default applies; a field that was not sent stays.
"""

import re
from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any, Final

from gateway.documents.containers import Items, Named, Table
from gateway.documents.fields import Count, Hundredths, LocalTime, Strict, Switch, Word, WordOrCount
from gateway.documents.problems import join_path
from gateway.policy_drafts.sections import HEAD, Part

Form = Mapping[str, Sequence[str]]
ABSENT: Final = object()
WHOLE: Final = re.compile(r"-?[0-9]{1,15}")
DECIMAL: Final = re.compile(r"-?[0-9]{1,12}\.[0-9]{1,6}")
WITHOUT_SECONDS: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}")
EMPTY_IS_REFUSED: Final = ("states", "causes", "channels", "set")
"""Where nothing is not the same as the default: said as it is, so that it is refused."""


def read_part(document: Mapping[str, Any], part: Part, form: Form) -> dict[str, Any]:
    """Return the document with what a form says of one part. Raises NoSuchSection."""
    edited = deepcopy(dict(document))
    was = part.of(edited)
    if part.kind == "head":
        for key in HEAD:
            _put(edited, key, _read(part.table.fields[key], key, form, was.get(key, ABSENT)))
    elif part.kind == "locations":
        for name, facts in was.items():
            edited[part.kind][name] = _table(part.table, join_path(part.kind, name), form, facts)
    elif part.key is None:
        edited[part.kind] = _table(part.table, part.path, form, was)
        if part.kind == "authority":
            _read_exceptions(edited, form)
    else:
        edited[part.kind][part.key] = _table(part.table, part.path, form, was)
    return edited


def _read_exceptions(document: dict[str, Any], form: Form) -> None:
    """Read whose levels count at single places: one field per place."""
    authority = document["authority"]
    was = authority.get("levels_at", {})
    path = "authority.levels_at"
    told: dict[str, Any] = {}
    for name in {**was, **document.get("locations", {})}:
        _put(told, name, _text(join_path(path, name), form, was.get(name, ABSENT)))
    _put(authority, "levels_at", told or ABSENT)


def _table(table: Table, path: str, form: Form, was: Mapping[str, Any]) -> dict[str, Any]:
    read: dict[str, Any] = {}
    for key, field in table.fields.items():
        _put(read, key, _read(field, join_path(path, key), form, was.get(key, ABSENT)))
    return read


def _read(field: Strict, path: str, form: Form, was: Any) -> Any:
    if isinstance(field, Table):
        inner = _table(field, path, form, was if isinstance(was, Mapping) else {})
        return inner if inner or _key(path) in EMPTY_IS_REFUSED else ABSENT
    if isinstance(field, Named) or path not in form:
        return was
    if isinstance(field, Items):
        return _items(field, path, form[path], was)
    return _value(field, path, form, was)


def _value(field: Strict, path: str, form: Form, was: Any) -> Any:
    text = _text(path, form, was)
    if text is ABSENT:
        return ABSENT
    match field:
        case Switch():
            return {"true": True, "false": False}.get(text, text)
        case Count() | Hundredths() | WordOrCount():
            return _number(text)
        case LocalTime() if WITHOUT_SECONDS.fullmatch(text):
            return f"{text}:00"
        case _:
            return text


def _text(path: str, form: Form, was: Any) -> Any:
    """Return what was typed; of several fields of one name the last (a box that is ticked follows its empty twin)."""
    if path not in form:
        return was
    text = form[path][-1].strip() if form[path] else ""
    return text or ABSENT


def _items(field: Items, path: str, sent: Sequence[str], was: Any) -> Any:
    items = [line.strip() for value in sent for line in value.splitlines() if line.strip()]
    if isinstance(field.item, Word) and isinstance(was, list) and set(items) == set(was):
        return was  # boxes have an order of their own, which says nothing
    return items if items or _key(path) in EMPTY_IS_REFUSED else ABSENT


def _number(text: str) -> int | float | str:
    if WHOLE.fullmatch(text):
        return int(text)
    return float(text) if DECIMAL.fullmatch(text) else text


def _key(path: str) -> str:
    return path.rpartition(".")[2]


def _put(table: dict[str, Any], key: str, value: Any) -> None:
    if value is ABSENT:
        table.pop(key, None)
    else:
        table[key] = value
