"""What the policy page shows: every part in words, and the one that is being edited as fields."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from gateway.documents import Problem
from gateway.documents.problems import join_path
from gateway.policy_drafts.desk import Desk
from gateway.policy_drafts.sections import TABLES, NoSuchSection, Part, name_of, part_named
from gateway.services import Services
from gateway.web.console.policy_calendar import calendar
from gateway.web.console.policy_fields import (
    Around,
    element_id,
    fields_of,
    lies_in,
    place_rows,
    problems_elsewhere,
)
from gateway.web.console.policy_sentences import date_words, guard_sentence, pool_sentence, rule_sentence
from gateway.web.console.policy_words import path_words

TITLES: Final = {
    "head": "The policy itself",
    "authority": "Who has the last word",
    "restock": "Back in stock",
    "limits": "Limits",
}
LEADS: Final = {
    "head": "Its name, its clock, and what the catalogue carries.",
    "authority": "Two systems may disagree about a number; for each kind of fact one source is believed.",
    "restock": "Which rises alert people, how many at a time, and how soon again.",
    "limits": "How much one cause may move before a person is asked.",
}
GROUPS: Final = (
    ("What is kept back", ("reserve_units_per_location", "buffer_units", "buffer_percent", "min_locations",
                           "floor_units", "cap_units")),
    ("Out, low, healthy", ("out_at_units", "restock_at_units", "low_at_units", "healthy_at_units", "low_days")),
    ("Time", ("settle_minutes", "fresh_for_minutes")),
    ("Selling", ("excluded", "sell_when_out")),
)  # fmt: skip
USUAL: Final = ("tags", "collections", "pools")


def page_view(desk: Desk, edit: str, at: datetime) -> dict[str, Any]:
    """Describe the whole page; `edit` names the part that is open, if any."""
    document, problems = desk.document, desk.problems() if desk.draft else ()
    around = Around(document, problems)
    rules = _list(document.get("rules"))
    return {
        "desk": desk,
        "problems": [_located(one, document) for one in problems],
        "changes": desk.changes(),
        "rules": _entries("rules", document, problems),
        "guards": _entries("guards", document, problems),
        "pools": _entries("pools", document, problems),
        "matrix": place_rows(around),
        "unmapped": unmapped(desk.services, document),
        "place_problems": [one for one in problems if one.path == "locations"],
        "tables": [_table_view(name, around) for name in ("head", *TABLES)],
        "calendar": calendar(rules, str(document.get("time_zone", "UTC")), at),
        "zone": document.get("time_zone", "UTC"),
        "open": open_view(edit, around),
    }


def open_view(edit: str, around: Around) -> dict[str, Any] | None:
    """Describe the part that is being edited; None for none, and for one that is not there any more."""
    try:
        part = part_named(edit)
        if part.kind == "locations":
            return {"name": edit, "part": part, "fields": [], "elsewhere": ()}
        found = fields_of(part, around)
    except NoSuchSection:
        return None
    view: dict[str, Any] = {"name": edit, "part": part, "fields": found}
    view["elsewhere"] = problems_elsewhere(found, part, around.problems)
    if part.kind == "rules":
        by_key = {field.path[len(part.path) + 1 :]: field for field in found}
        conditions = [field for key, field in by_key.items() if key.startswith("when.")]
        view |= {
            "by_key": by_key,
            "usual": [field for field in conditions if field.path.rpartition(".")[2] in USUAL],
            "unusual": [field for field in conditions if field.path.rpartition(".")[2] not in USUAL],
            "groups": [(title, [by_key[f"set.{key}"] for key in keys]) for title, keys in GROUPS],
        }
    return view


def unmapped(services: Services, document: Mapping[str, Any]) -> list[dict[str, str]]:
    """List places that sources report and the document does not know."""
    known = _dict(document.get("locations"))
    reported: dict[str, dict[str, str]] = {}
    for slot in services.store.ledger.slots():
        reported.setdefault(slot.location, {"id": slot.location, "source": slot.source, "label": ""})
    for facts in services.store.catalog.locations():
        reported[facts.id] = {"id": facts.id, "source": facts.source, "label": facts.label}
    return [place for name, place in sorted(reported.items()) if name not in known]


def part_of_path(path: str, document: Mapping[str, Any]) -> str:
    """Name the part that a path lies in, as addresses do."""
    for kind in ("rules", "guards"):
        for position in range(len(_list(document.get(kind)))):
            if lies_in(path, f"{kind}[{position}]"):
                return name_of(Part(kind, position))
    for name in _dict(document.get("pools")):
        if lies_in(path, join_path("pools", name)):
            return name_of(Part("pools", name))
    kind = path.partition(".")[0].partition("[")[0]
    return kind if kind in ("locations", *TABLES) else "head"


def _located(problem: Problem, document: Mapping[str, Any]) -> dict[str, str]:
    name = part_of_path(problem.path, document)
    part = part_named(name)
    where = path_words(problem.path, part.kind, _called(part, document))
    return {"where": where, "message": problem.message, "part": name}


def _called(part: Part, document: Mapping[str, Any]) -> str:
    if part.key is None:
        return TITLES.get(part.kind, "Places")
    entry = _dict(part.of(document))
    return str(entry.get("name") or part.key) if isinstance(part.key, int) else str(part.key)


def _entries(kind: str, document: Mapping[str, Any], problems: Sequence[Problem]) -> list[dict[str, Any]]:
    entries = document.get(kind, {} if kind == "pools" else [])
    keyed = entries.items() if isinstance(entries, Mapping) else enumerate(_list(entries))
    return [_entry(Part(kind, key), _dict(entry), document, problems) for key, entry in keyed]


def _entry(
    part: Part, entry: Mapping[str, Any], document: Mapping[str, Any], problems: Sequence[Problem]
) -> dict[str, Any]:
    labels = {name: str(_dict(facts).get("label") or name) for name, facts in _dict(document.get("locations")).items()}
    sentences = {
        "rules": lambda: rule_sentence(entry, _dict(document.get("pools"))),
        "guards": lambda: guard_sentence(entry),
        "pools": lambda: pool_sentence(entry, labels),
    }
    wrong = [one for one in problems if lies_in(one.path, part.path)]
    return {
        "part": name_of(part),
        "key": part.key,
        "id": element_id(part.path),
        "name": part.key if part.kind == "pools" else str(entry.get("name") or "without a name"),
        "sentence": sentences[part.kind](),
        "dates": date_words(entry) if part.kind == "rules" else "",
        "problems": wrong,
    }


def _table_view(name: str, around: Around) -> dict[str, Any]:
    part = Part(name)
    return {"name": name, "title": TITLES[name], "lead": LEADS[name], "id": element_id(name),
            "lines": list(_lines(part, around))}  # fmt: skip


def _lines(part: Part, around: Around) -> Iterator[dict[str, Any]]:
    """Say every field of a table with its value, or the default that holds."""
    for field in fields_of(part, around):
        options = dict(field.options)
        values = field.chosen or ((field.value,) if field.value else ())
        said = ", ".join(options.get(value, value) for value in values)
        if field.kind == "tick":
            said = "yes" if field.value == "true" else "no"
        if part.kind == "authority" and field.path.startswith("authority.levels_at") and not said:
            continue
        shown = said or options.get(field.default, field.default)
        by_default = not said and bool(field.default)
        for_default = options.get(field.default, field.default)
        yield {"field": field, "said": shown, "by_default": by_default, "default": for_default}


def _dict(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
