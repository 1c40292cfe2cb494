"""What holds of every decision, whatever the document and the stock."""

import re
from datetime import datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.documents.cases import CaseCache, read_case, try_case
from policies.decision import PoolDecision, decide
from policies.reason_sentences import CLAUSES, SENTENCES
from policies.reasons import OBJECTIONS, ReasonCode
from policies.sentences import sentences, stock_of, told_units
from policies.values import UNLIMITED, Band
from tests.policies.cases.comparison import compiled
from tests.policies.cases.documents import document
from tests.policies.cases.stocks import NOON, batch, written

randoms = st.integers(0, 2**32 - 1).map(Random)


def one_case(rng: Random) -> dict[str, Any]:
    return batch(rng, document(rng), 1)[0]


def pools_of(rng: Random) -> list[PoolDecision]:
    cache, made = CaseCache(), document(rng)
    decided = []
    for case in batch(rng, made, 3):
        asked = read_case(case)
        policy = compiled(cache, made, asked.told)
        decided += decide(policy, asked.variant, asked.levels, asked.previous, asked.at).pools.values()
    return decided


@given(randoms)
def test_units_never_exceed_the_eligible_stock(rng: Random) -> None:
    for pool in pools_of(rng):
        eligible = sum(
            max(0, told_units(step.quantities, pool.states) or 0) for step in pool.steps if not step.objections
        )
        if isinstance(pool.units, int):
            assert 0 <= pool.units <= eligible
        if isinstance(pool.promised_units, int) and pool.units != UNLIMITED:
            assert isinstance(pool.units, int) and pool.promised_units <= pool.units


@given(randoms, st.integers(1, 50))
def test_more_stock_never_lowers_units(rng: Random, more: int) -> None:
    case = one_case(rng)
    known = [level for level in case["levels"] if (level.get("quantities") or {}).get("available") is not None]
    before = try_case(case, cache=CaseCache())
    for level in known[:1]:
        level["quantities"]["available"] = min(10_000_000, level["quantities"]["available"] + more)
    after = try_case(case, cache=CaseCache())
    for pool in case["document"]["pools"]:
        if isinstance(before[pool]["units"], int):
            assert after[pool]["units"] >= before[pool]["units"]
        else:
            assert after[pool]["units"] == before[pool]["units"]


def shuffled(rng: Random, value: Any) -> Any:
    """The same tables with their keys in another order; lists as they are."""
    if isinstance(value, list):
        return [shuffled(rng, item) for item in value]
    if not isinstance(value, dict):
        return value
    return {key: shuffled(rng, value[key]) for key in rng.sample(list(value), len(value))}


@given(randoms)
def test_the_order_of_levels_and_of_keys_is_irrelevant(rng: Random) -> None:
    case = one_case(rng)
    other = shuffled(rng, case) | {"levels": rng.sample(case["levels"], len(case["levels"]))}
    assert try_case(case, cache=CaseCache()) == try_case(other, cache=CaseCache())


@given(
    st.sampled_from(["unknown", "out", "low", "healthy"]), st.lists(st.integers(4, 7), max_size=12), st.integers(0, 9)
)
def test_a_band_changes_at_most_once_while_units_waver_inside_the_gap(
    band: str, wavering: list[int], settle_minutes: int
) -> None:
    bands = bands_of(band, wavering, {"low_at_units": 3, "healthy_at_units": 8, "settle_minutes": settle_minutes})
    assert sum(before != after for before, after in zip([band, *bands], bands, strict=False)) <= 1


@given(st.sampled_from(["out", "low"]), st.lists(st.integers(1, 4), max_size=12))
def test_nothing_leaves_out_while_units_waver_below_the_restock(band: str, wavering: list[int]) -> None:
    bands = bands_of(band, wavering, {"restock_at_units": 5, "low_at_units": 6})
    assert set(bands) <= {band}


def bands_of(band: str, units: list[int], settings: dict[str, Any]) -> list[str]:
    """Decide one figure after another, five minutes apart."""
    cache, previous, bands = CaseCache(), {"ship": {"band": band}}, []
    for number, available in enumerate(units):
        answer = try_case(
            small_case(settings, available, at=NOON + number * timedelta(minutes=5), previous=previous), cache=cache
        )
        previous = {"ship": {key: answer["ship"][key] for key in ("band", "rise", "proven", "units")}}
        bands.append(answer["ship"]["band"])
    return bands


