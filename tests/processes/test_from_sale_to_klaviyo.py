"""The whole way with real processes and HTTP: a sale in the simulated shop, the number in the simulated Klaviyo."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders.processes import House, until


@pytest.fixture
def house(redis_url: str, tmp_path: Path) -> Iterator[House]:
    house = House(redis_url, tmp_path)
    try:
        house.start_vendors()
        house.release()
        for name in ("web", "worker", "clock"):
            house.start(name)
        yield house
    finally:
        house.stop()


@pytest.mark.timeout(180)
def test_the_last_eligible_unit_sold_reaches_klaviyo_and_store_stock_never_counts(house: House) -> None:
    until(lambda: len(house.published()) >= 1500, within_s=90)
    variant = next(name for name, units in sorted(house.published().items()) if units > 20)
    item = house.item_of(variant)
    places = [step["location"] for step in house.explanation(variant)["steps"]]
    for place in places:
        if place != "4":  # Soho sells to walk-in customers only
            house.sim("set", item=int(item), location=int(place), name="available", quantity=0)
    house.sim("set", item=int(item), location=4, name="available", quantity=50)
    house.sim("set", item=int(item), location=1, name="available", quantity=6)
    until(lambda: house.counted(variant, "1") == 6 and house.counted(variant, "4") == 0, within_s=15)
    until(lambda: 0 < house.variant(variant)["pools"]["ship"]["units"] <= 6, within_s=15)

    house.kill("worker")  # a crash in between loses nothing: what it had leased comes back when the lease ends
    house.sim("sell", item=int(item), location=1, units=6, channel="web")
    house.start("worker")

    until(lambda: house.published()[variant] == 0, within_s=45)
    told = house.explanation(variant)
    by_place = {step["location"]: step for step in told["steps"]}
    assert told["promised_units"] == 0
    assert by_place["1"]["units"] == 0
    assert by_place["4"]["quantities"]["available"] == 50
    assert by_place["4"]["units"] == 0
    assert "location_not_in_pool" in by_place["4"]["objections"]

    house.sim("set", item=int(item), location=1, name="available", quantity=30)
    until(lambda: house.variant(variant)["pools"]["ship"]["units"] > 0, within_s=5)
    began = time.monotonic()
    house.sim("sell", item=int(item), location=1, units=30, channel="pos")
    until(lambda: house.variant(variant)["pools"]["ship"]["units"] == 0 and house.published()[variant] == 0, within_s=5)
    assert time.monotonic() - began < 5
