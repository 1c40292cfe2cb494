"""A source that would move too much at once: its share moves, the rest waits for a person's word."""

from datetime import timedelta

import pytest

from gateway.pipeline.held_back import release_held_back
from policies.values import Band
from tests.builders.doubts import Crowd, crowd, names_of

ALL = names_of(100)
SHARE = 20


@pytest.fixture
def house(redis_url: str) -> Crowd:
    return crowd(redis_url, len(ALL))


def test_of_a_source_that_says_nothing_is_left_only_its_share_moves(house: Crowd) -> None:
    house.says(dict.fromkeys(ALL, 0))
    assert len(house.out(ALL)) == SHARE
    assert house.held(ALL) == set(ALL) - house.out(ALL)
    (doubt,) = house.doubts()
    assert (doubt.key, doubt.facts["waiting"]) == ("wms", 80)
    kept = next(iter(house.held(ALL)))
    assert house.pool(kept) | {"units": 20, "promised_units": 20, "band": "healthy", "held_back": True} == house.pool(
        kept
    )


def test_time_alone_lets_nothing_go(house: Crowd) -> None:
    house.says(dict.fromkeys(ALL, 0))
    house.passes(hours=3)
    house.says(dict.fromkeys(ALL, -1))
    assert len(house.out(ALL)) == SHARE


def test_one_word_of_a_person_applies_it_all(house: Crowd) -> None:
    house.says(dict.fromkeys(ALL, 0))
    house.store.held_back.confirm("wms", house.at)
    release_held_back(house.services, house.at)
    house.decide()
    assert (house.out(ALL), house.held(ALL), house.doubts()) == (set(ALL), set(), [])
    assert house.store.held_back.counts("wms").passed == 0


def test_what_a_person_dismissed_stays_until_the_source_says_something_else(house: Crowd) -> None:
    house.says(dict.fromkeys(ALL, 0))
    kept = sorted(house.held(ALL))
    house.store.held_back.dismiss("wms", house.at)
    house.store.doubts.clear("held_back", "wms")
    house.says(dict.fromkeys(kept, 0))
    house.publish()
    assert house.held(ALL) == set(kept)
    assert house.doubts() == []
    house.says({kept[0]: 7})
    assert (house.pool(kept[0])["units"], house.pool(kept[0])["held_back"]) == (7, False)
    house.passes(minutes=11)
    house.says({kept[1]: -3})
    assert house.bands([kept[1]]) == {kept[1]: Band.OUT}


def test_figures_taken_back_are_no_longer_anybodys_business(house: Crowd) -> None:
    house.says(dict.fromkeys(ALL, 0))
    house.says(dict.fromkeys(ALL, 21))
    assert (house.out(ALL), house.held(ALL), house.doubts()) == (set(), set(), [])
    assert house.pool(ALL[0])["units"] == 21


def test_a_source_that_brings_everything_back_is_held_back_as_well(redis_url: str) -> None:
    house = crowd(redis_url, 100, units=0)
    house.says(dict.fromkeys(ALL, 50))
    assert len(ALL) - len(house.out(ALL)) == SHARE
    assert len(house.doubts()) == 1


def test_a_rise_that_settles_counts_for_the_source_that_began_it(redis_url: str) -> None:
    house = crowd(redis_url, 100, units=0, rules=[{"name": "House", "set": {"settle_minutes": 10}}])
    house.says(dict.fromkeys(ALL, 50))
    assert house.out(ALL) == set(ALL)
    house.passes(minutes=10)
    assert len(ALL) - len(house.out(ALL)) == SHARE
    house.store.held_back.confirm("wms", house.at)
    release_held_back(house.services, house.at)
    house.decide()
    assert house.out(ALL) == set()
    assert {restock.cause for _, restock in house.store.restocks.newest()} == {"unknown"}


def test_the_share_is_there_again_after_ten_minutes(house: Crowd) -> None:
    for step, start in enumerate(range(0, 60, 20)):
        house.says(dict.fromkeys(ALL[start : start + 20], 0), seconds=601)
        assert len(house.out(ALL)) == 20 * (step + 1)
    house.says({ALL[60]: 0}, seconds=598)
    assert house.held(ALL) == {ALL[60]}


def test_the_same_variant_counts_once(house: Crowd) -> None:
    for units in (0, 20, 0, 20, 0):
        house.says(dict.fromkeys(ALL[:20], units))
    assert house.out(ALL) == set(ALL[:20])


def test_a_silent_source_takes_only_its_share_with_it_however_long_it_lasts(redis_url: str) -> None:
    house = crowd(redis_url, 100, rules=[{"name": "House", "set": {"fresh_for_minutes": 60}}])
    house.passes(minutes=60)
    assert len(house.out(ALL)) == SHARE
    house.passes(hours=12)
    assert len(house.out(ALL)) == SHARE
    (doubt,) = house.doubts()
    assert doubt.facts["because_of"] == "silence"
    house.says(dict.fromkeys(ALL, 20))
    assert (house.held(ALL), house.doubts()) == (set(), [])


def test_each_source_has_its_own_share(house: Crowd) -> None:
    house.says(dict.fromkeys(ALL[:20], 0))
    house.says(dict.fromkeys(ALL[:20], 5), source="till", location="store")
    assert len(house.out(ALL)) == 10  # of the 20 that the till knows
    assert [doubt.key for doubt in house.doubts()] == ["till"]


def test_what_a_policy_moves_is_not_held_back(house: Crowd) -> None:
    house.publish(rules=[{"name": "House", "set": {"buffer_units": 30}}])
    assert (len(house.out(ALL)), house.doubts()) == (100, [])


def test_a_policy_that_asks_for_fresher_readings_is_not_a_sources_silence(house: Crowd) -> None:
    house.passes(hours=2)
    house.publish(rules=[{"name": "House", "set": {"fresh_for_minutes": 60}}])
    assert (len(house.out(ALL)), house.doubts()) == (100, [])


def test_a_limit_of_everything_holds_nothing_back(redis_url: str) -> None:
    house = crowd(redis_url, 100, limits={"source_moves_percent": 100})
    house.says(dict.fromkeys(ALL, 0))
    assert len(house.out(ALL)) == 100


def test_ten_may_always_move(redis_url: str) -> None:
    house = crowd(redis_url, 12, limits={"source_moves_percent": 0})
    house.says(dict.fromkeys(names_of(12), 0))
    assert len(house.out(names_of(12))) == 10


def test_a_held_decision_answers_for_everything_once_it_is_made(house: Crowd) -> None:
    house.says(dict.fromkeys(ALL, 0))
    kept = next(iter(house.held(ALL)))
    moved = house.store.journal.moved(house.store.ledger.read([kept]).places.tolist())
    assert len(moved[0].listed) == 1
    house.at += timedelta(minutes=1)
    house.says({kept: 3})
    last = house.store.journal.now(kept)
    assert last is not None
    assert next(len(record.moves.listed) for record in house.store.journal.decisions(kept, last.record.entry)) == 2
