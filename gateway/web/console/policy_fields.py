"""The fields of one part of a policy as a page shows them, each with what is wrong with it.

What there is to fill in is read off the fields that check a document; `policy_words` only adds the words.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import MISSING, dataclass, fields
from typing import Any, Final

from gateway.documents import Problem
from gateway.documents.containers import Items, Named, Table
from gateway.documents.fields import Count, Hundredths, LocalTime, Strict, Switch, Text, Word
from gateway.documents.problems import join_path
from gateway.policy_drafts.sections import HEAD, Part
from gateway.web.console.policy_words import VALUES, WORDS, FieldWords, said
from policies.document import SETTING_DEFAULTS, Document, Guard, Limits, RestockTerms

SECTIONS: Final[Mapping[str, Any]] = {"head": Document, "guards": Guard, "limits": Limits, "restock": RestockTerms}
TRISTATE: Final = (("", "not set here"), ("true", "yes"), ("false", "no"))
POOL_KEYS: Final = ("pool", "default_pool", "pools")
PLACE_KEYS: Final = ("locations", "include", "except")

Option = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Field:
    """One field; `kind` says how it is filled in: text, number, time, choice, tick, boxes or lines."""

    path: str
    kind: str
    words: FieldWords
    value: str
    chosen: tuple[str, ...] = ()  # of boxes
    options: tuple[Option, ...] = ()
    default: str = ""
    required: bool = False
    problems: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """The id of its element."""
        return element_id(self.path)

    @property
    def filled(self) -> bool:
        """Whether the document says something here."""
        return bool(self.value or self.chosen)


@dataclass(frozen=True, slots=True)
class Around:
    """What a part's fields are shown with: the whole document, and what is wrong with it."""

    document: Mapping[str, Any]
    problems: Sequence[Problem] = ()

    def pools(self) -> tuple[Option, ...]:
        """List the pools as options."""
        return tuple((name, name) for name in _table(self.document.get("pools")))

    def places(self) -> tuple[Option, ...]:
        """List the places as options."""
        places = _table(self.document.get("locations"))
        return tuple((name, str(_table(facts).get("label") or name)) for name, facts in places.items())


def element_id(path: str) -> str:
    """Name the element of a path: paths hold what people wrote, so it is a digest."""
    return f"p{hashlib.blake2s(path.encode(), digest_size=6).hexdigest()}"


def fields_of(part: Part, around: Around) -> tuple[Field, ...]:
    """List the fields of a part, in the order of the language; nested tables lie flat. Raises NoSuchSection."""
    said_there = part.of(around.document)
    if part.kind == "head":
        table = {key: part.table.fields[key] for key in HEAD}
        found = [_field(table[key], key, key, said_there.get(key), around, part.kind) for key in HEAD]
    else:
        found = list(_fields(part.table, part.path, part.kind, said_there, around, part.kind))
        if part.kind == "authority":
            found += _exceptions(said_there, around)
    return tuple(found)


def place_rows(around: Around) -> list[tuple[str, dict[str, Field]]]:
    """List the fields of every place by key: the matrix."""
    part = Part("locations")
    rows = []
    for name, facts in _table(part.of(around.document)).items():
        path = join_path("locations", name)
        row = _fields(part.table, path, part.kind, _table(facts), around, part.kind)
        rows.append((name, {field.path[len(path) + 1 :]: field for field in row}))
    return rows


