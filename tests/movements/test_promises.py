"""What a return, an exchange or a delivery in the shop means for what is promised online and in a store."""

from datetime import timedelta
from typing import Any

import pytest

from gateway.pipeline.decide import decide_due
from gateway.pipeline.explain import variant_view
from integrations.shopify.simulator import movements
from tests.builders.reconcile import Beside, now

WAREHOUSE, STORE = 1, 4
POLICY: dict[str, Any] = {
    "schema": 1,
    "name": "House",
    "default_pool": "ship",
    "authority": {"products": "shopify", "variants": "shopify", "levels": "shopify"},
    "locations": {
        "1": {"kind": "warehouse", "sells_online": True, "ships_online_orders": True},
        "2": {"kind": "warehouse", "sells_online": True, "ships_online_orders": True},
        "4": {"kind": "store"},
    },
    "pools": {
        "ship": {"method": "ship", "states": ["available"], "kinds": ["warehouse"]},
        "walk_in": {"method": "in_store", "states": ["available"], "kinds": ["store"]},
    },
    "rules": [{"name": "House", "set": {"settle_minutes": 10}}],
}


class Till:
    """One item that is counted and published, sold out everywhere, under a policy that lets a rise settle."""

    def __init__(self, pair: Beside) -> None:
        self.pair, self.shop, self.at = pair, pair.shop, now()
        services = pair.services
        services.store.policies.publish(POLICY, based_on=None, author="ann", note="", at=self.at)
        products = [one for one in pair.shop.products.values() if one.status == "ACTIVE" and one.online_store_url]
        variants = [pair.shop.variants[number] for one in products for number in one.variants]
        good = [one for one in variants if one.tracked and one.inventory_policy == "DENY"]
        self.item, self.other = good[0].item, good[1].item
        for item in (self.item, self.other):
            for location in list(pair.shop.locations_of_item[item]):
                movements.set_quantity(pair.shop, item, location, "available", 0)
        self.hears()
        self.passes(30)

    def hears(self) -> None:
        self.pair.reread()
        self.decide()

    def passes(self, minutes: int) -> None:
        self.at += timedelta(minutes=minutes)
        self.decide()

    def decide(self) -> None:
        self.at = max(self.at, now())
        while decide_due(self.pair.services, self.at):
            pass

    def view(self, item: int | None = None) -> dict[str, Any]:
        found = variant_view(self.pair.services, str(self.shop.variant_by_item(item or self.item).id), self.at)
        assert found is not None
        return found

    def units(self, pool: str, item: int | None = None) -> Any:
        return self.view(item)["pools"][pool]["units"]

    @property
    def came_back(self) -> Any:
        return self.view()["restock"]


@pytest.fixture
def till(pair: Beside) -> Till:
    return Till(pair)


def test_an_online_purchase_returned_in_a_store_is_for_that_store_alone(till: Till) -> None:
    movements.take_back(till.shop, till.item, STORE, 1, "restock")
    till.hears()
    till.passes(11)
    assert (till.units("ship"), till.units("walk_in")) == (0, 1)
    assert till.came_back is None


def test_a_return_to_the_warehouse_comes_back_after_it_settled_and_as_a_return(till: Till) -> None:
    movements.take_back(till.shop, till.item, WAREHOUSE, 2, "restock")
    till.hears()
    assert till.came_back is None  # it may be put aside yet
    till.passes(11)
    assert till.units("ship") == 2
    assert till.came_back["cause"] == "return"


def test_an_exchange_for_a_store_item_never_adds_to_what_is_online(till: Till) -> None:
    movements.set_quantity(till.shop, till.other, STORE, "available", 3)
    till.hears()
    movements.take_back(till.shop, till.item, WAREHOUSE, 1, "restock")
    movements.sell(till.shop, till.other, STORE, 1, "pos")
    till.hears()
    assert (till.units("ship", till.other), till.units("walk_in", till.other)) == (0, 2)
    assert till.units("ship") == 1


@pytest.mark.parametrize("disposition", ["none", "damaged"])
def test_a_damaged_return_brings_nothing_back(till: Till, disposition: str) -> None:
    movements.take_back(till.shop, till.item, WAREHOUSE, 1, disposition)
    till.hears()
    till.passes(30)
    assert (till.units("ship"), till.came_back) == (0, None)


def test_a_damaged_return_that_was_restocked_and_corrected_while_it_settled_brings_nothing_back(till: Till) -> None:
    movements.take_back(till.shop, till.item, WAREHOUSE, 1, "restock")
    till.hears()
    till.passes(5)
    movements.move(till.shop, till.item, WAREHOUSE, 1, "available", "damaged")
    till.hears()
    till.passes(30)
    assert (till.units("ship"), till.came_back) == (0, None)


def test_a_partial_return_puts_exactly_that_many_back(till: Till) -> None:
    movements.set_quantity(till.shop, till.item, WAREHOUSE, "available", 5)
    till.hears()
    till.passes(11)
    movements.sell(till.shop, till.item, WAREHOUSE, 5, "web")
    movements.fulfil(till.shop, till.item, WAREHOUSE, 5)
    till.hears()
    movements.take_back(till.shop, till.item, WAREHOUSE, 2, "restock")
    till.hears()
    assert till.units("ship") == 2


def test_a_return_that_is_still_looked_at_counts_nowhere_until_it_is_put_back(till: Till) -> None:
    level = till.shop.level(till.item, WAREHOUSE)
    level.quantities["quality_control"] += 1
    movements._apply(till.shop, level)  # received, and set aside to be looked at
    till.hears()
    till.passes(11)
    assert till.units("ship") == 0
    movements.move(till.shop, till.item, WAREHOUSE, 1, "quality_control", "available")
    till.hears()
    till.passes(11)
    assert till.units("ship") == 1


def test_a_short_delivery_counts_what_was_accepted_and_what_is_on_its_way_counts_nowhere(till: Till) -> None:
    movements.set_quantity(till.shop, till.item, WAREHOUSE, "available", 10)
    till.hears()
    till.passes(11)
    transfer = movements.ready_transfer(till.shop, till.item, WAREHOUSE, 2, 10)
    till.hears()
    assert till.units("ship") == 0
    movements.ship_transfer(till.shop, transfer.id)
    till.hears()
    till.passes(11)
    assert (till.units("ship"), till.came_back["episode"]) == (0, 1)  # what is on its way comes back for nobody
    movements.receive_transfer(till.shop, transfer.id, accepted=7, rejected=2)
    till.hears()
    till.passes(11)
    assert till.units("ship") == 7
    assert (till.came_back["episode"], till.came_back["cause"]) == (2, "receipt")
