"""The engine's answers to generated cases, in the form in which the page's own answers are compared with them."""

import json
from collections.abc import Iterator
from random import Random
from typing import Any

from gateway.documents.cases import CaseCache, read_case, try_line
from policies.columns import Slot, to_us
from policies.compile import CompiledPolicy, compile_document
from policies.conversion import (
    columns_of,
    levels_to_columns,
    state_from_record,
    states_to_records,
    units_from_number,
)
from policies.decision import decide
from policies.kernel import decide_many
from policies.values import STATES, Level, LocationFacts
from tests.policies.cases.documents import PLACES, UNMAPPED, document
from tests.policies.cases.stocks import batch
from tests.policies.reference import case as page

CASES_PER_DOCUMENT = 5


def differences(rng: Random, cache: CaseCache) -> Iterator[str]:
    """Decide some cases of one document three ways, and tell where they differ."""
    made = document(rng)
    cases = batch(rng, made, CASES_PER_DOCUMENT)
    for case in cases:
        yield from _apart(case, page.decide(case), try_line(json.dumps(case), cache=cache))
    for case, number, text in kernel_differences(made, cases, cache):
        yield f"kernel, case {number}: {text} in {case}"


def _apart(case: Any, of_page: dict[str, Any], of_engine: dict[str, Any]) -> Iterator[str]:
    for pool in of_page.keys() | of_engine.keys():
        ours, theirs = of_engine.get(pool), of_page.get(pool)
        if isinstance(ours, dict) and isinstance(theirs, dict):
            for name in ours.keys() | theirs.keys():
                if ours.get(name) != theirs.get(name):
                    yield f"{pool}.{name}: {ours.get(name)}, the page says {theirs.get(name)}, in {case}"
        elif ours != theirs:
            yield f"{pool}: {ours}, the page says {theirs}, in {case}"


def kernel_differences(
    made: dict[str, Any], cases: list[dict[str, Any]], cache: CaseCache
) -> Iterator[tuple[Any, int, str]]:
    """Decide the cases at once and one by one, under the same compiled policy."""
    asked = [read_case(case) for case in cases]
    policy = compiled(cache, made, asked[0].told)
    source_of = policy.document.authority.levels_source
    rows = [[sourced(level, source_of(level.location)) for level in one.levels] for one in asked]
    at = asked[0].at
    many = decide_many(
        policy,
        columns_of(policy, [one.variant for one in asked], at),
        levels_to_columns(policy.slots, STATES, rows),
        states_to_records(policy.pools, [one.previous for one in asked]),
        to_us(at),
    )
    for row, one in enumerate(asked):
        alone = decide(policy, one.variant, rows[row], one.previous, at)
        for column, name in enumerate(policy.pools):
            scalar, record = alone.pools[name], many.pools[row, column]
            pairs = [
                (state_from_record(record), scalar.state),
                (units_from_number(int(record["promised"])), scalar.promised_units),
                (bool(many.restocks[row, column]), scalar.restock),
                (bool(many.returns[row, column]), scalar.returned),
            ]
            yield from (
                (cases[row], row, f"{name}: {ours}, alone {theirs}") for ours, theirs in pairs if ours != theirs
            )
        if many.due_us[row] != (0 if alone.due is None else to_us(alone.due)):
            yield cases[row], row, f"due {many.due_us[row]}, alone {alone.due}"


def compiled(cache: CaseCache, made: dict[str, Any], told: Any) -> CompiledPolicy:
    """Compile a document over every place and two sources."""
    loaded = cache.load(made)
    source_of = loaded.authority.levels_source
    slots = tuple(Slot(place, source) for place in (*PLACES, *UNMAPPED) for source in ("shopify", "wms"))
    facts = {
        (source_of(place), place): LocationFacts(place, source_of(place), active=active)
        for place, active in told.items()
    }
    return compile_document(loaded, slots, facts)


def sourced(level: Level, source: str) -> Level:
    """Say whose word a level is."""
    return Level(level.location, level.quantities, level.active, level.observed_at, source)
