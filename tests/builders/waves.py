"""A house whose variant runs out and comes back while people wait, on our clock, beside a simulated account."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from gateway.pipeline.connection import check_connection
from gateway.pipeline.decide import decide_due
from gateway.policy_library import PolicyLibrary
from gateway.services import Services
from gateway.store import Store, open_store
from gateway.waves.step import wave_step
from gateway.web.context import EXTENSION
from integrations.klaviyo import open_messenger
from tests.builders.klaviyo import KEY, RecordingBudget, Shop
from tests.builders.web import AT, POLICY, House, house_on, product, row

TEE = "tee-m"
RESERVED = 3  # 1 in reserve and 2 as a buffer are never promised


@dataclass
class Waiting:
    """People who wait for one tee, and a worker that looks after them."""

    house: House
    shop: Shop
    at: datetime = AT
    policy: dict[str, Any] = field(default_factory=dict)

    @property
    def services(self) -> Services:
        return self.house.services

    @property
    def store(self) -> Store:
        return self.house.store

    def passes(self, **time: float) -> None:
        self.at += timedelta(**time)
        self.decide()

    def decide(self) -> None:
        while decide_due(self.services, self.at):
            pass

    def has(self, units: int | None, *, cause: str = "receipt", decided: bool = True) -> None:
        """Let so many units be promised, a minute later."""
        self.at += timedelta(minutes=1)
        available = None if units is None else units + RESERVED
        observed = self.at.isoformat().replace("+00:00", "Z")
        self.house.send(row(quantities={"available": available}, observed_at=observed, cause=cause))
        if decided:
            self.decide()

    def join(self, *people: str, **more: Any) -> Any:
        """Let people ask to hear of the tee; return the last answer."""
        answer = None
        for person in people:
            contact = {"phone": person, "channels": ["sms"]} if person[0] == "+" else {"email": person}
            body = {"channels": ["email"], "variant": TEE} | contact | more
            answer = self.house.client.post("/api/v1/waitlist", json=body, headers=self.house.bearer("admin"))
        return answer

    def works(self, turns: int = 20) -> None:
        """Let a worker look after what is due."""
        for _ in range(turns):
            if not wave_step(self.services, self.at, epoch="first"):
                return

    def told(self) -> list[str]:
        return [event["profile"] for event in self.shop.see("people")["events"]]

    def view(self, role: str = "reader", episode: int | None = None) -> Any:
        (restock,) = self.store.restocks.get([TEE])
        number = episode or (restock.episode if restock else 0)
        path = f"/api/v1/restocks/{number}.{TEE}/waves"
        return self.house.client.get(path, headers=self.house.bearer(role)).json

    def publishes(self, **restock: Any) -> None:
        number = self.store.policies.current_number()
        document = POLICY | {"rules": [{"name": "House", "set": SETTINGS}], "restock": restock} | self.policy
        self.store.policies.publish(document, based_on=number or None, author="a", note="n", at=self.at)

    def set(self, **settings: Any) -> None:
        self._use(replace(self.services, settings=replace(self.services.settings, **settings)))

    def revived(self) -> "Waiting":
        """The same house, met by a process that knows nothing yet."""
        store = open_store(self.store._connection.url, "t")
        again = replace(self, house=replace(self.house, store=store))
        again._use(replace(self.services, store=store, policies=PolicyLibrary(store)))
        return again

    def _use(self, services: Services) -> None:
        services = replace(services, now=lambda: self.at)
        application = self.house.client.application
        application.extensions[EXTENSION] = replace(application.extensions[EXTENSION], services=services)
        self.house = replace(self.house, services=services)


SETTINGS = {"reserve_units_per_location": 1, "buffer_units": 2, "low_at_units": 12, "restock_at_units": 3}


def waiting_house(url: str, shop: Shop, *, mode: str = "waves", **restock: Any) -> Waiting:
    """Open a house whose tee has just run out."""
    house = house_on(url)
    house.store.epoch.write("first")
    waiting = Waiting(house, shop)
    messenger = open_messenger(KEY, shop.url, RecordingBudget())
    services = replace(house.services, messenger=messenger, publisher=shop.catalog)
    settings = replace(services.settings, klaviyo_api_key=KEY, klaviyo_back_in_stock=mode)
    waiting._use(replace(services, settings=settings))
    waiting.publishes(**({"customers_per_unit": 2, "wave_minutes": 60, "again_after_hours": 24} | restock))
    check_connection(waiting.services, waiting.at)
    house.put_catalog(product())
    waiting.has(9)
    waiting.has(0)
    return waiting


def people(count: int) -> list[str]:
    return [f"p{number:02d}@shop.example" for number in range(count)]


def counting(store: Store, before: Callable[[], None]) -> None:
    """Let something happen before each call to the server."""
    connection = store._connection
    for name in ("command", "many", "scripts"):
        real = getattr(connection, name)

        def call(*arguments: Any, real: Any = real, **options: Any) -> Any:
            before()
            return real(*arguments, **options)

        setattr(connection, name, call)
