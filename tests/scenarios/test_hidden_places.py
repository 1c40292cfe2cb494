"""A hidden place is behind no promise, and neither its id nor its name leaves the house."""

from collections.abc import Iterator
from typing import Any

import pytest

from gateway.pipeline.wanted import wanted_items, wanted_variants
from policies.values import LocationFacts
from tests.builders.web import AT, POLICY, House, house_on, product, row

HIDDEN = {"label": "Depot nine", "kind": "warehouse", "sells_online": True, "ships_online_orders": True, "hidden": True}


@pytest.fixture
def house(redis_url: str) -> Iterator[House]:
    opened = house_on(redis_url)
    yield opened
    opened.store.close()


def test_what_klaviyo_is_told_names_no_place_and_counts_no_hidden_one(house: House) -> None:
    policy: dict[str, Any] = {**POLICY, "locations": {**POLICY["locations"], "d9": HIDDEN}}
    house.store.policies.publish(policy, author="test", note="", based_on=0, at=AT)
    house.store.catalog.put_locations([LocationFacts("d9", "wms", "Depot nine", True)], at=AT)
    house.put_catalog(product())
    house.send(row(location="wh"), row(location="d9", quantities={"available": 900, "on_hand": 900}))
    house.decide()
    version = house.services.policies.current()
    assert version is not None
    told = wanted_variants(house.services, ["tee-m"], version)["tee-m"]
    assert told.units == 11
    everything = repr((told.record, wanted_items(house.services, ["tee"])))
    assert "tee-m" in everything
    assert not any(name in everything for name in ("d9", "Depot nine", "900", "'wh'"))
