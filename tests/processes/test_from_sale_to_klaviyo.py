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
    only_at(house, variant, place="1", units=6)
    house.sim("set", item=int(item), location=4, name="available", quantity=50)
    until(lambda: house.counted(variant, "1") == 6 and house.counted(variant, "4") == 0, within_s=15)
    until(lambda: 0 < house.variant(variant)["pools"]["ship"]["units"] <= 6, within_s=15)
    until(lambda: 0 < house.published()[variant] <= 6, within_s=15)

    house.kill("worker")  # a crash in between loses nothing: what it had leased comes back when the lease ends
    house.sim("sell", item=int(item), location=1, units=6, channel="web")
    house.start("worker")

    until(lambda: house.published()[variant] == 0 and house.counted(variant, "1") == 0, within_s=45)
    told = house.explanation(variant)
    by_place = {step["location"]: step for step in told["steps"]}
    assert told["promised_units"] == 0
    assert by_place["1"]["units"] == 0
    assert by_place["4"]["quantities"]["available"] == 50
    assert by_place["4"]["units"] == 0
    assert "location_not_in_pool" in by_place["4"]["objections"]

    other = next(name for name, units in sorted(house.published().items()) if units > 20 and name != variant)
    only_at(house, other, place="1", units=30)
    until(lambda: 0 < house.published()[other] <= 30 and house.counted(other, "1") == 30, within_s=15)
    began = time.monotonic()
    house.sim("sell", item=int(house.item_of(other)), location=1, units=30, channel="pos")
    until(lambda: house.counted(other, "1") == 0 and house.published()[other] == 0, within_s=5)
    assert time.monotonic() - began < 5


def only_at(house: House, variant: str, *, place: str, units: int) -> None:
    """Leave a variant's stock at one place; there first, so that it never runs out meanwhile."""
    item = int(house.item_of(variant))
    house.sim("set", item=item, location=int(place), name="available", quantity=units)
    until(lambda: house.counted(variant, place) == units, within_s=15)
    for step in house.explanation(variant)["steps"]:
        if step["location"] not in (place, "4"):  # Soho sells to walk-in customers only
            house.sim("set", item=item, location=int(step["location"]), name="available", quantity=0)
