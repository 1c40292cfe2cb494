"""Movements in the simulated shop, heard by webhook and read again: their causes, open transfers, short receipts."""

from typing import Any

import pytest

from gateway.movements.transfers import look_for_open, reread_transfers, short_lines
from gateway.pipeline.reread import reread_items
from integrations.shopify.simulator import movements
from tests.builders.reconcile import Beside, now


def place_of(pair: Beside, units: int = 20) -> tuple[int, int]:
    """An item that is counted, at the first warehouse, with units to move; nothing else on that shelf moves."""
    item = next(item for item, _ in pair.shop.levels if pair.shop.variant_by_item(item).tracked)
    movements.set_quantity(pair.shop, item, 1, "available", units)
    pair.reread()
    return item, 1


def variant_of(pair: Beside, item: int) -> str:
    return str(pair.shop.variant_by_item(item).id)


def available(pair: Beside, item: int, location: int) -> int | None:
    return pair.held()[item, location][0]


def seen(pair: Beside, monkeypatch: Any) -> list[tuple[str, str, str]]:
    """Note (variant, location, cause) of what is recorded from now on and changes something."""
    told: list[tuple[str, str, str]] = []
    record = pair.services.store.ledger.record

    def noted(readings: Any, **options: Any) -> Any:
        outcomes = record(readings, **options)
        told.extend((r.variant, r.location, r.cause) for r, o in zip(readings, outcomes, strict=True) if o == 0)
        return outcomes

    monkeypatch.setattr(pair.services.store.ledger, "record", noted)
    return told


@pytest.fixture
def told(pair: Beside, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, str]]:
    return seen(pair, monkeypatch)


Told = list[tuple[str, str, str]]


def test_orders_cancellations_and_moves_between_states_name_themselves(pair: Beside, told: Told) -> None:
    item, place = place_of(pair)
    told.clear()
    variant = variant_of(pair, item)
    steps = (
        (lambda: movements.sell(pair.shop, item, place, 2, "web"), "sale"),
        (lambda: movements.cancel_order(pair.shop, item, place, 1), "cancellation"),
        (lambda: movements.fulfil(pair.shop, item, place, 1), "sale"),
        (lambda: movements.move(pair.shop, item, place, 1, "available", "damaged"), "adjustment"),
        (lambda: movements.sell(pair.shop, item, place, 1, "pos"), "unknown"),
        (lambda: movements.set_quantity(pair.shop, item, place, "on_hand", 40), "unknown"),
    )
    for step, _ in steps:
        step()
        pair.reread()
    assert told == [(variant, "1", cause) for _, cause in steps]


def test_a_refund_that_restocks_is_a_return_and_one_that_does_not_explains_nothing(pair: Beside, told: Told) -> None:
    item, place = place_of(pair)
    variant = variant_of(pair, item)
    told.clear()
    movements.take_back(pair.shop, item, place, 2, "restock")
    pair.reread()
    movements.receive(pair.shop, item, place, 2)  # the same number again, and no refund: the hint was used up
    pair.reread()
    movements.take_back(pair.shop, item, place, 3, "none")
    movements.receive(pair.shop, item, place, 3)
    pair.reread()
    assert told == [(variant, "1", "return"), (variant, "1", "unknown"), (variant, "1", "unknown")]


def test_a_partial_return_puts_back_exactly_what_came(pair: Beside, told: Told) -> None:
    item, place = place_of(pair, units=5)
    movements.sell(pair.shop, item, place, 5, "web")
    movements.fulfil(pair.shop, item, place, 5)
    pair.reread()
    told.clear()
    movements.take_back(pair.shop, item, place, 2, "restock")
    pair.reread()
    assert available(pair, item, place) == 2
    assert told == [(variant_of(pair, item), "1", "return")]


def test_a_damaged_return_leaves_what_can_be_sold_as_it_was(pair: Beside, told: Told) -> None:
    item, place = place_of(pair)
    told.clear()
    movements.take_back(pair.shop, item, place, 1, "none")
    pair.reread()
    assert told == []
    movements.take_back(pair.shop, item, place, 1, "damaged")
    pair.reread()
    assert available(pair, item, place) == 20
    assert told == [(variant_of(pair, item), "1", "unknown")]


def test_a_return_without_an_order_is_an_adjustment_that_nothing_explains(pair: Beside, told: Told) -> None:
    item, place = place_of(pair)
    told.clear()
    movements.receive(pair.shop, item, place, 1)  # an older till knows no order: only the shelf moves
    pair.reread()
    assert told == [(variant_of(pair, item), "1", "unknown")]


def test_an_exchange_in_a_store_moves_both_sizes_and_never_doubles_a_unit(pair: Beside, told: Told) -> None:
    item, _ = place_of(pair)
    other = next(one for one, _ in pair.shop.levels if one != item and pair.shop.variant_by_item(one).tracked)
    for one in (item, other):
        movements.set_quantity(pair.shop, one, 3, "available", 4)
    pair.reread()
    told.clear()
    movements.take_back(pair.shop, item, 3, 1, "restock")
    movements.sell(pair.shop, other, 3, 1, "pos")
    assert pair.services.source is not None
    assert reread_items(pair.services, pair.services.source, now()) == 2  # both in one read
    assert (available(pair, item, 3), available(pair, other, 3)) == (5, 3)
    assert (variant_of(pair, item), "3", "return") in told


