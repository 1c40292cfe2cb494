"""The scalar reader and the kernel agree on any document, levels and previous state."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from policies.columns import Slot, to_us
from policies.compile import compile_document
from policies.conversion import (
    columns_of,
    levels_from_columns,
    levels_to_columns,
    state_from_record,
    states_to_records,
    units_from_number,
)
from policies.decision import decide
from policies.document import Pool, Rule
from policies.kernel import decide_many
from policies.values import SELLABLE_STATES, STATES, UNLIMITED, Band, Level, LocationFacts, PoolState, Variant
from tests.builders.policy import NOON, SHIP, document

PLACES = ("wh-east", "broadway", "soho", "old-annex")
SLOTS = tuple(Slot(place, source) for place in PLACES for source in ("shopify", "wms"))
units = st.one_of(st.integers(0, 30), st.integers(0, 10_000_000))
figures = st.one_of(st.none(), st.integers(-5, 40), st.sampled_from([-(2**31) + 2, 2**31 - 1]))
times = st.integers(-90, 5).map(lambda minutes: NOON + timedelta(minutes=minutes))
place_sets = st.lists(st.sampled_from(PLACES), min_size=1, unique=True).map(tuple)
settings = st.fixed_dictionaries(
    {},
    optional={
        "excluded": st.booleans(),
        "reserve_units_per_location": units,
        "buffer_units": units,
        "buffer_percent": st.integers(0, 10_000).map(lambda hundredths: Decimal(hundredths) / 100),
        "min_locations": st.integers(0, 3),
        "floor_units": units,
        "cap_units": st.one_of(st.just("none"), st.integers(1, 20)),
        "out_at_units": units,
        "restock_at_units": st.one_of(st.just("auto"), units),
        "low_at_units": st.one_of(st.just("auto"), units),
        "healthy_at_units": st.one_of(st.just("auto"), units),
        "settle_minutes": st.integers(0, 60),
        "fresh_for_minutes": st.one_of(st.just("none"), st.integers(1, 60)),
        "sell_when_out": st.booleans(),
        "low_days": st.one_of(st.just("none"), st.integers(0, 3000).map(lambda number: Decimal(number) / 100)),
    },
)
dates = st.one_of(st.none(), st.integers(-3, 3).map(lambda hours: NOON + timedelta(hours=hours)))


@st.composite
def rules(draw: st.DrawFn) -> tuple[Rule, ...]:
    made = []
    for number in range(draw(st.integers(0, 5))):
        when: dict[str, tuple[str, ...]] = {}
        chosen = draw(settings)
        if draw(st.booleans()):
            when["tags"] = draw(st.sampled_from([("A ",), ("b",), ("a", "b")]))
        if draw(st.booleans()):
            when["pools"] = draw(st.sampled_from([("ship",), ("pickup",)]))
        if draw(st.booleans()):
            when["locations"] = draw(place_sets)
            chosen = {"excluded": draw(st.booleans()), "reserve_units_per_location": draw(units)}
        made.append(Rule(f"rule {number}", chosen, when, draw(dates), draw(dates)))
    return tuple(made)


@st.composite
def documents(draw: st.DrawFn) -> Any:
    states = st.lists(st.sampled_from(SELLABLE_STATES), min_size=1, unique=True).map(tuple)
    ship = Pool("ship", "ship", draw(states), SHIP.kinds, SHIP.include)
    pickup = Pool("pickup", draw(st.sampled_from(["pickup", "in_store"])), draw(states), ("store",))
    catalog_return = draw(st.sampled_from(["confirm", "publish"]))
    return document(pools={"ship": ship, "pickup": pickup}, rules=draw(rules()), catalog_return=catalog_return)


levels = st.lists(
    st.builds(
        Level,
        st.sampled_from(PLACES),
        st.dictionaries(st.sampled_from(STATES), figures, max_size=5),
        st.sampled_from([None, True, False]),
        st.one_of(st.none(), times),
        st.sampled_from(["shopify", "wms"]),
    ),
    unique_by=lambda level: (level.location, level.source),
    max_size=6,
)
variants = st.builds(
    Variant,
    st.just("tee-m"),
    tags=st.sampled_from([(), ("a",), ("B",)]),
    published=st.sampled_from([True, True, True, None, False]),
    tracked=st.sampled_from([None, True, True, False]),
    inventory_policy=st.sampled_from([None, "deny", "continue"]),
    blocked=st.sampled_from([False, False, False, True]),
    units_per_day=st.one_of(st.none(), st.integers(0, 500).map(lambda number: Decimal(number) / 7)),
)
previous = st.builds(
    PoolState,
    st.sampled_from(list(Band)),
    st.one_of(st.none(), times),
    st.booleans(),
    st.one_of(st.none(), st.just(UNLIMITED), st.integers(0, 50)),
    st.booleans(),
    st.booleans(),
)
rows = st.tuples(variants, levels, st.dictionaries(st.sampled_from(["ship", "pickup"]), previous))


@given(documents(), st.lists(rows, min_size=1, max_size=6), st.sampled_from([None, True, False]))
def test_the_kernel_decides_what_the_scalar_reader_decides(
    policy_document: Any, chosen: list[tuple[Variant, list[Level], dict[str, PoolState]]], active: bool | None
) -> None:
    told = {("shopify", "broadway"): LocationFacts("broadway", "shopify", active=active)}
    policy = compile_document(policy_document, SLOTS, told)
    columns = levels_to_columns(SLOTS, STATES, [row[1] for row in chosen])
    before = states_to_records(policy.pools, [row[2] for row in chosen])
    facts = columns_of(policy, [row[0] for row in chosen], NOON)
    many = decide_many(policy, facts, columns, before, to_us(NOON))
    for row, (variant, _, states) in enumerate(chosen):
        one = decide(policy, variant, levels_from_columns(policy, columns, row), states, NOON)
        for pool, name in enumerate(policy.pools):
            assert state_from_record(many.pools[row, pool]) == one.pools[name].state
            assert units_from_number(int(many.pools[row, pool]["promised"])) == one.pools[name].promised_units
            assert many.restocks[row, pool] == one.pools[name].restock
            assert many.returns[row, pool] == one.pools[name].returned
        assert many.due_us[row] == (0 if one.due is None else to_us(one.due))
