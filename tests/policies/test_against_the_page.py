"""The engine does what the page of the policy language says: random cases, decided by both and compared in full."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.documents import check_document
from gateway.documents.cases import CaseCache
from tests.policies.cases.comparison import CASES_PER_DOCUMENT, differences
from tests.policies.cases.documents import document
from tests.policies.cases.faults import with_faults
from tests.policies.reference.document import problems

CASES = 5_000
MANY_CASES = 100_000


def first_differences(seed: int, cases: int) -> list[str]:
    rng, cache = Random(seed), CaseCache()
    for _ in range(cases // CASES_PER_DOCUMENT):
        if found := list(differences(rng, cache)):
            return found
    return []


def first_disagreement_on_a_document(seed: int, documents: int) -> object:
    rng = Random(seed)
    for _ in range(documents):
        made = with_faults(rng, document(rng))
        ours, theirs = {problem.path for problem in check_document(made)}, problems(made)
        if ours != theirs:
            return {"ours alone": ours - theirs, "the page's alone": theirs - ours, "document": made}
    return None


def test_every_case_is_decided_as_the_page_says() -> None:
    assert first_differences(seed=1, cases=CASES) == []


def test_every_document_is_refused_where_the_page_says() -> None:
    assert first_disagreement_on_a_document(seed=1, documents=CASES) is None


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", range(2, 12))
def test_a_hundred_thousand_cases_are_decided_as_the_page_says(seed: int) -> None:
    assert first_differences(seed, MANY_CASES // 10) == []
    assert first_disagreement_on_a_document(seed, MANY_CASES // 10) is None


@given(st.randoms(use_true_random=False))
def test_the_smallest_case_that_differs_is_found(rng: Random) -> None:
    assert list(differences(rng, CaseCache())) == []


@given(st.randoms(use_true_random=False))
def test_the_smallest_document_that_is_judged_otherwise_is_found(rng: Random) -> None:
    made = with_faults(rng, document(rng))
    assert {problem.path for problem in check_document(made)} == problems(made)


def test_a_generated_document_is_valid() -> None:
    rng = Random(3)
    assert [found for _ in range(300) if (found := problems(document(rng)))] == []