def test_an_online_purchase_exchanged_for_a_store_item_moves_each_place_by_itself(pair: Beside) -> None:
    item, _ = place_of(pair)
    other = next(one for one, _ in pair.shop.levels if one != item and pair.shop.variant_by_item(one).tracked)
    movements.set_quantity(pair.shop, other, 5, "available", 4)
    pair.reread()
    before = {place: available(pair, other, place) for place in pair.shop.locations if place != 5}
    movements.take_back(pair.shop, item, 1, 1, "restock")
    movements.sell(pair.shop, other, 5, 1, "pos")
    pair.reread()
    assert available(pair, item, 1) == 21
    assert available(pair, other, 5) == 3
    assert {place: available(pair, other, place) for place in before} == before


def test_what_a_refund_says_of_its_buyer_goes_no_further(pair: Beside) -> None:
    item, place = place_of(pair)
    movements.take_back(pair.shop, item, place, 1, "restock")
    variant = variant_of(pair, item)
    hints = pair.services.store.movements.hints("shopify", [(variant, str(place))])
    assert [(hint.cause, hint.units) for hint in hints[0]] == [("return", 1)]


def test_a_transfer_is_counted_once_at_every_step_and_named_as_what_it_is(pair: Beside, told: Told) -> None:
    item, origin = place_of(pair)
    movements.set_quantity(pair.shop, item, 2, "available", 0)
    pair.reread()
    told.clear()
    variant, store = variant_of(pair, item), pair.services.store
    transfer = movements.ready_transfer(pair.shop, item, origin, 2, 10)
    pair.reread()
    assert told == [(variant, "1", "transfer")]
    kept = store.movements.open("shopify")
    assert [(one.id, one.status, one.origin, one.destination, dict(one.units)) for one in kept] == [
        (str(transfer.id), "ready", "1", "2", {str(item): 10})
    ]
    opened = kept[0].opened_at
    assert opened is not None
    assert 0 <= (now() - opened).total_seconds() < 60
    movements.ship_transfer(pair.shop, transfer.id)
    pair.reread()
    assert (available(pair, item, 1), available(pair, item, 2)) == (10, 0)
    told.clear()
    movements.receive_transfer(pair.shop, transfer.id, accepted=10)
    pair.reread()
    assert told == [(variant, "2", "receipt")]
    assert (available(pair, item, 1), available(pair, item, 2)) == (10, 10)
    assert store.movements.open("shopify") == []


def test_a_canceled_transfer_gives_its_units_back_as_a_transfer(pair: Beside, told: Told) -> None:
    item, origin = place_of(pair)
    transfer = movements.ready_transfer(pair.shop, item, origin, 2, 4)
    pair.reread()
    told.clear()
    movements.cancel_transfer(pair.shop, transfer.id)
    pair.reread()
    assert told == [(variant_of(pair, item), "1", "transfer")]
    assert pair.services.store.movements.open("shopify") == []


def test_a_shipment_that_arrives_short_is_a_row_of_expected_accepted_rejected_and_remaining(pair: Beside) -> None:
    item, origin = place_of(pair)
    movements.set_quantity(pair.shop, item, 2, "available", 0)
    transfer = movements.ready_transfer(pair.shop, item, origin, 2, 10)
    movements.ship_transfer(pair.shop, transfer.id)
    pair.reread()
    movements.receive_transfer(pair.shop, transfer.id, accepted=7, rejected=2)
    pair.reread()
    ((_, line),) = short_lines(pair.services.store.movements.open("shopify")[0])
    assert (line.expected, line.accepted, line.rejected, line.remaining) == (10, 7, 2, 1)
    doubts = [doubt for doubt in pair.services.store.doubts.open(10)[0] if doubt.kind == "short_receipt"]
    assert [doubt.facts["remaining"] for doubt in doubts] == [1]
    assert available(pair, item, 2) == 7  # what was rejected adds nothing
    movements.receive_transfer(pair.shop, transfer.id, accepted=1)
    pair.reread()
    assert [doubt for doubt in pair.services.store.doubts.open(10)[0] if doubt.kind == "short_receipt"] == []


def test_open_transfers_are_found_without_any_webhook(pair: Beside) -> None:
    pair.shop.emit = lambda topic, payload: None
    item = next(item for item, _ in pair.shop.levels if pair.shop.variant_by_item(item).tracked)
    movements.set_quantity(pair.shop, item, 1, "available", 20)
    transfer = movements.ready_transfer(pair.shop, item, 1, 2, 3)
    assert pair.services.source is not None
    look_for_open(pair.services, pair.services.source, now())
    assert reread_transfers(pair.services, pair.services.source, now()) == 1
    assert [one.id for one in pair.services.store.movements.open("shopify")] == [str(transfer.id)]
    movements.cancel_transfer(pair.shop, transfer.id)
    look_for_open(pair.services, pair.services.source, now())
    reread_transfers(pair.services, pair.services.source, now())
    assert pair.services.store.movements.open("shopify") == []


def test_a_level_that_an_item_lost_is_unknown_after_the_next_read_of_the_item(pair: Beside) -> None:
    item, place = place_of(pair)
    pair.shop.locations_of_item[item].remove(place)
    del pair.shop.levels[item, place]
    pair.services.store.rereads("shopify").mark([str(item)], now())
    pair.reread()
    assert available(pair, item, place) is None


def test_an_inactive_level_an_empty_one_and_one_that_never_was_are_three_things(pair: Beside) -> None:
    item, place = place_of(pair, units=6)
    level = pair.shop.level(item, place)
    for state in level.quantities:
        level.quantities[state] = 6 if state == "available" else 0
    movements.deactivate_level(pair.shop, item, place)
    movements.set_quantity(pair.shop, item, 2, "available", 0)
    pair.reread()
    held = pair.held()
    assert held[item, place] == (6, False)  # the figure stays, and counts for nothing
    assert held[item, 2] == (0, True)
    assert (item, 99) not in held
