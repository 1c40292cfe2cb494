"""Each movement has the effect Shopify's inventory states page gives it, and no other."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.shopify.simulator import edits, movements
from integrations.shopify.simulator.model import NAMES, PHYSICAL, Level, RefusedError
from integrations.shopify.simulator.sample_shop import sample_shop
from integrations.shopify.simulator.shop import Shop
from tests.shopify_simulator.conftest import now

EAST, BROADWAY, CAMDEN = 1, 3, 5


@pytest.fixture
def item(shop: Shop) -> int:
    """An item with ten of everything in the east warehouse and on Broadway."""
    item = next(iter(shop.locations_of_item))
    for location in shop.locations:
        level = Level(item, location, now())
        if location in (EAST, BROADWAY):
            level.quantities.update(dict.fromkeys(level.quantities, 10))
        shop.add_level(level)
    variant = shop.variant_by_item(item)
    variant.inventory_policy, variant.tracked = "DENY", True
    return item


def read(shop: Shop, item: int, location: int = EAST) -> dict[str, int]:
    level = shop.level(item, location)
    return {name: level.quantity(name) for name in NAMES}


EFFECTS: dict[str, tuple[Callable[[Shop, int], object], dict[str, int]]] = {
    "a web order": (lambda s, i: movements.sell(s, i, EAST, 3), {"available": -3, "committed": 3}),
    "a till sale": (lambda s, i: movements.sell(s, i, EAST, 3, "pos"), {"available": -3, "on_hand": -3}),
    "a till sale below zero": (lambda s, i: movements.sell(s, i, EAST, 13, "pos"), {"available": -13, "on_hand": -13}),
    "a fulfilment": (lambda s, i: movements.fulfil(s, i, EAST, 3), {"committed": -3, "on_hand": -3}),
    "a cancelled order": (lambda s, i: movements.cancel_order(s, i, EAST, 3), {"available": 3, "committed": -3}),
    "a supplier's receipt": (lambda s, i: movements.receive(s, i, EAST, 3), {"available": 3, "on_hand": 3}),
    "a restocked return": (lambda s, i: movements.take_back(s, i, EAST, 3), {"available": 3, "on_hand": 3}),
    "a damaged return": (lambda s, i: movements.take_back(s, i, EAST, 3, "damaged"), {"damaged": 3, "on_hand": 3}),
    "a return not restocked": (lambda s, i: movements.take_back(s, i, EAST, 3, "none"), {}),
    "a move to damaged": (
        lambda s, i: movements.move(s, i, EAST, 3, "available", "damaged"),
        {"available": -3, "damaged": 3},
    ),
    "a count": (lambda s, i: movements.set_quantity(s, i, EAST, "on_hand", 57), {"available": -3, "on_hand": -3}),
    "a set": (lambda s, i: movements.set_quantity(s, i, EAST, "available", 7), {"available": -3, "on_hand": -3}),
}


@pytest.mark.parametrize("name", EFFECTS)
def test_a_movement_has_exactly_its_documented_effect(name: str, shop: Shop, item: int) -> None:
    before, elsewhere = read(shop, item), read(shop, item, BROADWAY)
    movement, expected = EFFECTS[name]
    movement(shop, item)
    after = read(shop, item)
    assert {state: after[state] - before[state] for state in NAMES if after[state] != before[state]} == expected
    assert read(shop, item, BROADWAY) == elsewhere


def test_a_transfer_is_reserved_then_incoming_then_only_what_was_accepted(shop: Shop, item: int) -> None:
    origin, there = read(shop, item), read(shop, item, BROADWAY)
    transfer = movements.ready_transfer(shop, item, EAST, BROADWAY, 10)
    assert read(shop, item) == {**origin, "available": 0, "reserved": 20}
    assert read(shop, item, BROADWAY) == there
    movements.ship_transfer(shop, transfer.id)
    assert read(shop, item) == {**origin, "available": 0, "on_hand": 50}
    assert read(shop, item, BROADWAY) == {**there, "incoming": 20}
    movements.receive_transfer(shop, transfer.id, accepted=4, rejected=3)
    assert read(shop, item, BROADWAY) == {**there, "incoming": 13, "available": 14, "on_hand": 64}
    assert (transfer.status, transfer.unreceived) == ("IN_PROGRESS", 3)
    movements.receive_transfer(shop, transfer.id, accepted=5)
    assert read(shop, item, BROADWAY) == {**there, "incoming": 10, "available": 19, "on_hand": 69}
    assert transfer.status == "TRANSFERRED"


def test_a_cancelled_transfer_gives_its_units_back(shop: Shop, item: int) -> None:
    before = read(shop, item)
    movements.cancel_transfer(shop, movements.ready_transfer(shop, item, EAST, BROADWAY, 4).id)
    assert read(shop, item) == before


def test_nothing_is_received_where_the_item_is_not_active(shop: Shop, item: int) -> None:
    transfer = movements.ready_transfer(shop, item, EAST, CAMDEN, 2)
    movements.deactivate_level(shop, item, CAMDEN)
    movements.ship_transfer(shop, transfer.id)
    with pytest.raises(RefusedError, match="INVENTORY_STATE_NOT_ACTIVE"):
        movements.receive_transfer(shop, transfer.id, accepted=2)
    assert transfer.accepted == 0


def test_an_inactive_level_keeps_its_quantities_and_stops_being_stock(shop: Shop, item: int) -> None:
    movements.set_quantity(shop, item, CAMDEN, "available", 6)
    total = shop.total_available(item)
    movements.deactivate_level(shop, item, CAMDEN)
    assert read(shop, item, CAMDEN)["on_hand"] == 6
    assert shop.total_available(item) == total - 6
    movements.activate_level(shop, item, CAMDEN)
    assert shop.total_available(item) == total


def test_a_level_with_committed_units_cannot_be_deactivated(shop: Shop, item: int) -> None:
    with pytest.raises(RefusedError, match="committed"):
        movements.deactivate_level(shop, item, EAST)


def test_the_web_cannot_sell_what_stands_only_in_stores_that_do_not_fulfil(shop: Shop, item: int) -> None:
    for location in (EAST, BROADWAY):
        movements.set_quantity(shop, item, location, "available", 0)
    movements.set_quantity(shop, item, CAMDEN, "available", 9)
    assert not shop.available_for_sale(shop.variant_by_item(item))
    with pytest.raises(RefusedError, match="sold online"):
        movements.sell(shop, item, CAMDEN, 1)
    movements.sell(shop, item, CAMDEN, 1, "pos")


def test_a_store_below_zero_can_hide_what_the_warehouse_has(shop: Shop, item: int) -> None:
    movements.set_quantity(shop, item, EAST, "available", 2)
    movements.set_quantity(shop, item, BROADWAY, "available", 0)
    movements.sell(shop, item, CAMDEN, 2, "pos")
    assert shop.sellable_online(item) == 2
    assert not shop.available_for_sale(shop.variant_by_item(item))


def test_a_closed_location_is_not_stock(shop: Shop, item: int) -> None:
    edits.set_location_active(shop, EAST, False)
    assert shop.sellable_online(item) == 10
    with pytest.raises(RefusedError, match="not active"):
        movements.sell(shop, item, EAST, 1, "pos")


@given(st.lists(st.tuples(st.sampled_from(sorted(EFFECTS)), st.booleans()), max_size=30))
def test_the_identity_holds_after_any_sequence_and_only_available_falls_below_zero(
    steps: list[tuple[str, bool]],
) -> None:
    shop = sample_shop(now, products=1)
    item = next(iter(shop.locations_of_item))
    for name, _ in steps:
        try:
            EFFECTS[name][0](shop, item)
        except RefusedError:
            continue
    told = read(shop, item)
    assert told["on_hand"] == sum(told[state] for state in PHYSICAL)
    assert all(told[state] >= 0 for state in NAMES if state not in ("available", "on_hand"))