def small_case(settings: dict[str, Any], available: int | None, at: Any = NOON, **changes: Any) -> dict[str, Any]:
    """One place, one pool, one rule."""
    made = {
        "schema": 1,
        "name": "Small",
        "default_pool": "ship",
        "authority": {"products": "a", "variants": "a", "levels": "a"},
        "locations": {"main": {"kind": "warehouse", "sells_online": True, "ships_online_orders": True}},
        "pools": {"ship": {"method": "ship", "states": ["available"], "kinds": ["warehouse"]}},
        "rules": [{"name": "All", "set": settings}] if settings else [],
    }
    level = {"location": "main", "quantities": {"available": available}, "observed_at": written(at)}
    whole = {"document": made, "variant": {"id": "v", "published": True}, "levels": [level], "at": written(at)}
    return whole | changes


@given(randoms)
def test_every_decision_that_is_not_healthy_has_a_reason(rng: Random) -> None:
    for pool in pools_of(rng):
        if pool.band is not Band.HEALTHY:
            assert pool.reasons or pool.band_reasons


@given(randoms)
def test_the_explanation_adds_up(rng: Random) -> None:
    for pool in pools_of(rng):
        assert pool.pool_units == sum(step.units for step in pool.steps)
        figures = [told_units(step.quantities, pool.states) for step in pool.steps]
        stock, out, not_free, reserve = stock_of(pool.steps, figures), 0, 0, 0
        for step, told in zip(pool.steps, figures, strict=True):
            if step.objections:
                out += told or 0
            else:
                assert told is not None and step.counted <= told
                not_free += told - step.counted
                reserve += min(step.reserve, step.counted)
        assert stock.units - out - not_free - reserve == pool.pool_units
        if isinstance(pool.units, int) and not pool.blind and not uncounted(pool):
            left = max(0, pool.pool_units - pool.buffer)
            met = pool.min_locations == "met" and pool.floor != "not met"
            assert pool.units == (left if met else 0)


def uncounted(pool: PoolDecision) -> bool:
    codes = {reason.code for reason in pool.reasons}
    return not codes.isdisjoint({ReasonCode.NO_PLACE_FOR_UNLIMITED, ReasonCode.NO_LONGER_UNLIMITED})


@given(randoms)
def test_deciding_when_due_always_gets_on(rng: Random) -> None:
    case, cache = one_case(rng), CaseCache()
    for _ in range(80):
        answer = try_case(case, cache=cache)
        pools = {name: pool for name, pool in answer.items() if name != "_catalog_units"}
        due = min((pool["due"] for pool in pools.values() if pool["due"]), default=None, key=read_time)
        if due is None or due.startswith("9999"):
            return
        assert read_time(due) > read_time(case["at"])
        kept = ("band", "rise", "proven", "units")
        case = case | {"at": due, "previous": {name: {key: pool[key] for key in kept} for name, pool in pools.items()}}
    pytest.fail("still due after 80 decisions, though nothing came in")


def read_time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def test_every_reason_has_its_words_and_none_twice() -> None:
    assert set(CLAUSES) | set(SENTENCES) == set(ReasonCode)
    assert not set(CLAUSES) & set(SENTENCES)
    assert len(ReasonCode) == 30


@given(randoms)
def test_every_sentence_is_one_and_names_no_setting(rng: Random) -> None:
    for pool in pools_of(rng):
        for sentence in sentences(pool, {}):
            assert sentence[0].isupper() or sentence[0].isdigit()
            assert sentence.endswith(".") and "{" not in sentence and not re.search(r"\b1 units", sentence)
            assert "_at" not in sentence and "_units" not in sentence


def test_random_cases_give_every_reason() -> None:
    rng, seen = Random(5), set()
    for _ in range(400):
        for pool in pools_of(rng):
            seen |= {reason.code for reason in (*pool.reasons, *pool.band_reasons)}
            seen |= {reason.code for step in pool.steps for reason in step.objections}
    assert set(ReasonCode) - seen == set()
    assert seen > set(OBJECTIONS)
