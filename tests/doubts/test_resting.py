"""Units that are held or in quarantine and do not move for two weeks."""

from datetime import timedelta
from typing import Any

import pytest

from gateway.doubts.looking import look_for_doubts
from gateway.doubts.resting import KIND
from gateway.pipeline.read import accept_readings
from policies.values import Reading
from tests.builders.doubts import Crowd, crowd


@pytest.fixture
def house(redis_url: str) -> Crowd:
    return crowd(redis_url, 4)


def tells(house: Crowd, variant: str, **figures: Any) -> None:
    accept_readings(house.services, [Reading("wms", variant, "wh", {"available": 5, **figures}, house.at)], house.at)


def looks(house: Crowd, **later: float) -> list[Any]:
    house.at += timedelta(**later)
    look_for_doubts(house.services, house.at)
    return house.doubts(KIND)


def test_what_lies_for_two_weeks_is_named_by_place_with_its_units(house: Crowd) -> None:
    house.at += timedelta(seconds=1)
    tells(house, "v1", held=3, quarantined=1)
    tells(house, "v2", quarantined=2)
    assert looks(house) == looks(house, days=13, hours=23) == []
    tells(house, "v1", held=3, quarantined=1)  # the same word again moves nothing
    (doubt,) = looks(house, hours=1)
    assert (doubt.key, doubt.facts["units"], doubt.facts["variants"]) == ("wms/wh", 6, ["v1", "v2"])


def test_what_moves_begins_anew_and_what_leaves_is_forgotten(house: Crowd) -> None:
    house.at += timedelta(seconds=1)
    tells(house, "v1", held=3)
    tells(house, "v2", held=3)
    looks(house)
    house.at += timedelta(days=10)
    tells(house, "v1", held=2)
    looks(house)
    (doubt,) = looks(house, days=4)
    assert doubt.facts["variants"] == ["v2"]
    tells(house, "v2", held=0)
    assert looks(house) == []
    house.at += timedelta(seconds=1)
    tells(house, "v2", held=3)
    assert [doubt.facts["variants"] for doubt in looks(house, days=10)] == [["v1"]]


def test_a_house_that_sets_nothing_aside_is_in_no_doubt(house: Crowd) -> None:
    assert looks(house) == looks(house, days=20) == []
