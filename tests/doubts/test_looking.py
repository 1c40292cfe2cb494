"""What the clock looks for: places, items, figures and silences that somebody must decide about."""

from datetime import timedelta

import pytest

from gateway.doubts.looking import look_for_doubts
from gateway.pipeline.read import accept_readings
from policies.values import Reading
from tests.builders.doubts import Crowd, crowd, names_of
from tests.doubts.test_together import Killed, dying

ALL = names_of(30)


@pytest.fixture
def house(redis_url: str) -> Crowd:
    return crowd(redis_url, len(ALL))


def looks(house: Crowd) -> None:
    look_for_doubts(house.services, house.at)


def test_a_quiet_house_is_in_no_doubt(house: Crowd) -> None:
    looks(house)
    assert house.store.doubts.count() == 0


def test_a_place_that_the_policy_does_not_know_is_named_until_it_is_mapped(house: Crowd) -> None:
    house.says({"v1": 7, "v2": -2}, location="annex")
    looks(house)
    (doubt,) = house.doubts("unmapped_location")
    assert (doubt.key, doubt.facts["levels"], doubt.facts["units"]) == ("wms/annex", 2, 7)
    house.publish(locations={"wh": {"kind": "warehouse"}, "store": {}, "annex": {"kind": "store"}})
    looks(house)
    assert house.doubts("unmapped_location") == []


def test_stock_of_what_the_catalogue_does_not_name_is_one_doubt_a_source(house: Crowd) -> None:
    house.says({f"x{n}": 1 for n in range(20)})
    looks(house)
    (doubt,) = house.doubts("unknown_item")
    assert (doubt.key, doubt.facts["levels"], len(doubt.facts["examples"])) == ("wms", 20, 10)


def test_figures_that_do_not_add_up_are_seen(house: Crowd) -> None:
    told = {"on_hand": 17, "available": 14, "damaged": 2}
    accept_readings(house.services, [Reading("wms", "v1", "wh", told, house.at + timedelta(seconds=9))], house.at)
    looks(house)
    assert [doubt.facts["levels"] for doubt in house.doubts("identity_mismatch")] == [1]
    right = {**told, "damaged": 3}
    accept_readings(house.services, [Reading("wms", "v1", "wh", right, house.at + timedelta(seconds=10))], house.at)
    looks(house)
    assert house.doubts("identity_mismatch") == []


def test_a_source_that_is_silent_for_a_day_is_named_until_it_speaks(house: Crowd) -> None:
    house.at += timedelta(hours=23)
    looks(house)
    assert house.doubts("stale_source") == []
    house.at += timedelta(hours=2)
    looks(house)
    assert [doubt.key for doubt in house.doubts("stale_source")] == ["wms"]
    house.says({"v1": 20})
    looks(house)
    assert house.doubts("stale_source") == []


def test_a_dismissed_silence_is_told_again_after_the_source_was_heard(house: Crowd) -> None:
    house.at += timedelta(hours=25)
    looks(house)
    (doubt,) = house.doubts("stale_source")
    assert house.store.doubts.settle(doubt, "dismissed", by="ann", note="", at=house.at, silence=True)
    looks(house)
    assert house.doubts("stale_source") == []
    house.says({"v1": 20})
    looks(house)
    house.at += timedelta(hours=25)
    looks(house)
    assert len(house.doubts("stale_source")) == 1


def test_an_episode_that_nobody_can_prove_is_a_doubt_after_a_day(house: Crowd) -> None:
    house.says({"v1": None}, source="till", location="store")
    house.says({"v1": 0})
    house.at += timedelta(hours=23)
    looks(house)
    assert house.doubts("unproven") == []
    house.at += timedelta(hours=1)
    looks(house)
    (doubt,) = house.doubts("unproven")
    assert (doubt.key, doubt.facts["levels"]) == ("v1", ["till at store (not known)"])
    house.says({"v1": 0}, source="till", location="store")
    looks(house)
    assert house.doubts("unproven") == []


def test_an_episode_of_which_nothing_is_known_is_no_such_doubt(house: Crowd) -> None:
    house.says({"v1": 0})
    house.says({"v1": None})
    house.at += timedelta(days=2)
    looks(house)
    assert house.doubts("unproven") == []


@pytest.mark.parametrize(("part", "name", "after"), [("held_back", "settle", False), ("decisions", "commit", False)])
def test_what_a_crash_left_behind_is_put_right(house: Crowd, part: str, name: str, after: bool) -> None:
    house.says(dict.fromkeys(ALL, 0))
    house.tell(dict.fromkeys(ALL, 30))
    with pytest.raises(Killed):
        house.decide(dying(house.services, part, name, after))
    looks(house)
    house.passes(seconds=20)
    looks(house)
    assert (house.held(ALL), house.out(ALL)) == (set(), set())
    assert house.store.held_back.counts("wms").waiting == 0
    assert house.doubts() == []


def test_a_flag_that_nobody_lists_is_decided_again(house: Crowd) -> None:
    house.says(dict.fromkeys(ALL, 0))
    for entries in list(house.store.held_back.entries("wms", "held")):
        house.store.held_back.forget("wms", "held", entries)
    house.passes(minutes=11)
    looks(house)
    house.decide()
    assert house.store.held_back.counts("wms").waiting == len(house.held(ALL)) == 10
    assert len(house.doubts()) == 1


def test_a_source_that_spoke_again_has_its_share_of_silence_back(redis_url: str) -> None:
    house = crowd(redis_url, 30, rules=[{"name": "House", "set": {"fresh_for_minutes": 60}}])
    house.passes(minutes=60)
    assert len(house.out(ALL)) == 10
    house.says(dict.fromkeys(ALL, 0))
    looks(house)
    assert house.store.held_back.crossed("wms", "silence", house.at) == 0
