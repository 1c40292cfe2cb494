"""`policy try`: cases decided from nothing but themselves, for tests of a policy and for questions about one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from marshmallow import ValidationError

from gateway.documents.case_fields import CaseSection
from gateway.documents.containers import Table
from gateway.documents.loading import load_document
from gateway.documents.problems import DocumentProblems, Problem, flatten_errors, in_document_order
from gateway.documents.reading import parse_json
from gateway.documents.repeats import Judged, Openings
from policies.columns import Slot
from policies.compile import CompiledPolicy, compile_document
from policies.decision import decide
from policies.document import Document
from policies.explain import case_result
from policies.values import Band, Level, LocationFacts, PoolState, Variant

MOST_KEPT: Final = 256
CASE: Final = Table(CaseSection)


class CaseCache:
    """The documents and compiled policies of a run, so that each distinct one is made once."""

    def __init__(self) -> None:
        self.openings = Openings()
        self._documents: dict[str, Judged] = {}
        self._compiled: dict[tuple[Any, ...], tuple[Document, CompiledPolicy]] = {}

    def judge(self, data: Any) -> tuple[Judged, bool]:
        """Load a document or find its problems, and tell whether it was seen before."""
        written = repr(data)
        seen = written in self._documents
        if not seen:
            _make_room(self._documents)
            try:
                self._documents[written] = load_document(data)
            except DocumentProblems as problems:
                self._documents[written] = problems
        return self._documents[written], seen

    def load(self, data: Any) -> Document:
        """Load a document, or raise its problems again."""
        judged, _ = self.judge(data)
        return good(judged)

    def compile(self, document: Document, places: Iterable[str], told: Mapping[str, bool | None]) -> CompiledPolicy:
        """Compile a document for the places of a case's levels and the locations that were told."""
        key = (id(document), tuple(sorted(places)), tuple(sorted(told.items())))
        if key not in self._compiled:
            _make_room(self._compiled)
            source_of = document.authority.levels_source
            slots = tuple(Slot(place, source_of(place)) for place in key[1])
            facts = {
                (source_of(place), place): LocationFacts(place, source_of(place), active=active)
                for place, active in told.items()
            }
            # The document is kept beside what was made of it: its id is only its own for as long as it lives.
            self._compiled[key] = document, compile_document(document, slots, facts)
        return self._compiled[key][1]


def good(judged: Judged) -> Document:
    """Return a document that loads, or raise its problems."""
    if isinstance(judged, DocumentProblems):
        raise judged
    return judged


@dataclass(frozen=True, slots=True)
class Case:
    """One case as values, its document apart."""

    variant: Variant
    levels: tuple[Level, ...]
    told: Mapping[str, bool | None]  # location id -> whether its source says it is open
    previous: Mapping[str, PoolState]
    at: datetime


def try_line(text: str, *, document: Document | None = None, cache: CaseCache) -> dict[str, Any]:
    """Decide the case that a line of JSON asks, as `try_case`."""
    try:
        if known := cache.openings.split(text):
            rest, judged = known
            case = _parsed(rest)
            if case is not None and "document" not in case:  # a second one: the whole line says which is too much
                return _answer(case, good(judged), cache)
        case = parse_json(text)
        if case.get("document") is None:
            return _answer(case, document, cache)
        judged, seen = cache.judge(case["document"])
        if seen:
            cache.openings.learn(text, judged)
        return _answer(case, good(judged), cache)
    except DocumentProblems as refused:
        return problems_result(refused.problems)


def _parsed(text: str) -> Mapping[str, Any] | None:
    try:
        return parse_json(text)
    except DocumentProblems:  # to be told of the whole line
        return None


def try_case(case: Mapping[str, Any], *, document: Document | None = None, cache: CaseCache) -> dict[str, Any]:
    """Decide one case under its own document, or else under the one given; `{"problems": [...]}` if it cannot be."""
    try:
        if isinstance(case, Mapping) and case.get("document") is not None:
            document = cache.load(case["document"])
        return _answer(case, document, cache)
    except DocumentProblems as refused:
        return problems_result(refused.problems)


def _answer(case: Mapping[str, Any], document: Document | None, cache: CaseCache) -> dict[str, Any]:
    try:
        asked = read_case(case)
    except ValidationError as error:
        return problems_result(tuple(sorted(flatten_errors(error.messages), key=in_document_order)))
    if document is None:
        return problems_result((Problem("document", "is missing, and no policy was given"),))
    policy = cache.compile(document, [level.location for level in asked.levels], asked.told)
    result: dict[str, Any] = case_result(decide(policy, asked.variant, asked.levels, asked.previous, asked.at))
    return result


def read_case(case: Mapping[str, Any]) -> Case:
    """Check a case and turn it into values; `ValidationError` with everything that is wrong beside its document."""
    facts = CASE.read(case)
    return Case(
        variant=Variant(**{name: value for name, value in facts["variant"].items() if value is not None}),
        levels=tuple(_level(level) for level in facts.get("levels") or ()),
        told={place: location.get("active") for place, location in (facts.get("locations") or {}).items()},
        previous={pool: _pool_state(state) for pool, state in (facts.get("previous") or {}).items()},
        at=facts["at"],
    )


def problems_result(problems: tuple[Problem, ...]) -> dict[str, Any]:
    """Say what is wrong in the form of a case's answer."""
    return {"problems": [{"path": problem.path, "message": problem.message} for problem in problems]}


def _level(level: Mapping[str, Any]) -> Level:
    return Level(level["location"], level.get("quantities") or {}, level.get("active"), level.get("observed_at"))


def _pool_state(state: Mapping[str, Any]) -> PoolState:
    rise = state.get("rise")
    return PoolState(
        band=Band[state["band"].upper()],
        rise_since=rise["since"] if rise else None,
        proven=bool(state.get("proven")),
        units=state.get("units"),
    )


def _make_room(kept: dict[Any, Any]) -> None:
    """Forget everything once there is much of it; a run with few documents never gets here."""
    if len(kept) >= MOST_KEPT:
        kept.clear()
