"""Whom another document treats otherwise: nobody else is decided differently, and looking at them is enough."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from policies.affected import Comparison
from policies.columns import POOL_STATE, to_us
from policies.compile import compile_document
from policies.document import Authority, Document, LocationPurpose, Pool, Rule
from policies.impact import ImpactCounter
from policies.kernel import decide_many
from policies.side_by_side import Stock
from policies.values import Band, Level, LocationFacts, PoolState, Variant
from tests.builders.impact import Row, stock_of
from tests.builders.policy import NOON, SHIP, document, variant
from tests.policies.test_two_readers import SLOTS

HOUR = timedelta(hours=1)
TOLD = {("shopify", "broadway"): LocationFacts("broadway", "shopify", active=False)}
PLACES = ("wh-east", "broadway", "soho", "old-annex")
purposes = st.builds(
    LocationPurpose,
    kind=st.sampled_from(["store", "warehouse"]),
    sells_online=st.booleans(),
    ships_online_orders=st.just(True),
    offers_pickup=st.booleans(),
)
when_dated = {"starts_at": st.sampled_from([None, NOON - HOUR, NOON + HOUR]), "ends_at": st.just(NOON + 2 * HOUR)}
one_rule = st.one_of(
    st.builds(
        Rule,
        st.just("New"),
        st.fixed_dictionaries({"reserve_units_per_location": st.integers(0, 9)}, optional={"excluded": st.booleans()}),
        st.fixed_dictionaries({"locations": st.sampled_from(PLACES).map(lambda place: (place,))}),
    ),
    st.builds(
        Rule,
        st.just("New"),
        st.fixed_dictionaries({}, optional={"buffer_units": st.integers(0, 30), "sell_when_out": st.booleans()}),
        st.just({"tags": ("a",)}),
        starts_at=when_dated["starts_at"],
        ends_at=when_dated["ends_at"],
    ).filter(lambda rule: bool(rule.set)),
)
figures = st.fixed_dictionaries({"available": st.integers(0, 30)})
placed = st.builds(Level, st.sampled_from(PLACES), figures, st.just(True), st.just(NOON), st.just("shopify"))
some_levels = st.lists(placed, unique_by=lambda level: level.location, min_size=2, max_size=4)
some_variants = st.builds(
    Variant,
    st.just("v"),
    tags=st.sampled_from([(), ("a",)]),
    published=st.just(True),
    tracked=st.sampled_from([True, True, False]),
    inventory_policy=st.sampled_from(["deny", "continue"]),
)
some_states = st.fixed_dictionaries(
    {
        pool: st.builds(PoolState, st.sampled_from(list(Band)[1:]), st.none(), st.booleans())
        for pool in ("ship", "pickup")
    }
)
lists_of_rows = st.lists(st.tuples(some_variants, some_levels, some_states), min_size=4, max_size=8).map(
    lambda found: [(replace(row[0], id=f"v{number}"), *row[1:]) for number, row in enumerate(found)]
)
BASE = document(
    pools={"ship": SHIP, "pickup": Pool("pickup", "pickup", ("available",), ("store",))},
    authority=Authority("shopify", "shopify", "shopify"),
)


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Document, Document]:
    """A document, and one in which a thing or two that decide are otherwise."""
    before: Document = replace(BASE, rules=(*BASE.rules, *draw(st.lists(one_rule, max_size=1))))
    after = before
    for part in draw(
        st.lists(st.sampled_from(["rule", "no rule", "location", "authority", "pool"]), min_size=1, max_size=2)
    ):
        if part == "rule":
            after = replace(after, rules=(*after.rules, replace(draw(one_rule), name="Newer")))
        elif part == "no rule":
            after = replace(after, rules=after.rules[:-1])
        elif part == "location":
            after = replace(after, locations={**after.locations, draw(st.sampled_from(PLACES)): draw(purposes)})
        elif part == "authority":
            elsewhere = {draw(st.sampled_from(PLACES)): "wms"}
            after = replace(after, authority=replace(after.authority, levels_at=elsewhere))
        else:
            states = draw(st.sampled_from([("available",), ("online_reserved", "available")]))
            after = replace(after, pools={**after.pools, "ship": replace(SHIP, states=states)})
    return before, after


def compare(before: Document, after: Document) -> Comparison:
    return Comparison(compile_document(before, SLOTS, TOLD), compile_document(after, SLOTS, TOLD), NOON)


def decided(comparison: Comparison, stock: Stock, side: Any) -> list[tuple[Any, int]]:
    previous = np.stack([stock.states.get(pool, np.zeros(len(stock.kinds), POOL_STATE)) for pool in side.pools], axis=1)
    facts = comparison.columns_at(side, stock.facts, stock.kinds, NOON)
    outcome = decide_many(side, facts, stock.levels, previous, to_us(NOON))
    by_pool = [dict(zip(side.pools, states.tolist(), strict=True)) for states in outcome.pools]
    return list(zip(by_pool, outcome.due_us.tolist(), strict=True))


def touched(comparison: Comparison, stock: Stock, *, ever: bool) -> Any:
    reach = comparison.reach(stock.kinds, ever=ever)
    return reach.everywhere | (reach.at_columns & comparison.lies_there(stock.kinds, stock.levels.stamps, ever=ever))


@given(pairs(), lists_of_rows)
def test_whoever_is_not_touched_is_decided_and_woken_alike(pair: tuple[Document, Document], chosen: list[Row]) -> None:
    comparison = compare(*pair)
    stock = stock_of(comparison, SLOTS, chosen)
    before, after = (decided(comparison, stock, side) for side in (comparison.before, comparison.after))
    for row, is_touched in enumerate(touched(comparison, stock, ever=False)):
        assert is_touched or before[row] == after[row]


@given(pairs(), lists_of_rows)
def test_the_impact_on_the_touched_is_the_impact_on_all(pair: tuple[Document, Document], chosen: list[Row]) -> None:
    comparison = compare(*pair)
    stock = stock_of(comparison, SLOTS, chosen)
    some = stock.take(np.flatnonzero(touched(comparison, stock, ever=True)))
    impacts = []
    for part in (stock, some):
        counter = ImpactCounter(comparison)
        counter.add(part)
        impacts.append(counter.result(len(chosen), pair[1].limits))
    for one, other in zip((impacts[0].now, *impacts[0].later), (impacts[1].now, *impacts[1].later), strict=True):
        assert (one.moves, one.changes, one.catalog) == (other.moves, other.changes, other.catalog)
        assert one.restocks.would_not_alert == other.restocks.would_not_alert


def kinds_and_reach(*changed: Rule, variants: tuple[Variant, ...]) -> list[bool]:
    comparison = compare(document(), document(rules=(*document().rules, *changed)))
    levels = [Level("soho", {"available": 5}, source="shopify")]
    stock = stock_of(comparison, SLOTS, [(one, levels, {}) for one in variants])
    found: list[bool] = touched(comparison, stock, ever=False).tolist()
    return found


def test_a_rule_reaches_variants_by_tag_sku_and_id_alone() -> None:
    variants = (variant(id="a", tags=("Sneakers ",)), variant(id="b", sku=" TEE-M "), variant(id="c"), variant(id="d"))
    for when, expected in (
        ({"tags": ("sneakers",)}, [True, False, False, False]),
        ({"skus": ("tee-m",)}, [False, True, False, False]),
        ({"variants": ("c",)}, [False, False, True, False]),
    ):
        assert kinds_and_reach(Rule("New", {"buffer_units": 9}, when), variants=variants) == expected


def test_a_rule_that_sets_what_holds_already_reaches_nobody() -> None:
    assert kinds_and_reach(Rule("Same", {"buffer_units": 2}), variants=(variant(),)) == [False]


def test_a_coming_rule_reaches_variants_now_as_they_must_be_woken() -> None:
    coming = Rule("Later", {"buffer_units": 9}, {"tags": ("x",)}, NOON.replace(day=30))
    assert kinds_and_reach(coming, variants=(variant(tags=("x",)), variant(id="b"))) == [True, False]
