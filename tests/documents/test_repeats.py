"""A line is answered alike whether its document is recognised or read."""

import json
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from gateway.documents import parse_json
from gateway.documents.cases import CaseCache, try_case, try_line
from tests.policies.cases.documents import document
from tests.policies.cases.faults import with_faults
from tests.policies.cases.stocks import batch


@given(st.integers(0, 2**32 - 1), st.booleans())
def test_a_document_is_recognised_and_judged_as_if_read(seed: int, faulty: bool) -> None:
    rng, cache = Random(seed), CaseCache()
    made = document(rng)
    cases = batch(rng, made, 5)
    if faulty:
        cases = [case | {"document": broken} for broken in [with_faults(rng, made)] for case in cases]
    lines = [json.dumps(case) for case in cases]
    if "NaN" not in lines[0] and "Infinity" not in lines[0]:
        alone = [try_case(parse_json(line), cache=CaseCache()) for line in lines]
        assert [try_line(line, cache=cache) for line in lines] == alone


def paths(line: str, cache: CaseCache) -> list[str]:
    return [problem["path"] for problem in try_line(line, cache=cache)["problems"]]


def test_a_second_document_is_found_behind_one_that_was_recognised() -> None:
    cache, opening = CaseCache(), '{"document": {"schema": 1}, '
    for _ in range(3):
        assert "authority" in paths(opening + '"at": 1}', cache)
    assert paths(opening + '"document": {"schema": 1}}', cache) == ["document"]
    assert paths(opening + '"at": 1', cache) == [""]


def test_true_is_not_taken_for_the_one_before_it() -> None:
    cache = CaseCache()
    for _ in range(3):
        assert "schema" not in paths('{"document": {"schema": 1}, "at": 1}', cache)
    assert "schema" in paths('{"document": {"schema": true}, "at": 1}', cache)


def test_half_a_surrogate_pair_in_a_key_is_a_problem_like_any_other() -> None:
    assert "x\ud800" in paths('{"document": {"schema": 1, "x\\ud800": 1}, "at": 1}', CaseCache())
