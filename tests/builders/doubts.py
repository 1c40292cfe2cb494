"""A house of many variants in one warehouse, told by one source or two, decided on a clock that the test moves."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from gateway.pipeline.decide import decide_due
from gateway.pipeline.explain import variant_view
from gateway.pipeline.read import accept_products, accept_readings
from gateway.policy_library import PolicyLibrary
from gateway.services import Services
from gateway.settings import Settings
from gateway.store import Store, open_store
from gateway.worker import redecide
from policies.columns import HELD_BACK
from policies.values import Band, ProductFacts, Reading, VariantFacts
from tests.builders.web import AT

DOCUMENT: dict[str, Any] = {
    "schema": 1,
    "name": "House",
    "default_pool": "ship",
    "catalog_restock": "publish",
    "authority": {"products": "erp", "variants": "erp", "levels": "wms", "levels_at": {"store": "till"}},
    "locations": {
        "wh": {"kind": "warehouse", "sells_online": True, "ships_online_orders": True},
        "store": {"kind": "warehouse", "sells_online": True, "ships_online_orders": True},
    },
    "pools": {"ship": {"method": "ship", "states": ["available"], "kinds": ["warehouse"]}},
}


@dataclass
class Crowd:
    """So many variants, v0 on, each with some units in the warehouse."""

    services: Services
    at: datetime = AT

    @property
    def store(self) -> Store:
        return self.services.store

    def tell(
        self, units: Mapping[str, int | None], *, source: str = "wms", location: str = "wh", seconds: float = 1
    ) -> None:
        """Tell levels so many seconds later; decides nothing."""
        self.at += timedelta(seconds=seconds)
        readings = [Reading(source, v, location, {"available": n}, self.at) for v, n in units.items()]
        accept_readings(self.services, readings, self.at)

    def decide(self, services: Services | None = None) -> None:
        """Decide all that is due, as a worker would."""
        while decide_due(services or self.services, self.at):
            pass

    def says(self, units: Mapping[str, int | None], **where: Any) -> None:
        """Tell levels and decide."""
        self.tell(units, **where)
        self.decide()

    def passes(self, **time: float) -> None:
        """Let time pass and decide."""
        self.at += timedelta(**time)
        self.decide()

    def publish(self, **changes: Any) -> None:
        """Put a document in force and decide everything by it."""
        number = self.store.policies.current_number() or None
        self.store.policies.publish({**DOCUMENT, **changes}, based_on=number, author="ann", note="", at=self.at)
        redecide(self.services, self.at)
        self.decide()

    def worker(self) -> Services:
        """Another process on the same store."""
        store = open_store(self.services.settings.redis_url or "", "t")
        return replace(self.services, store=store, policies=PolicyLibrary(store))

    def bands(self, names: Iterable[str]) -> dict[str, Band]:
        rows = self.store.ledger.read(list(names))
        return {name: Band(int(band)) for name, band in zip(rows.variants, rows.pools["band"][:, 0], strict=True)}

    def out(self, names: Iterable[str]) -> set[str]:
        return {name for name, band in self.bands(names).items() if band == Band.OUT}

    def held(self, names: Iterable[str]) -> set[str]:
        rows = self.store.ledger.read(list(names))
        flags = rows.pools["flags"][:, 0] & HELD_BACK
        return {name for name, flag in zip(rows.variants, flags, strict=True) if flag}

    def pool(self, variant: str) -> dict[str, Any]:
        view = variant_view(self.services, variant, self.at)
        assert view is not None
        pool: dict[str, Any] = view["pools"]["ship"]
        return pool

    def doubts(self, kind: str = "held_back") -> list[Any]:
        return [doubt for doubt in self.store.doubts.open(100)[0] if doubt.kind == kind]


def crowd(url: str, count: int, units: int = 20, **document: Any) -> Crowd:
    """A house with so many variants of so many units each, decided once."""
    store = open_store(url, "t")
    settings = Settings(redis_url=url)
    made = Crowd(Services(settings, store, PolicyLibrary(store), now=lambda: made.at, elapsed=lambda: 0.0))
    made.publish(**document)
    names = names_of(count)
    products = [
        ProductFacts(f"p-{v}", "erp", title=v, published=True, variants=(VariantFacts(v, tracked=True),)) for v in names
    ]
    accept_products(made.services, "erp", products, made.at)
    made.says(dict.fromkeys(names, units))
    return made


def names_of(count: int) -> list[str]:
    return [f"v{number}" for number in range(count)]
