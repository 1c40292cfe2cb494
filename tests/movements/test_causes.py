"""What a change of figures proves, what a hint may add to it, and that nothing else is ever named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.movements.causes import cause_of
from gateway.store.movements import Hint
from policies.values import CAUSES

BEFORE = {
    "available": 10,
    "committed": 4,
    "held": 3,
    "damaged": 1,
    "quarantined": 0,
    "safety_stock": 2,
    "incoming": 9,
    "on_hand": 20,
}


def after(**moved: int) -> dict[str, int | None]:
    outside = sum(units for state, units in moved.items() if state != "incoming")
    return {**BEFORE, **{state: BEFORE[state] + units for state, units in moved.items()}, "on_hand": 20 + outside}


@pytest.mark.parametrize(
    ("moved", "cause"),
    [
        ({"available": -2, "committed": 2}, "sale"),
        ({"committed": -2}, "sale"),
        ({"available": 2, "committed": -2}, "cancellation"),
        ({"available": 4, "incoming": -4}, "receipt"),
        ({"available": 4, "incoming": -7}, "receipt"),  # three were rejected
        ({"available": -1, "damaged": 1}, "adjustment"),
        ({"available": 1, "damaged": -1}, "adjustment"),
        ({"available": -2, "safety_stock": 2}, "adjustment"),
        ({"available": -2}, "unknown"),  # a till, a thief or a count
        ({"available": 2}, "unknown"),
        ({"available": -2, "held": 2}, "unknown"),  # a transfer or a customer's hold
        ({"available": -3, "committed": 2}, "unknown"),  # two things at once
        ({"available": 7, "incoming": -4}, "unknown"),
        ({"damaged": 1}, "unknown"),
        ({}, "unknown"),
    ],
)
def test_figures_alone_prove_what_the_source_documents_and_no_more(moved: dict[str, int], cause: str) -> None:
    assert cause_of(BEFORE, after(**moved), []) == (cause, None)


@pytest.mark.parametrize(
    ("moved", "hint", "cause"),
    [
        ({"available": 2}, Hint("return", 2), "return"),
        ({"available": 2}, Hint("return", 1), "unknown"),
        ({"available": 2, "damaged": 1}, Hint("return", 2), "unknown"),
        ({"available": -2, "held": 2}, Hint("transfer", -2), "transfer"),
        ({"available": 2, "held": -2}, Hint("transfer", 2), "transfer"),
        ({"available": -2}, Hint("transfer", -2), "unknown"),
        ({"available": 7, "incoming": -4}, Hint("receipt", 7), "receipt"),  # more than was sent
        ({"available": -2, "committed": 2}, Hint("transfer", -2), "sale"),
    ],
)
def test_a_hint_explains_the_very_change_it_speaks_of(moved: dict[str, int], hint: Hint, cause: str) -> None:
    found, used = cause_of(BEFORE, after(**moved), [hint])
    assert (found, used) == (cause, hint if cause == hint.cause else None)


def test_a_figure_that_is_not_known_on_both_sides_proves_nothing() -> None:
    unknown = {**after(available=-2, committed=2), "held": None}
    assert cause_of(BEFORE, unknown, [Hint("return", -2)]) == ("unknown", None)
    assert cause_of({}, BEFORE, [Hint("return", 10)]) == ("unknown", None)


FIGURES = st.fixed_dictionaries({state: st.one_of(st.none(), st.integers(-3, 6)) for state in BEFORE})


@given(FIGURES, FIGURES, st.lists(st.builds(Hint, st.sampled_from(CAUSES), st.integers(-5, 5)), max_size=3))
def test_whatever_moves_the_free_units_keep_their_sign_of_cause(
    before: dict[str, int | None], now: dict[str, int | None], hints: list[Hint]
) -> None:
    cause, used = cause_of(before, now, hints)
    assert cause in CAUSES
    if cause == "unknown":
        assert used is None
        return
    was, is_ = before["available"], now["available"]
    assert was is not None
    assert is_ is not None
    if cause in ("return", "receipt"):
        assert used is not None or is_ > was
    if cause == "cancellation":
        assert used is not None or is_ > was
    if cause == "sale":
        assert is_ <= was
    if used is not None:
        assert used in hints
        assert used.units == is_ - was