def problems_elsewhere(found: Iterable[Field], part: Part, problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """List what is wrong with a part that no field of it shows."""
    shown = [field.path for field in found]
    inside = [one for one in problems if part.path and lies_in(one.path, part.path)]
    return tuple(one for one in inside if not any(lies_in(one.path, path) for path in shown))


def _fields(
    table: Table, path: str, words: str, values: Mapping[str, Any], around: Around, kind: str
) -> Iterator[Field]:
    for key, field in table.fields.items():
        inner, named = join_path(path, key), join_path(words, key)
        if isinstance(field, Table):
            yield from _fields(field, inner, named, _table(values.get(key)), around, kind)
        elif not isinstance(field, Named):
            yield _field(field, inner, named, values.get(key), around, kind)


def _exceptions(authority: Mapping[str, Any], around: Around) -> Iterator[Field]:
    told, labels = _table(authority.get("levels_at")), dict(around.places())
    for name in {**told, **labels}:
        words = WORDS["authority.levels_at"]
        path = join_path("authority.levels_at", name)
        shown = words._replace(label=f"{words.label} {labels.get(name, name)}")
        problems = _problems(path, around)
        yield Field(path, "text", shown, _shown(told.get(name)), default="as everywhere", problems=problems)


def _field(field: Strict, path: str, words: str, value: Any, around: Around, section: str) -> Field:
    key = words.rpartition(".")[2]
    kind = _kind(field, key, section)
    options = _options(field, key, kind, around)
    default = _default(section, words)
    chosen: tuple[str, ...] = ()
    if isinstance(field, Items):
        said_here = value if value is not None else _default_items(section, key)
        chosen = tuple(map(str, said_here)) if isinstance(said_here, list | tuple) else ()
        known = {name for name, _ in options}
        options += tuple((one, one) for one in chosen if kind == "boxes" and one not in known)
    elif kind == "choice" and value is not None and _shown(value) not in {name for name, _ in options}:
        options += ((_shown(value), f"{said(value)} (not known)"),)
    return Field(
        path=path,
        kind=kind,
        words=WORDS.get(words, FieldWords(key, "")),
        value="\n".join(chosen) if kind == "lines" else "" if isinstance(field, Items) else _shown(value),
        chosen=chosen,
        options=options,
        default=default,
        required=field.required,
        problems=_problems(path, around),
    )


def _kind(field: Strict, key: str, section: str) -> str:
    match field:
        case Items():
            return "boxes" if isinstance(field.item, Word) or key in (*POOL_KEYS, *PLACE_KEYS) else "lines"
        case Switch():
            return "choice" if section == "rules" else "tick"
        case Word():
            return "choice"
        case Text() if key in POOL_KEYS:
            return "choice"
        case Count() | Hundredths():
            return "number"
        case LocalTime():
            return "time"
        case _:
            return "text"


def _options(field: Strict, key: str, kind: str, around: Around) -> tuple[Option, ...]:
    if kind not in ("choice", "boxes"):
        return ()
    if isinstance(field, Switch):
        return TRISTATE
    if key in POOL_KEYS:
        return around.pools()
    if key in PLACE_KEYS:
        return around.places()
    word = field.item if isinstance(field, Items) else field
    listed = (
        tuple((one, VALUES.get(one, one.replace("_", " "))) for one in word.words) if isinstance(word, Word) else ()
    )
    return listed if isinstance(field, Items) or field.required else (("", "not said"), *listed)


def _default(section: str, words: str) -> str:
    """Say what holds where nothing is written; of a rule's settings, what holds where no rule says anything."""
    key = words.rpartition(".")[2]
    if section == "rules":
        return said(SETTING_DEFAULTS[key]) if key in SETTING_DEFAULTS and ".set." in words else ""
    value = _section_defaults(section).get(key)
    return "" if value is None or isinstance(value, tuple) else said(value)


def _default_items(section: str, key: str) -> tuple[str, ...]:
    value = _section_defaults(section).get(key)
    return value if isinstance(value, tuple) else ()


def _section_defaults(section: str) -> dict[str, Any]:
    """Name the defaults of a section that are written down where its value is declared."""
    declared = fields(SECTIONS[section]) if section in SECTIONS else ()
    return {one.name: one.default for one in declared if one.default is not MISSING and one.default is not None}


def _problems(path: str, around: Around) -> tuple[str, ...]:
    """List what is wrong with a field, and with single items of it."""
    return tuple(one.message for one in around.problems if lies_in(one.path, path))


def lies_in(path: str, outer: str) -> bool:
    """Tell whether a path is that of a value, or of something in it."""
    return path == outer or path.startswith((f"{outer}.", f"{outer}["))


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value:.6f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def _table(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
