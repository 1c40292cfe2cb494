"""The sentences of the policy language on guards, as properties of the verdict."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.guard import Demand, Featured, judge
from policies.guard.judge import swaps_needed
from policies.values import Band
from tests.builders.guard import AT, condition, featured, guard

variants = st.builds(
    Featured,
    st.uuids().map(str),
    role=st.sampled_from(["hero", "supporting"]),
    band=st.sampled_from(Band),
    blind=st.booleans(),
    awaits_confirmation=st.booleans(),
    units=st.one_of(st.none(), st.just("unlimited"), st.integers(0, 500)),
)
messages = st.lists(variants, max_size=9)
percents = st.decimals(min_value="0.01", max_value=100, places=2)
guards = st.builds(
    lambda hold, hold_at, release, release_at: guard(
        hold_when=condition(hold, hold_at), release_when=condition(release, release_at)
    ),
    st.sampled_from(["out", "low"]),
    percents,
    st.sampled_from(["low", "healthy"]),
    percents,
)


def words(*found: Featured, **changes: Any) -> str:
    return judge(found, guard(**changes), AT).word


@given(messages, guards)
def test_a_message_is_held_exactly_when_enough_of_what_counts_is_at_or_below_the_band(
    message: list[Featured], one: Any
) -> None:
    counted = [f for f in message if f.role == "hero"] or message
    limit = {"out": [Band.OUT], "low": [Band.OUT, Band.LOW]}[one.hold_when.band]
    matching = sum(f.awaits_confirmation or f.band in limit for f in counted)
    enough = bool(counted) and Fraction(matching * 100, len(counted)) >= Fraction(one.hold_when.share_percent)
    assert (judge(message, one, AT).word == "hold") == enough


@given(messages, guards)
def test_a_message_is_released_only_by_what_is_surely_known_and_never_where_it_would_be_held(
    message: list[Featured], one: Any
) -> None:
    verdict = judge(message, one, AT)
    counted = [f for f in message if f.role == "hero"] or message
    limit = {"low": [Band.LOW, Band.HEALTHY], "healthy": [Band.HEALTHY]}[one.release_when.band]
    sure = sum(f.band in limit and not f.blind and not f.awaits_confirmation for f in counted)
    enough = bool(counted) and Fraction(sure * 100, len(counted)) >= Fraction(one.release_when.share_percent)
    assert (verdict.word == "release") == (enough and verdict.word != "hold")


@given(messages, guards)
def test_supporting_variants_change_nothing_where_a_hero_is_marked(message: list[Featured], one: Any) -> None:
    hero = featured("hero", role="hero")
    heroes = [hero, *(f for f in message if f.role == "hero")]
    assert judge([hero, *message], one, AT).word == judge(heroes, one, AT).word


@given(messages, guards)
def test_a_never_known_variant_never_makes_a_message_be_held(message: list[Featured], one: Any) -> None:
    before = judge(message, one, AT)
    after = judge([*message, featured("new", "unknown")], one, AT)
    assert after.word != "hold" or before.word == "hold"


@given(messages, guards)
def test_blindness_alone_never_holds_and_never_releases(message: list[Featured], one: Any) -> None:
    seen = judge(message, one, AT)
    blind = judge([replace(f, blind=True) for f in message], one, AT)
    assert (blind.word == "hold") == (seen.word == "hold")
    assert blind.word != "release"


@given(messages, guards)
def test_every_verdict_explains_itself(message: list[Featured], one: Any) -> None:
    verdict = judge(message, one, AT)
    assert verdict.reasons and all(reason.sentence.endswith(".") for reason in verdict.reasons)
    assert verdict.guarded == bool(message)


@given(messages, guards)
def test_swapping_as_many_as_are_named_lets_go_and_one_fewer_does_not(message: list[Featured], one: Any) -> None:
    verdict = judge(message, one, AT)
    if verdict.word != "hold":
        return
    swaps = swaps_needed(verdict.hold_share, one)

    def held_after(count: int) -> bool:
        worst = sorted(verdict.judged, key=lambda f: (not f.awaits_confirmation, f.band == 0, f.band))
        role = verdict.judged[0].role
        return judge([featured(f"new{n}", role=role) for n in range(count)] + worst[count:], one, AT).word == "hold"

    assert not held_after(swaps)
    assert swaps == 0 or held_after(swaps - 1)


def test_shares_are_exact_at_the_limit() -> None:
    third = [featured("a", "out"), featured("b"), featured("c")]
    assert words(*third, hold_when=condition("low", "33.33")) == "hold"
    assert words(*third, hold_when=condition("low", "33.34")) == "leave"


def test_a_message_without_products_is_unguarded_and_never_held() -> None:
    verdict = judge([], guard(), AT)
    assert (verdict.word, verdict.guarded, verdict.reasons[0].code) == ("leave", False, "unguarded")


def test_where_unknown_stock_could_tip_it_nobody_can_tell() -> None:
    assert words(featured("a", blind=True), featured("b")) == "cannot_tell"
    assert words(featured("a", blind=True), featured("b"), featured("c")) == "leave"
    assert words(featured("a", "unknown")) == "cannot_tell"


def test_a_kept_band_counts_for_holding() -> None:
    assert words(featured("a", "out", blind=True)) == "hold"


def test_what_awaits_confirmation_counts_as_out() -> None:
    assert words(featured("a", awaits_confirmation=True), hold_when=condition("out", 50)) == "hold"


def test_the_reasons_name_numbers_and_gentler_steps() -> None:
    message = [
        featured("tee", "out", units=0, role="hero", label="Tee / M", cancels_alone=True),
        featured("cap", units=90, role="hero"),
        featured("sock", "out", units=0),
    ]
    verdict = judge(message, guard(), AT)
    assert [reason.sentence for reason in verdict.reasons] == [
        "1 of 2 hero variants is low or out; House holds from 50 %.",
        "Tee / M is out (0 units).",
        "Gentler: unpublish Tee / M in the catalogue; its block then skips the message by itself.",
        "Gentler: swap Tee / M for something in stock; then the guard lets it go.",
    ]


@pytest.mark.parametrize(("recipients", "word"), [(9_999, "release"), (10_000, "hold")])
def test_demand_that_eats_the_stock_holds_where_a_limit_is_given(recipients: int, word: str) -> None:
    demand = Demand(recipients, Decimal("0.5"), hold_at_percent=Decimal(50))
    verdict = judge([featured(units=100)], guard(), AT, demand=demand)
    assert verdict.word == word and verdict.headroom is not None
    assert verdict.headroom.expected_units == 50


def test_demand_without_a_limit_only_informs() -> None:
    verdict = judge([featured(units=1)], guard(), AT, demand=Demand(1_000_000, Decimal(5)))
    assert verdict.word == "release" and verdict.reasons[-1].code == "headroom"
