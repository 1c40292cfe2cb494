"""A level that rises beyond belief in one reading is believed and asked about; one that falls asks nobody."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from gateway.doubts.jumps import KIND
from gateway.doubts.looking import look_for_doubts
from gateway.doubts.settle import settle_doubt
from gateway.pipeline.read import accept_columns, accept_products, accept_readings
from gateway.store import ReadingColumns
from policies.columns import STAMP_SHIFT, to_us
from policies.values import CAUSES, ProductFacts, Reading, VariantFacts
from tests.builders.doubts import Crowd, crowd, names_of

ALL = names_of(30)


@pytest.fixture
def house(redis_url: str) -> Crowd:
    return crowd(redis_url, len(ALL), units=20)


def tells(house: Crowd, units: Mapping[str, int], cause: str = "unknown", state: str = "available") -> None:
    house.at += timedelta(seconds=1)
    readings = [Reading("wms", name, "wh", {state: figure}, house.at, cause=cause) for name, figure in units.items()]
    accept_readings(house.services, readings, house.at)
    house.decide()


def tells_by_the_thousand(house: Crowd, units: Mapping[str, int], cause: str = "unknown") -> None:
    house.at += timedelta(seconds=1)
    slot = house.store.ledger.slot("wms", "wh")
    stamps = np.full(len(units), to_us(house.at) << STAMP_SHIFT, np.uint64)
    figures = np.array([[figure] for figure in units.values()], np.int32)
    causes = np.full(len(units), CAUSES.index(cause), np.uint8)
    slots = np.full(len(units), slot, np.int32)
    columns = ReadingColumns(list(units), slots, ("available",), stamps, figures, causes)
    accept_columns(house.services, "wms", columns, house.at)


def test_a_jump_counts_as_told_and_is_asked_about(house: Crowd) -> None:
    tells(house, {"v1": 5000})
    (doubt,) = house.doubts(KIND)
    assert doubt.sentence == "At wh, wms raised v1 from 20 to 5000 units in one reading."
    assert house.pool("v1")["units"] == 5000


@pytest.mark.parametrize("way", [tells, tells_by_the_thousand])
@pytest.mark.parametrize(
    ("before", "now", "asked"),
    [(20, 200, False), (20, 201, True), (5, 105, False), (5, 106, True), (0, 100, False), (0, 101, True),
     (-30, 100, False), (-30, 101, True), (5000, 0, False), (400, 4000, False)],
)  # fmt: skip
def test_the_limit_is_more_than_ten_times_and_a_hundred_units(
    house: Crowd, way: Any, before: int, now: int, asked: bool
) -> None:
    tells(house, {"v1": before}, cause="receipt")
    way(house, {"v1": now})
    assert len(house.doubts(KIND)) == asked


@pytest.mark.parametrize("way", [tells, tells_by_the_thousand])
def test_what_is_explained_or_heard_for_the_first_time_asks_nobody(house: Crowd, way: Any) -> None:
    way(house, {"v1": 5000}, cause="receipt")
    way(house, {"new": 5000})
    assert house.doubts(KIND) == []


def test_a_reading_that_came_too_late_asks_nobody(house: Crowd) -> None:
    old = Reading("wms", "v1", "wh", {"available": 5000}, house.at - timedelta(hours=1))
    accept_readings(house.services, [old], house.at)
    assert house.doubts(KIND) == []


def test_a_source_that_tells_only_what_is_on_hand_is_asked_about_too(house: Crowd) -> None:
    tells(house, {"x": 3}, state="on_hand")
    tells(house, {"x": 3000}, state="on_hand")
    assert [doubt.facts["before"] for doubt in house.doubts(KIND)] == [3]


@pytest.mark.parametrize("way", [tells, tells_by_the_thousand])
def test_many_at_once_are_one_doubt(house: Crowd, way: Any) -> None:
    way(house, dict.fromkeys(ALL, 4000))
    (doubt,) = house.doubts(KIND)
    assert (doubt.key, doubt.facts["count"]) == ("wms/wh", 30)


def test_many_at_many_places_are_one_doubt_a_place(house: Crowd) -> None:
    for units in (20, 4000):
        house.at += timedelta(seconds=1)
        readings = [Reading("wms", v, f"p{n}", {"available": units}, house.at) for n in range(4) for v in ALL[:3]]
        accept_readings(house.services, readings, house.at)
    assert sorted(doubt.key for doubt in house.doubts(KIND)) == [f"wms/p{n}" for n in range(4)]


def test_a_jump_is_forgotten_once_the_level_fell_back(house: Crowd) -> None:
    tells(house, {"v1": 5000, "v2": 5000})
    tells(house, {"v1": 19})
    look_for_doubts(house.services, house.at)
    assert [doubt.facts["variant"] for doubt in house.doubts(KIND)] == ["v2"]


def test_a_jump_that_a_person_calls_wrong_is_read_again(house: Crowd) -> None:
    facts = VariantFacts("v1", tracked=True, stock_item="item-1")
    accept_products(house.services, "erp", [ProductFacts("p-v1", "erp", published=True, variants=(facts,))], house.at)
    tells(house, {"v1": 5000})
    (doubt,) = house.doubts(KIND)
    assert settle_doubt(house.services, doubt.id, "dismissed", by="ann", note="", at=house.at)
    assert [lease.member for lease in house.store.rereads("erp").claim(9, house.at, 60)] == ["item-1"]
    assert house.doubts(KIND) == []
