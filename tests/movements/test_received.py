"""When received units begin to count: three policies, one delivery of ten, of which seven are good and two are not."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest

from gateway.movements.transfers import look_for_open
from gateway.pipeline.explain import explanation_view
from gateway.pipeline.reread import reread_items
from integrations.shopify.simulator import movements
from integrations.shopify.simulator.model import Transfer
from integrations.shopify.simulator.sample_shop import sample_shop
from tests.builders.reconcile import beside, now
from tests.builders.till import POLICY, WAREHOUSE, Till

ELSEWHERE = 2
MINUTES = 60


def policy(receiving: int | str | None) -> dict[str, Any]:
    here = POLICY["locations"]["1"] | ({} if receiving is None else {"receiving": receiving})
    rules = [{"name": "House", "set": {"settle_minutes": 0}}]
    return POLICY | {"locations": POLICY["locations"] | {"1": here}, "rules": rules}


def delivery(till: Till) -> Transfer:
    """Ten units on their way to the warehouse."""
    movements.set_quantity(till.shop, till.item, ELSEWHERE, "available", 10)
    transfer = movements.ready_transfer(till.shop, till.item, ELSEWHERE, WAREHOUSE, 10)
    movements.ship_transfer(till.shop, transfer.id)
    till.hears()
    till.hears()
    assert till.units("ship") == 0
    return transfer


def receives(till: Till, transfer: Transfer, accepted: int = 0, **others: int) -> None:
    movements.receive_transfer(till.shop, transfer.id, accepted=accepted, **others)
    till.hears()
    till.hears()


@dataclass
class Turned:
    """The real clock, turned forward."""

    by: timedelta = timedelta(0)

    def __call__(self) -> datetime:
        return now() + self.by


@pytest.fixture
def clock() -> Turned:
    return Turned()


@pytest.fixture
def till(redis_url: str, clock: Turned, request: pytest.FixtureRequest) -> Iterator[Till]:
    with beside(redis_url, sample_shop(now, products=18), clock) as pair:
        pair.read_everything()
        pair.listen()
        yield Till(pair, policy(request.param))


def passes(till: Till, clock: Turned, minutes: int) -> None:
    clock.by += timedelta(minutes=minutes)
    till.hears()


@pytest.mark.parametrize("till", [None, "as_accepted"], indirect=True)
def test_as_accepted_units_count_when_the_source_counts_them(till: Till) -> None:
    transfer = delivery(till)
    receives(till, transfer, accepted=7, rejected=2)
    assert till.units("ship") == 7
    receives(till, transfer, accepted=1)
    assert till.units("ship") == 8


@pytest.mark.parametrize("till", ["on_complete"], indirect=True)
def test_on_complete_units_count_when_nothing_of_their_shipment_is_to_come(till: Till) -> None:
    movements.set_quantity(till.shop, till.item, WAREHOUSE, "available", 3)
    till.hears()
    till.hears()
    assert till.units("ship") == 3
    episode = till.came_back["episode"]
    transfer = movements.ready_transfer(till.shop, till.item, ELSEWHERE, WAREHOUSE, 10)
    movements.ship_transfer(till.shop, transfer.id)
    receives(till, transfer, accepted=7, rejected=2)
    assert till.units("ship") == 3
    told = explanation_view(till.pair.services, str(till.shop.variant_by_item(till.item).id), None, till.at)
    assert told is not None
    assert told["proof"]["differences"] == []
    assert any("7 units were received and do not count yet" in sentence for sentence in told["sentences"])
    receives(till, transfer, canceled=1)
    assert till.units("ship") == 10
    assert till.came_back["episode"] == episode


@pytest.mark.parametrize("till", ["on_complete"], indirect=True)
def test_what_counts_late_comes_back_as_a_receipt(till: Till) -> None:
    transfer = delivery(till)
    receives(till, transfer, accepted=7, rejected=2)
    assert (till.units("ship"), till.came_back) == (0, None)
    receives(till, transfer, canceled=1)
    assert (till.units("ship"), till.came_back["cause"]) == (7, "receipt")


@pytest.mark.parametrize("till", [MINUTES], indirect=True)
def test_after_so_many_minutes_each_part_of_a_delivery_counts_by_itself(till: Till, clock: Turned) -> None:
    transfer = delivery(till)
    receives(till, transfer, accepted=7, rejected=2)
    assert till.units("ship") == 0
    passes(till, clock, MINUTES // 2)
    assert till.units("ship") == 0
    receives(till, transfer, accepted=1)
    assert till.units("ship") == 0
    passes(till, clock, MINUTES // 2)
    assert till.units("ship") == 7
    passes(till, clock, MINUTES // 2)
    assert (till.units("ship"), till.came_back["cause"]) == (8, "receipt")


@pytest.mark.parametrize("till", [MINUTES], indirect=True)
def test_a_transfer_that_ended_and_is_told_of_again_lets_nothing_wait_anew(till: Till, clock: Turned) -> None:
    transfer = delivery(till)
    receives(till, transfer, accepted=10)
    passes(till, clock, MINUTES)
    assert till.units("ship") == 10
    till.pair.services.store.rereads("shopify.transfers").mark([str(transfer.id)], now())
    till.hears()
    till.hears()
    assert till.units("ship") == 10


@pytest.mark.parametrize("till", ["on_complete"], indirect=True)
def test_a_level_that_is_heard_before_its_transfer_lets_the_units_wait_all_the_same(till: Till) -> None:
    transfer = delivery(till)
    till.shop.emit = lambda topic, payload: None
    movements.receive_transfer(till.shop, transfer.id, accepted=7)
    services = till.pair.services
    assert services.source is not None
    services.store.rereads("shopify").mark([str(till.item)], now())
    assert reread_items(services, services.source, now()) == 1
    till.decide()
    assert till.units("ship") == 0


@pytest.mark.parametrize("till", ["on_complete"], indirect=True)
def test_a_policy_that_says_otherwise_is_heard_with_the_next_look_at_transfers(till: Till) -> None:
    transfer = delivery(till)
    receives(till, transfer, accepted=7)
    store, source = till.pair.services.store, till.pair.services.source
    assert source is not None
    store.policies.publish(policy("as_accepted"), based_on=1, author="ann", note="", at=now())
    look_for_open(till.pair.services, source, now())
    till.hears()
    assert till.units("ship") == 7
