"""A till beside the simulated shop: what happens in it is heard, decided, and looked at as people see it."""

from datetime import timedelta
from typing import Any

from gateway.pipeline.decide import decide_due
from gateway.pipeline.explain import variant_view
from integrations.shopify.simulator import movements
from tests.builders.reconcile import Beside

WAREHOUSE, STORE = 1, 4
POLICY: dict[str, Any] = {
    "schema": 1,
    "name": "House",
    "default_pool": "ship",
    "authority": {"products": "shopify", "variants": "shopify", "levels": "shopify"},
    "locations": {
        "1": {"kind": "warehouse", "sells_online": True, "ships_online_orders": True},
        "2": {"kind": "warehouse", "sells_online": True, "ships_online_orders": True},
        "4": {"kind": "store"},
    },
    "pools": {
        "ship": {"method": "ship", "states": ["available"], "kinds": ["warehouse"]},
        "walk_in": {"method": "in_store", "states": ["available"], "kinds": ["store"]},
    },
    "rules": [{"name": "House", "set": {"settle_minutes": 10}}],
}


class Till:
    """One item that is counted and published, sold out everywhere, under a policy that lets a rise settle."""

    def __init__(self, pair: Beside, policy: dict[str, Any] | None = None) -> None:
        self.pair, self.shop, self.at = pair, pair.shop, pair.services.now()
        services = pair.services
        services.store.policies.publish(policy or POLICY, based_on=None, author="ann", note="", at=self.at)
        products = [one for one in pair.shop.products.values() if one.status == "ACTIVE" and one.online_store_url]
        variants = [pair.shop.variants[number] for one in products for number in one.variants]
        good = [one for one in variants if one.tracked and one.inventory_policy == "DENY"]
        self.item, self.other = good[0].item, good[1].item
        for item in (self.item, self.other):
            for location in list(pair.shop.locations_of_item[item]):
                movements.set_quantity(pair.shop, item, location, "available", 0)
        self.hears()
        self.passes(30)

    def hears(self) -> None:
        self.pair.reread()
        self.decide()

    def passes(self, minutes: int) -> None:
        self.at += timedelta(minutes=minutes)
        self.decide()

    def decide(self) -> None:
        self.at = max(self.at, self.pair.services.now())
        while decide_due(self.pair.services, self.at):
            pass

    def view(self, item: int | None = None) -> dict[str, Any]:
        found = variant_view(self.pair.services, str(self.shop.variant_by_item(item or self.item).id), self.at)
        assert found is not None
        return found

    def units(self, pool: str, item: int | None = None) -> Any:
        return self.view(item)["pools"][pool]["units"]

    @property
    def came_back(self) -> Any:
        return self.view()["restock"]
