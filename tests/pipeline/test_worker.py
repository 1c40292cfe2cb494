"""A worker tells nothing from a store that is not the one it began with."""

from dataclasses import replace

import pytest

from gateway.pipeline.gate import Gate
from gateway.pipeline.jobs_in_flight import Polls
from gateway.store import StoreUnavailable
from gateway.worker import deliver_step
from tests.builders.klaviyo import simulated
from tests.builders.web import AT, house_on


def test_an_emptied_or_replaced_store_tells_klaviyo_nothing(redis_url: str) -> None:
    house = house_on(redis_url)
    with simulated() as shop:
        services = replace(house.services, publisher=shop.catalog)
        for begun_with, now in (("one", None), ("one", "two"), (None, None)):
            house.store._connection.command("DEL", "{t}:epoch")
            if now:
                house.store.epoch.write(now)
            with pytest.raises(StoreUnavailable, match="gateway release"):
                deliver_step(services, AT, epoch=begun_with, polls=Polls(), gate=Gate())
        house.store.epoch.write("one")
        assert deliver_step(services, AT, epoch="one", polls=Polls(), gate=Gate()) == 0
    house.store.close()
