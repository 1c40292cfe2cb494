"""The web application over the real store and pipeline, on one clock that stands still."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask.testing import FlaskClient

from gateway.pipeline.decide import decide_due
from gateway.policy_library import PolicyLibrary
from gateway.services import Services
from gateway.settings import Settings
from gateway.store import Store, open_store
from gateway.web import create_app
from integrations.ports import Delivery, WebhookReceiver

AT = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
ADMIN = "bootstrap-secret"
POLICY: dict[str, Any] = {
    "schema": 1,
    "name": "House",
    "default_pool": "ship",
    "authority": {"products": "erp", "variants": "erp", "levels": "wms"},
    "locations": {
        "wh": {"kind": "warehouse", "sells_online": True, "ships_online_orders": True},
        "soho": {"kind": "store", "sells_online": True, "ships_online_orders": True},
    },
    "pools": {"ship": {"method": "ship", "states": ["available"], "kinds": ["warehouse"]}},
    "rules": [{"name": "House", "set": {"reserve_units_per_location": 1, "buffer_units": 2, "low_at_units": 12}}],
}


@dataclass(frozen=True, slots=True)
class House:
    """An application's client, its store, and one token per role."""

    client: FlaskClient
    store: Store
    services: Services
    tokens: Mapping[str, str]

    def bearer(self, role: str = "source") -> dict[str, str]:
        """The header that speaks for a role."""
        return {"Authorization": f"Bearer {self.tokens[role]}"}

    def send(self, *rows: Any, source: str = "wms", **headers: str) -> Any:
        """Post readings as JSON."""
        body = {"source": source, "readings": list(rows)}
        return self.client.post("/api/v1/readings", json=body, headers=self.bearer() | headers)

    def put_catalog(self, *products: Any) -> Any:
        """Put products as JSON."""
        body = {"source": "erp", "products": list(products)}
        return self.client.put("/api/v1/catalog", json=body, headers=self.bearer())

    def decide(self) -> None:
        """Decide all that is due, as a worker would."""
        while decide_due(self.services, AT):
            pass


def house_on(url: str, *, webhooks: WebhookReceiver | None = None) -> House:
    """Open a house on an emptied server."""
    store = open_store(url, "t")
    settings = Settings(secret_key="s" * 32, admin_token=ADMIN)
    services = Services(settings, store, PolicyLibrary(store), now=lambda: AT, elapsed=lambda: 0.0, webhooks=webhooks)
    tokens = {role: store.accounts.create_token(role, role, AT) for role in ("reader", "source", "marketer")}
    return House(create_app(services).test_client(), store, services, {**tokens, "admin": ADMIN})


def row(**changes: Any) -> dict[str, Any]:
    """One good row of readings."""
    fields: dict[str, Any] = {"variant": "tee-m", "location": "wh", "quantities": {"available": 14, "on_hand": 17}}
    return {**fields, "observed_at": "2026-11-23T11:59:00Z", **changes}


def product(**changes: Any) -> dict[str, Any]:
    """One published product with one variant."""
    variants = [{"id": "tee-m", "sku": "TEE-M", "title": "M", "price": "19.90", "tracked": True}]
    return {"id": "tee", "title": "Tee", "url": "https://shop.example/tee", "published": True, "variants": variants} | (
        changes
    )


@dataclass(frozen=True, slots=True)
class Receiver:
    """A receiver of webhooks that trusts everything, or fails in one way."""

    error: Exception | None = None
    name: str = "shopify"

    def receive(self, raw: bytes, headers: Mapping[str, str]) -> Delivery:
        """Answer one delivery about one item."""
        if self.error:
            raise self.error
        return Delivery("d1", "inventory_levels/update", ("item-1",))
