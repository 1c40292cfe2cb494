"""What is told of each source: how late, how much, how much of it is unknown, too old or unlike."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from gateway.pipeline.read import accept_readings
from gateway.sources.census import count_sources
from gateway.sources.report import sources_view
from gateway.store import Rows
from gateway.web import create_app
from policies.values import Reading
from tests.builders.doubts import Crowd, crowd, names_of
from tests.builders.web import house_on

ALL = names_of(20)


@pytest.fixture
def house(redis_url: str) -> Crowd:
    return crowd(redis_url, len(ALL))


def sources(house: Crowd) -> dict[str, Any]:
    return {line["name"]: line for line in sources_view(house.services, house.at)["sources"]}


def test_a_source_is_counted_by_place(house: Crowd) -> None:
    house.says({"v0": None, "v1": 3}, source="till", location="store")
    count_sources(house.services, house.at)
    wms, till = sources(house)["wms"], sources(house)["till"]
    assert (wms["variants"], wms["levels"], wms["unknown_percent"]) == (20, 20, 0)
    assert (till["variants"], till["unknown_percent"]) == (2, 50)
    assert [(place["location"], place["counts_here"]) for place in till["places"]] == [("store", True)]


def test_a_ledger_that_grows_while_it_is_counted_breaks_no_count(house: Crowd) -> None:
    grown: list[Rows] = []

    def grow(rows: Rows) -> None:
        if not grown:
            house.says({f"v{number}": 3 for number in range(20)}, source="till", location="store")
        grown.append(rows)

    count_sources(house.services, house.at, grow)
    assert len(grown) > 1
    assert sources(house)["wms"]["variants"] == 20


def test_what_a_source_without_authority_says_is_kept_and_compared_and_never_counts(house: Crowd) -> None:
    house.says({"v0": 20, "v1": 0, "v2": 99}, source="till", location="wh")
    count_sources(house.services, house.at)
    (place,) = sources(house)["till"]["places"]
    assert (place["counts_here"], place["levels"], place["drift"]) == (False, 3, 2)
    assert [house.pool(name)["units"] for name in ("v0", "v1", "v2")] == [20, 20, 20]


@pytest.mark.parametrize("first", ["wms", "till"])
def test_two_sources_in_either_order_end_in_the_same_promise(house: Crowd, first: str) -> None:
    for source in (first, "till" if first == "wms" else "wms"):
        house.says({"v0": 4 if source == "wms" else 9}, source=source)
    assert house.pool("v0")["units"] == 4


def test_what_is_on_its_way_is_promised_by_nobody(house: Crowd) -> None:
    for source in ("wms", "till"):
        told = {"available": 20, "incoming": 50}
        house.at += timedelta(seconds=1)
        accept_readings(house.services, [Reading(source, "v0", "wh", told, house.at)], house.at)
        house.decide()
        assert house.pool("v0")["promised_units"] == 20


def test_lag_and_readings_of_the_last_hour(house: Crowd) -> None:
    house.at += timedelta(minutes=30)
    assert (sources(house)["wms"]["lag_s"], sources(house)["wms"]["readings_per_hour"]) == (1800, 20)
    house.at += timedelta(hours=2)
    assert sources(house)["wms"]["readings_per_hour"] == 0
    house.store.sources.heard("wms", house.at, None, reconciled=500, corrected=3)
    assert sources(house)["wms"]["readings_per_hour"] == 0, "what a comparison saw is no reading"


def test_levels_older_than_the_policy_allows_are_counted(redis_url: str) -> None:
    house = crowd(redis_url, len(ALL), rules=[{"name": "House", "set": {"fresh_for_minutes": 60}}])
    house.at += timedelta(hours=2)
    house.says({"v0": 20})
    count_sources(house.services, house.at)
    assert sources(house)["wms"]["stale_percent"] == 95


def test_figures_of_sources_are_reported_to_prometheus(house: Crowd, redis_url: str) -> None:
    house.says(dict.fromkeys(ALL, 0))
    count_sources(house.services, house.at)
    services = replace(house.services, settings=house_on(redis_url).services.settings)
    text = create_app(services).test_client().get("/metrics").get_data(as_text=True)
    assert 'gateway_held_back{source="wms"} 10.0' in text
    assert 'gateway_source_levels{location="wh",source="wms"} 20.0' in text
