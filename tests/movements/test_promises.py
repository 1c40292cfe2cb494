"""What a return, an exchange or a delivery in the shop means for what is promised online and in a store."""

import pytest

from integrations.shopify.simulator import movements
from tests.builders.reconcile import Beside
from tests.builders.till import STORE, WAREHOUSE, Till


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
