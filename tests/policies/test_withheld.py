"""What the list says against levels is what the explanation of each variant says."""

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from policies.columns import to_us
from policies.compile import compile_document
from policies.conversion import columns_of, levels_from_columns, levels_to_columns, states_to_records
from policies.decision import decide
from policies.kernel import decide_many
from policies.reasons import OBJECTIONS
from policies.values import STATES, Level, LocationFacts, PoolState, Variant
from policies.withheld import REASONS, bit, withheld, words
from tests.builders.policy import NOON
from tests.policies.test_two_readers import SLOTS, documents, rows

CODES = {code.value for code in OBJECTIONS}


@given(documents(), st.lists(rows, min_size=1, max_size=6), st.sampled_from([None, True, False]))
def test_every_objection_and_everything_kept_back_is_that_of_the_explanation(
    policy_document: Any, chosen: list[tuple[Variant, list[Level], dict[str, PoolState]]], active: bool | None
) -> None:
    told = {("shopify", "broadway"): LocationFacts("broadway", "shopify", active=active)}
    policy = compile_document(policy_document, SLOTS, told)
    variants = columns_of(policy, [variant for variant, _, _ in chosen], NOON)
    levels = levels_to_columns(SLOTS, STATES, [row[1] for row in chosen])
    records = states_to_records(policy.pools, [states for _, _, states in chosen])
    made = decide_many(policy, variants, levels, records, to_us(NOON))
    found = withheld(policy, variants, levels, made.pools, np.full(len(chosen), to_us(NOON)))
    for row, (variant, _, states) in enumerate(chosen):
        known = levels_from_columns(policy, levels, row)
        decision = decide(policy, variant, known, states, NOON)
        for pool, name in enumerate(policy.pools):
            steps = decision.pools[name].steps
            said = {reason.code.value for step in steps for reason in step.objections}
            holding = {r.code.value for step in steps if held(step.quantities) for r in step.objections}
            assert set(words(int(found.objections[row, pool]))) == said
            reasons = set(words(int(found.reasons[row, pool])))
            assert reasons & CODES == holding
            kept = any(step.counted > 0 and step.reserve > 0 for step in steps if not step.objections)
            assert ("reserve_kept" in reasons) == kept
            pool_reasons = {reason.code.value for reason in decision.pools[name].reasons}
            assert reasons & {"too_few_locations", "below_floor"} <= pool_reasons
            outcome = decision.pools[name]
            assert ("all_unknown" in reasons) == outcome.blind
            if isinstance(outcome.units, int):
                assert ("buffer_kept" in reasons) == (outcome.pool_units > 0 and outcome.buffer > 0)
        figures = [figure(level.quantities) for level in known]
        assert found.on_hand[row] == (sum(max(0, f or 0) for f in figures) if any_known(figures) else -1)


def any_known(figures: list[int | None]) -> bool:
    """Whether any place knows."""
    return any(one is not None for one in figures)


def figure(quantities: Any) -> int | None:
    """What a place says it holds."""
    on_hand = quantities.get("on_hand")
    found: int | None = quantities.get("available") if on_hand is None else on_hand
    return found


def held(quantities: Any) -> int:
    """How many units lie there."""
    return max(0, figure(quantities) or 0)


def test_a_word_that_is_no_reason_has_no_bit() -> None:
    assert bit("hungry") == 0
    assert [bit(word) for word in REASONS] == [1 << place for place in range(len(REASONS))]
