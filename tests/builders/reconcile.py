"""A gateway beside a simulated shop, without processes: a test makes each step itself."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import numpy as np

from gateway import clock
from gateway.movements.transfers import reread_transfers
from gateway.pipeline.read import accept_delivery
from gateway.pipeline.reread import reread_items, reread_products
from gateway.policy_library import PolicyLibrary
from gateway.reconcile.full import read_everything
from gateway.services import Services
from gateway.settings import Settings
from gateway.store import open_store
from integrations.shopify import ShopifyWebhooks, open_shopify
from integrations.shopify.simulator import create_simulator, serve_in_thread
from integrations.shopify.simulator.deliveries import signature
from integrations.shopify.simulator.model import Level
from integrations.shopify.simulator.server import Simulator
from integrations.shopify.simulator.shop import Shop
from policies.columns import LEVEL_INACTIVE, NULL
from tests.builders.processes import until

SECRET = "hush"
DOMAIN = "harbor-and-pine.myshopify.com"


def now() -> datetime:
    return datetime.now(UTC)


@dataclass
class Beside:
    """The services of a worker, the shop they read, and its simulator."""

    services: Services
    shop: Shop
    simulator: Simulator
    url: str

    def want(self) -> None:
        """Have a full read wanted."""
        self.services.store.reconciles.want_full("shopify", "A test wants it.")

    def read_everything(self) -> None:
        """Go through one full read, looking in as a worker would."""
        self.want()
        source, before = self.services.source, self.services.store.reconciles.reports("shopify")
        assert source is not None

        def read() -> bool:
            read_everything(self.services, source, self.services.now())
            return self.services.store.reconciles.reports("shopify") != before

        until(read, within_s=120, step_s=0.05)
        tasks = self.services.store.tasks
        tasks.complete(tasks.claim(100, self.services.now() + timedelta(hours=1), 60))

    def listen(self) -> None:
        """Take every webhook in as it is sent, through the door that checks signatures."""
        door, sent = ShopifyWebhooks([SECRET], DOMAIN), count()

        def take(topic: str, payload: dict[str, Any]) -> None:
            raw = json.dumps(payload).encode()
            headers = {
                "X-Shopify-Hmac-Sha256": signature(SECRET, raw),
                "X-Shopify-Shop-Domain": DOMAIN,
                "X-Shopify-Topic": topic,
                "X-Shopify-Webhook-Id": f"w{next(sent)}",
            }
            accept_delivery(self.services, "shopify", door.receive(raw, headers), self.services.now())

        self.shop.emit = take

    def reread(self) -> None:
        """Do all that was marked for re-reading: transfers first, so that their hints lie ready."""
        assert self.services.source is not None
        while reread_transfers(self.services, self.services.source, self.services.now()):
            pass
        while reread_items(self.services, self.services.source, self.services.now()):
            pass
        while reread_products(self.services, self.services.source, self.services.now()):
            pass

    def held(self) -> dict[tuple[int, int], tuple[int | None, bool]]:
        """What the ledger holds of each (item, location): available, and whether it is active."""
        store, held = self.services.store, {}
        slots = store.ledger.slots()
        for partition in range(64):
            for rows in store.ledger.sweep(partition):
                column = rows.levels.states.index("available")
                entries = store.catalog.entries(rows.variants)
                for row, place in np.argwhere(rows.levels.stamps != 0).tolist():
                    figure = int(rows.levels.quantities[row, place, column])
                    active = not int(rows.levels.stamps[row, place]) & LEVEL_INACTIVE
                    item = int(entries[rows.variants[row]].stock_item or 0)
                    held[item, int(slots[place].location)] = (None if figure <= NULL else figure, active)
        return held

    def truth(self) -> dict[tuple[int, int], tuple[int | None, bool]]:
        """What the shop holds; what it does not count is unknown."""
        with self.shop.lock:
            return {key: (self._figure(level), level.active) for key, level in self.shop.levels.items()}

    def _figure(self, level: Level) -> int | None:
        return level.quantities["available"] if self.shop.variant_by_item(level.item).tracked else None


@contextmanager
def beside(redis_url: str, shop: Shop, time: Callable[[], datetime] = now) -> Iterator[Beside]:
    """Serve a shop and open a gateway that reads it."""
    simulator = create_simulator(time, shop=shop)
    serving = serve_in_thread(simulator)
    store = open_store(redis_url, "t")
    store.epoch.write("first")
    source = open_shopify(
        shop=DOMAIN,
        base_url=serving.url,
        access_token="shpat_simulated",
        now=time,
        elapsed=clock.elapsed,
        pause=clock.pause,
    )
    services = Services(
        Settings(secret_key="s" * 32), store, PolicyLibrary(store), now=time, elapsed=clock.elapsed, source=source
    )
    try:
        yield Beside(services, shop, simulator, serving.url)
    finally:
        store.close()
        serving.close()
