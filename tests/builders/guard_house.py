"""A whole house for the guard: real store, real decisions, the simulated account, one clock that the test moves."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from gateway.guard.registry import Memory
from gateway.guard.step import guard_turn
from gateway.pipeline.decide import decide_due
from gateway.pipeline.read import accept_products, accept_readings
from gateway.policy_library import PolicyLibrary
from gateway.policy_versions.marking import mark_redecisions
from gateway.services import Services
from gateway.settings import Settings
from gateway.store import Store, open_store
from gateway.store.holds import Hold
from integrations.ports import Desks
from policies.values import ProductFacts, Reading, VariantFacts
from tests.builders.klaviyo_campaigns import Account, Clock, account

GUARD: dict[str, Any] = {
    "name": "House",
    "pool": "ship",
    "hold_when": {"band": "out", "share_percent": 50},
    "release_when": {"band": "healthy", "share_percent": 100},
    "mode": "act",
    "release": "act",
}
POLICY: dict[str, Any] = {
    "schema": 1,
    "name": "House",
    "default_pool": "ship",
    "catalog_restock": "publish",
    "authority": {"products": "erp", "variants": "erp", "levels": "wms"},
    "locations": {"wh": {"kind": "warehouse", "sells_online": True, "ships_online_orders": True}},
    "pools": {"ship": {"method": "ship", "states": ["available"], "kinds": ["warehouse"]}},
}


@dataclass
class GuardHouse:
    klaviyo: Account
    store: Store
    services: Services
    clock: Clock
    memory: Memory = field(default_factory=Memory)

    def stock(self, **units: int | None) -> None:
        """Tell how much there is of variants a second later, and decide."""
        self.clock.forward(seconds=1)
        readings = [
            Reading("wms", name.replace("_", "-"), "wh", {"available": n}, self.clock.at) for name, n in units.items()
        ]
        accept_readings(self.services, readings, self.clock.at)
        self.decide()

    def decide(self) -> None:
        while decide_due(self.services, self.clock.at):
            pass

    def publish(self, *, limits: int = 100, **guard: Any) -> None:
        """Put a policy with one guard in force, and decide anew."""
        document = {**POLICY, "guards": [GUARD | guard], "limits": {"holds_per_hour_percent": limits}}
        current = self.store.policies.current_number() or None
        self.store.policies.publish(document, based_on=current, author="t", note="t", at=self.clock.at)
        self.settle()

    def settle(self) -> None:
        """Decide anew what the versions published last touch."""
        while self.store.redecisions.waiting():
            self.clock.forward(seconds=1)
            mark_redecisions(self.services, self.clock.at)
        self.decide()

    def turn(self, *, whole: bool = True, desks: Desks | None = None) -> int:
        return guard_turn(self.services, desks or self.klaviyo.desks, self.memory, self.clock.at, whole=whole)

    def hold(self, message: str = "MSG1") -> Hold | None:
        return self.store.holds.get(message)

    def phase(self, message: str = "MSG1") -> str | None:
        hold = self.hold(message)
        return None if hold is None else hold.phase.value

    def audit(self) -> list[str]:
        actions = [entry.action for entry in reversed(self.store.audit.page(200)[0])]
        return [action for action in actions if action.startswith("guard.")]


def products() -> list[ProductFacts]:
    return [
        ProductFacts(
            product,
            "erp",
            title=product.title(),
            url=f"https://shop.example/products/{product}",
            published=True,
            variants=tuple(VariantFacts(id_, title=id_) for id_ in variants),
        )
        for product, variants in {"tee": ("tee-m", "tee-l"), "cap": ("cap-1",)}.items()
    ]


@contextmanager
def guard_house(redis_url: str, **guard: Any) -> Iterator[GuardHouse]:
    clock = Clock()
    store = open_store(redis_url, "t")
    with account(clock) as klaviyo:
        services = Services(
            Settings(secret_key="s" * 32), store, PolicyLibrary(store), clock.now, clock.elapsed, desks=klaviyo.desks
        )
        house = GuardHouse(klaviyo, store, services, clock)
        accept_products(services, "erp", products(), clock.at)
        house.publish(**guard)
        house.stock(tee_m=50, tee_l=50, cap_1=50)
        yield house
    store.close()
