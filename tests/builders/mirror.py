"""A house whose catalogue is mirrored into a simulated account, on our clock."""

import time
from dataclasses import dataclass, field, replace
from typing import Any

from gateway.feeds.keeper import FeedKeeper
from gateway.pipeline.destinations import CATEGORIES, ITEMS, VARIANTS
from gateway.pipeline.jobs_in_flight import Polls
from gateway.services import Services
from gateway.worker import deliver_step
from tests.builders.feeds import FeedHouse
from tests.builders.klaviyo import Shop
from tests.builders.web import House

TURNS = 60


@dataclass
class Mirror:
    """A feed house with a publisher."""

    feeds: FeedHouse
    shop: Shop
    polls: Polls = field(default_factory=Polls)

    def __post_init__(self) -> None:
        self._use(replace(self.services, publisher=self.shop.catalog))

    @property
    def house(self) -> House:
        return self.feeds.house

    @property
    def services(self) -> Services:
        return self.feeds.house.services

    def set(self, **settings: Any) -> None:
        """Choose other settings."""
        self._use(replace(self.services, settings=replace(self.services.settings, **settings)))

    def put(self, *products: Any) -> None:
        assert self.house.put_catalog(*products).status_code == 200

    def settle(self) -> None:
        """Decide, follow and deliver until nothing waits, as a worker does."""
        for turn in range(TURNS):
            self.feeds.pass_time(3)
            deliver_step(self.services, self.feeds.at, epoch="first", polls=self.polls)
            if turn > 2 and not self._busy():
                return
            time.sleep(0.003)  # the simulated jobs run on the real clock
        if self.services.settings.klaviyo_catalog == "api":
            raise AssertionError("the outbox did not empty")

    def variant(self, name: str) -> Any:
        return self.shop.see("catalog")["variant"][f"$custom:::$default:::{name}"]

    def item(self, name: str) -> Any:
        return self.shop.see("catalog")["item"][f"$custom:::$default:::{name}"]

    def _busy(self) -> bool:
        outbox = self.house.store.outbox
        depths = [outbox.depth(name, self.feeds.at) for name in (CATEGORIES, ITEMS, VARIANTS)]
        return any(depth.waiting + depth.leased for depth in depths)

    def _use(self, services: Services) -> None:
        self.feeds.house = replace(self.feeds.house, services=services)
        self.house.store._connection.command("DEL", "{t}:lease:feeds")
        self.feeds.keeper = FeedKeeper(services, "first")
