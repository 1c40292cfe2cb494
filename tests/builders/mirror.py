"""A house whose catalogue is mirrored into a simulated account, on our clock."""

import time
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from gateway.catalog_audit.task import audit_catalog
from gateway.feeds.keeper import FeedKeeper
from gateway.pipeline.connection import check_connection
from gateway.pipeline.destinations import CATEGORIES, ITEMS, VARIANTS
from gateway.pipeline.gate import Gate
from gateway.pipeline.jobs_in_flight import Polls
from gateway.services import Services
from gateway.web.context import EXTENSION
from gateway.worker import deliver_step
from integrations.ports import CatalogJob, JobKind
from tests.builders.feeds import FeedHouse
from tests.builders.klaviyo import KEY, Shop
from tests.builders.web import House

TURNS = 60


@dataclass
class Mirror:
    """A feed house with a publisher."""

    feeds: FeedHouse
    shop: Shop
    polls: Polls = field(default_factory=Polls)
    gate: Gate = field(default_factory=Gate)

    def __post_init__(self) -> None:
        settings = replace(self.services.settings, klaviyo_api_key=KEY)
        self._use(replace(self.services, settings=settings, publisher=self.shop.catalog))
        self.check()

    def check(self) -> None:
        """Check the connection as the timetable wants it, once Klaviyo's limit of one a second lets us."""
        for _ in range(TURNS):
            if check_connection(self.services, self.feeds.at) or self.services.publisher is None:
                return
            time.sleep(0.05)
        raise AssertionError("the account may not be asked for")

    def turn(self, turns: int) -> None:
        """Take some turns of a worker, three seconds apart."""
        for _ in range(turns):
            self.feeds.pass_time(3)
            deliver_step(self.services, self.feeds.at, epoch="first", polls=self.polls, gate=self.gate)

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
            self.turn(1)
            if turn > 2 and not self._busy():
                return
            time.sleep(0.003)  # the simulated jobs run on the real clock
        if self.services.settings.klaviyo_catalog == "api":
            raise AssertionError("the outbox did not empty")

    def audit(self, *, later: timedelta = timedelta(minutes=10)) -> dict[str, Any]:
        """Let an audit run to its end some time later, and return what it found."""
        self.feeds.at += later
        for _ in range(TURNS):
            audit_catalog(self.services, self.feeds.at)
            if self.house.store.audits.running() is None:
                found: Any = self.house.store.audits.last()
                return dict(found)
            self.feeds.at += timedelta(seconds=10)
            time.sleep(0.003)
        raise AssertionError("the audit did not end")

    def write(self, kind: JobKind, **records: Any) -> None:
        """Write in Klaviyo as somebody else would."""
        assert not self.shop.finish(CatalogJob(kind, **records)).failed

    def variant(self, name: str) -> Any:
        return self.shop.see("catalog")["variant"][f"$custom:::$default:::{name}"]

    def item(self, name: str) -> Any:
        return self.shop.see("catalog")["item"][f"$custom:::$default:::{name}"]

    def _busy(self) -> bool:
        outbox = self.house.store.outbox
        depths = [outbox.depth(name, self.feeds.at) for name in (CATEGORIES, ITEMS, VARIANTS)]
        return any(depth.waiting + depth.leased for depth in depths)

    def _use(self, services: Services) -> None:
        application = self.house.client.application
        application.extensions[EXTENSION] = replace(application.extensions[EXTENSION], services=services)
        self.feeds.house = replace(self.feeds.house, services=services)
        self.house.store._connection.command("DEL", "{t}:lease:feeds")
        self.feeds.keeper = FeedKeeper(services, "first")
