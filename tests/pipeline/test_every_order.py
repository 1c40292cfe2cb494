"""Six webhooks about one cell, in every order and with repeats: the ledger ends the same, to the byte.

From the signed request over the dirty mark and the re-read to the ledger. A webhook can only come after its change, so
the shop moves on just far enough for each; and now and then a worker reads, sleeps, and records long after others.
"""

import itertools
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gateway.pipeline.reread import reread_items
from gateway.policy_library import PolicyLibrary
from gateway.services import Services
from gateway.settings import Settings
from gateway.store import Store, open_store
from gateway.web import create_app
from integrations.ports import ItemRead, StockSource
from integrations.shopify import ShopifyStock, ShopifyWebhooks, open_shopify
from integrations.shopify.simulator import create_simulator, serve_in_thread
from integrations.shopify.simulator.deliveries import signature
from integrations.shopify.simulator.movements import set_quantity
from integrations.shopify.simulator.sample_shop import sample_shop
from integrations.shopify.simulator.shop import Shop
from policies.values import ProductFacts

BASE = datetime(2026, 11, 25, 12, tzinfo=UTC)
SECRET, DOMAIN = "hush", "harbor-and-pine.myshopify.com"
LOCATION, BEFORE, COUNTS = 1, 40, (35, 12, 60, 0, 7, 23)
ORDERS = list(itertools.permutations(range(1, 7)))


@dataclass
class World:
    """One shop on a clock that stands at the last change that happened, and its catalogue."""

    shop: Shop
    source: ShopifyStock
    facts: ProductFacts
    item: int
    changes: int = 0
    emitted: list[tuple[str, Any]] = field(default_factory=list)  # the webhooks of the changes, in order

    def now(self) -> datetime:
        return BASE + timedelta(seconds=self.changes)

    def move_on(self, changes: int) -> None:
        """Let the shop's counts happen, up to one of them."""
        for number in range(self.changes, changes):
            self.changes = number + 1
            with self.shop.lock:
                set_quantity(self.shop, self.item, LOCATION, "available", COUNTS[number])

    def rewind(self) -> None:
        self.changes = 0
        with self.shop.lock:
            set_quantity(self.shop, self.item, LOCATION, "available", BEFORE)
        self.emitted.clear()


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    made: list[World] = []

    def now() -> datetime:
        return made[0].now() if made else BASE

    shop = sample_shop(now, products=1)
    served = serve_in_thread(create_simulator(now, shop=shop, secret=SECRET))
    source = open_shopify(
        shop=DOMAIN,
        base_url=served.url,
        now=now,
        elapsed=lambda: 0.0,
        pause=lambda _: None,
        access_token="shpat_simulated",
    )
    facts = next(iter(source.products()))
    facts = replace(facts, variants=facts.variants[:1])
    world = World(shop, source, facts, int(facts.variants[0].stock_item or 0))
    made.append(world)
    shop.emit = lambda topic, payload: world.emitted.append((topic, payload))
    yield world
    served.close()


class SleepyWorker:
    """Asks the shop, and then sleeps while the rest of the world goes on."""

    name = "shopify"

    def __init__(self, source: ShopifyStock, meanwhile: Any) -> None:
        self._source, self._meanwhile = source, meanwhile

    def levels_of(self, items: Sequence[str]) -> ItemRead:
        read = self._source.levels_of(items)
        self._meanwhile()
        return read

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"{name} is not asked for here")


@dataclass
class Run:
    """One order of arrival, played through."""

    world: World
    client: Any
    services: Services
    dice: random.Random
    left: list[int]
    asleep: bool = False

    def play(self) -> None:
        while self.left:
            self.arrive(self.left.pop(0))
            if self.dice.random() < 0.6:
                self.reread()

    def arrive(self, number: int) -> None:
        """A webhook comes: its change has happened by now, maybe others as well."""
        self.world.move_on(number)
        topic, payload = self.world.emitted[number - 1]
        raw = json.dumps(payload).encode()
        headers = {
            "X-Shopify-Hmac-Sha256": signature(SECRET, raw),
            "X-Shopify-Shop-Domain": DOMAIN,
            "X-Shopify-Topic": topic,
            "X-Shopify-Webhook-Id": f"webhook-{number}",
        }
        answer = self.client.post("/webhooks/shopify", data=raw, headers=headers)
        assert (answer.status_code, answer.json) == (200, {"accepted": True})

    def reread(self) -> None:
        source: StockSource = self.world.source
        if not self.asleep and self.dice.random() < 0.3:
            self.asleep = True
            source = SleepyWorker(self.world.source, self.play)
        reread_items(self.services, source, self.world.now())

    def finish(self) -> None:
        self.play()
        while reread_items(self.services, self.world.source, self.world.now()):
            pass


def row_after(url: str, world: World, order: Sequence[int], dice: random.Random) -> tuple[bytes, ...]:
    """Play one order with repeats over a store of its own; return the row's bytes in the ledger."""
    world.rewind()
    store = open_store(url, "o" + "".join(map(str, order)))
    services = services_over(store, world)
    store.catalog.put_products([world.facts], at=BASE)
    store.rereads("shopify").mark([str(world.item)], BASE)
    assert reread_items(services, world.source, BASE) == 1
    arrivals = list(order)
    for number in order:
        for _ in range(dice.randint(1, 3)):
            arrivals.insert(dice.randint(arrivals.index(number) + 1, len(arrivals)), number)
    Run(world, create_app(services).test_client(), services, dice, arrivals).finish()
    assert store.rereads("shopify").depth(BASE + timedelta(days=1)) == 0
    levels = store.ledger.read([world.facts.variants[0].id]).levels
    store.close()
    return "/".join(levels.states).encode(), levels.stamps.tobytes(), levels.quantities.tobytes()


def services_over(store: Store, world: World) -> Services:
    settings = Settings(secret_key="s" * 32)
    webhooks = ShopifyWebhooks([SECRET], DOMAIN)
    return Services(settings, store, PolicyLibrary(store), world.now, lambda: 0.0, webhooks=webhooks)


def expected(url: str, world: World) -> tuple[bytes, ...]:
    """What the ledger says of the row when the shop is simply asked once, at the end."""
    world.rewind()
    store = open_store(url, "expected")
    services = services_over(store, world)
    store.catalog.put_products([world.facts], at=BASE)
    for changes in (0, len(COUNTS)):
        world.move_on(changes)
        store.rereads("shopify").mark([str(world.item)], world.now())
        assert reread_items(services, world.source, world.now()) == 1
    rows = store.ledger.read([world.facts.variants[0].id])
    slot = [slot.location for slot in store.ledger.slots()].index(str(LOCATION))
    assert dict(zip(rows.levels.states, rows.levels.quantities[0, slot], strict=True))["available"] == COUNTS[-1]
    store.close()
    return "/".join(rows.levels.states).encode(), rows.levels.stamps.tobytes(), rows.levels.quantities.tobytes()


def check(url: str, world: World, orders: Sequence[Sequence[int]], seed: int) -> None:
    wanted = expected(url, world)
    for order in orders:
        dice = random.Random(f"{seed} {order}")
        assert row_after(url, world, order, dice) == wanted, f"order {order}, seed {seed}"


def test_a_hundred_orders_of_six_webhooks_with_repeats_end_in_the_same_bytes(redis_url: str, world: World) -> None:
    check(redis_url, world, random.Random(7).sample(ORDERS, 100), seed=7)


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_all_720_orders_of_six_webhooks_with_repeats_end_in_the_same_bytes(redis_url: str, world: World) -> None:
    check(redis_url, world, ORDERS, seed=1)
