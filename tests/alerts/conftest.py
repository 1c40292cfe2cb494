"""A house whose alerts go to loopback webhooks."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from gateway.alerts.step import tell_staff
from integrations.alerts import open_channels
from tests.builders.alert_receiver import Receiver, alert_receiver
from tests.builders.guard_house import GuardHouse, guard_house

PUBLIC_URL = "https://gateway.shop.example"


class AlertHouse:
    """A house for the guard, with channels."""

    def __init__(self, house: GuardHouse, receiver: Receiver) -> None:
        self.house, self.receiver, self.store, self.klaviyo = house, receiver, house.store, house.klaviyo
        self.open("room")

    def open(self, *paths: str) -> None:
        channels = open_channels([self.receiver.url(path) for path in paths])
        settings = replace(self.house.services.settings, public_url=PUBLIC_URL)
        self.services = replace(self.house.services, settings=settings, alert_channels=channels)

    def tell(self, **later: float) -> list[str]:
        """Look and tell, so much later; return what the room was told thereby, as texts."""
        self.house.clock.forward(**(later or {"seconds": 10}))
        before = len(self.receiver.at())
        tell_staff(self.services, self.house.clock.at)
        return [message["message"] for message in self.receiver.at()[before:]]

    def campaigns(self, count: int) -> None:
        for number in range(1, count + 1):
            self.klaviyo.add(f"MSG{number}")


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with alert_receiver() as made:
        yield made


@pytest.fixture
def house(redis_url: str, receiver: Receiver) -> Iterator[AlertHouse]:
    with guard_house(redis_url) as made:
        yield AlertHouse(made, receiver)
