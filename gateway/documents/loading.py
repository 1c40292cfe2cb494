"""From a mapping, whoever read it, to a `Document` or to everything that is wrong with it."""

from collections.abc import Mapping
from typing import Any, Final
from zoneinfo import ZoneInfo

from marshmallow import ValidationError

from gateway.documents.containers import Table
from gateway.documents.cross_checks import check_across
from gateway.documents.dates import to_instant
from gateway.documents.problems import DocumentProblems, Problem, flatten_errors, in_document_order
from gateway.documents.sections import DocumentSection
from policies.document import (
    Authority,
    Document,
    Guard,
    GuardCondition,
    Limits,
    LocationPurpose,
    Pool,
    RestockTerms,
    Rule,
)

DOCUMENT: Final = Table(DocumentSection)


def load_document(data: Mapping[str, Any]) -> Document:
    """Build the document, or raise `DocumentProblems` with all of them."""
    passed, problems = _examine(data)
    if problems:
        raise DocumentProblems(problems)
    return _build(passed)


def check_document(data: Mapping[str, Any]) -> tuple[Problem, ...]:
    """List everything that is wrong with a document, by path; nothing if it would load."""
    return _examine(data)[1]


def _examine(data: Mapping[str, Any]) -> tuple[Mapping[str, Any], tuple[Problem, ...]]:
    problems: list[Problem] = []
    try:
        passed: Mapping[str, Any] = DOCUMENT.read(data)
    except ValidationError as error:
        problems.extend(flatten_errors(error.messages))
        passed = error.valid_data if isinstance(error.valid_data, dict) else {}
    if isinstance(data, Mapping):
        problems.extend(check_across(data, passed))
    return passed, tuple(sorted(problems, key=in_document_order))


def _build(passed: Mapping[str, Any]) -> Document:
    zone = ZoneInfo(passed.get("time_zone", "UTC"))
    whole: dict[str, Any] = {key: value for key, value in passed.items() if key != "schema"}
    whole["authority"] = Authority(**passed["authority"])
    whole["locations"] = {location: LocationPurpose(**facts) for location, facts in passed.get("locations", {}).items()}
    whole["pools"] = {name: Pool(name=name, **pool) for name, pool in passed["pools"].items()}
    whole["rules"] = tuple(_build_rule(rule, zone) for rule in passed.get("rules", ()))
    whole["restock"] = RestockTerms(**passed.get("restock", {}))
    whole["guards"] = tuple(_build_guard(guard) for guard in passed.get("guards", ()))
    whole["limits"] = Limits(**passed.get("limits", {}))
    return Document(**whole)


def _build_rule(rule: Mapping[str, Any], zone: ZoneInfo) -> Rule:
    dates = {key: to_instant(rule[key], zone) for key in ("starts_at", "ends_at") if key in rule}
    return Rule(**{**rule, **dates})


def _build_guard(guard: Mapping[str, Any]) -> Guard:
    conditions = {key: GuardCondition(**guard[key]) for key in ("hold_when", "release_when")}
    return Guard(**{**guard, **conditions})
