"""A large count: what it takes away is believed at once, what it brings back waits for a person; and who did it."""

from typing import Any

import pytest

from gateway.pipeline.restocks import settle_restock
from integrations.shopify.simulator import movements
from tests.builders.reconcile import Beside
from tests.builders.till import POLICY, WAREHOUSE, Till

ASKS: dict[str, Any] = POLICY | {"restock": {"causes": ["receipt", "transfer", "return"]}}


@pytest.fixture
def till(pair: Beside) -> Till:
    return Till(pair, ASKS)


def counts(till: Till, units: int) -> None:
    """A person counts, and the time that a rise needs to settle goes by."""
    movements.set_quantity(till.shop, till.item, WAREHOUSE, "available", units)
    till.hears()
    till.passes(11)


def variant(till: Till) -> str:
    return str(till.shop.variant_by_item(till.item).id)


def receives(till: Till, units: int) -> None:
    """A delivery that a transfer proves."""
    movements.set_quantity(till.shop, till.item, 2, "available", units)
    transfer = movements.ready_transfer(till.shop, till.item, 2, WAREHOUSE, units)
    movements.ship_transfer(till.shop, transfer.id)
    till.hears()
    movements.receive_transfer(till.shop, transfer.id, accepted=units)
    till.hears()
    till.passes(11)


def test_a_count_that_takes_much_away_is_believed_at_once(till: Till) -> None:
    receives(till, 100)
    assert till.units("ship") == 100
    movements.set_quantity(till.shop, till.item, WAREHOUSE, "available", 20)
    till.hears()
    assert till.view()["pools"]["ship"]["promised_units"] == 20


def test_a_count_that_brings_much_back_waits_until_a_person_confirms_it(till: Till) -> None:
    counts(till, 60)
    view = till.view()
    assert (view["pools"]["ship"]["units"], view["pools"]["ship"]["promised_units"]) == (60, 0)
    assert (till.came_back["state"], till.came_back["cause"]) == ("awaits_confirmation", "unknown")
    services, episode = till.pair.services, till.came_back["episode"]
    assert settle_restock(services, variant(till), episode, "confirmed", by="ann", note="Counted twice.", at=till.at)
    till.decide()
    assert till.view()["pools"]["ship"]["promised_units"] == 60
    assert till.came_back["state"] == "confirmed"  # the number went, and nobody was alerted
    assert [(line.actor, line.action) for line in services.store.audit.each()] == [("ann", "restock.confirmed")]


def test_a_count_that_a_person_rejects_promises_nothing_until_a_delivery_comes(till: Till) -> None:
    counts(till, 60)
    services, episode = till.pair.services, till.came_back["episode"]
    assert settle_restock(services, variant(till), episode, "dismissed", by="ann", note="Typed twice.", at=till.at)
    till.decide()
    assert till.view()["pools"]["ship"]["promised_units"] == 0
    receives(till, 5)
    assert till.view()["pools"]["ship"]["promised_units"] == 65


def test_of_a_transfer_nobody_is_named_who_was_not_told(till: Till) -> None:
    movements.set_quantity(till.shop, till.item, 2, "available", 10)
    transfer = movements.ready_transfer(till.shop, till.item, 2, WAREHOUSE, 10)
    movements.ship_transfer(till.shop, transfer.id)
    movements.receive_transfer(till.shop, transfer.id, accepted=7, rejected=2)
    till.pair.services.store.rereads("shopify.transfers").mark([str(transfer.id)], till.pair.services.now())
    till.hears()
    (doubt,) = [one for one in till.pair.services.store.doubts.open(10)[0] if one.kind == "short_receipt"]
    assert set(doubt.facts) == {
        "item",
        "expected",
        "accepted",
        "rejected",
        "canceled",
        "remaining",
        "transfer",
        "shipment",
    }
    assert list(till.pair.services.store.audit.each()) == []
