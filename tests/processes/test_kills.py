"""`kill -9` of the worker, again and again, while stock moves: once it is quiet, Klaviyo holds what is true.

Web and workers are real processes; shop and account are simulated in this one, so that the truth is at hand.
"""

import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from gateway.store import Store, open_store
from integrations.shopify.simulator import create_simulator, serve_in_thread
from integrations.shopify.simulator.movements import set_quantity
from integrations.shopify.simulator.sample_shop import sample_shop
from integrations.shopify.simulator.server import Simulator
from integrations.shopify.simulator.shop import Shop
from tests.builders.klaviyo import KEY, simulated
from tests.builders.klaviyo import Shop as Account
from tests.builders.processes import SECRET, House, call, until

WAREHOUSES, BUFFER = (1, 2), 1
POLICY = """
schema = 1
name = "Two warehouses, one unit kept back"
default_pool = "ship"
catalog_restock = "publish"
catalog_return = "publish"
[authority]
products = "shopify"
variants = "shopify"
levels = "shopify"
[locations.1]
kind = "warehouse"
sells_online = true
ships_online_orders = true
[locations.2]
kind = "warehouse"
sells_online = true
ships_online_orders = true
[pools.ship]
method = "ship"
states = ["available"]
kinds = ["warehouse"]
[[rules]]
name = "House"
[rules.set]
buffer_units = 1
[limits]
source_moves_percent = 100
"""
STEPS = 4  # the worker's loops: each is a thread beside its main one


def now() -> datetime:
    return datetime.now(UTC)


def plain_shop() -> Shop:
    """Twelve products, everything published and counted."""
    shop = sample_shop(now, products=12)
    for product in shop.products.values():
        product.status, product.online_store_url = "ACTIVE", f"https://shop.example/{product.id}"
    for variant in shop.variants.values():
        variant.tracked, variant.inventory_policy = True, "DENY"
    return shop


class Stage:
    """A house with two workers that are killed by turns, and a shop that does not stand still."""

    def __init__(self, house: House, simulator: Simulator, store: Store, account: Account, seed: int) -> None:
        self.house, self.simulator, self.store, self.account = house, simulator, store, account
        self.shop = simulator.shop
        self.dice = random.Random(seed)
        self.quiet = threading.Event()
        self.changes = 0
        self._mover = threading.Thread(target=self._move, daemon=True)

    def truth(self) -> dict[str, int]:
        """What may be promised of every variant, counted from the shelves themselves."""
        with self.shop.lock:
            shelves = {
                str(variant.id): sum(
                    max(0, self.shop.level(variant.item, place).quantity("available")) for place in WAREHOUSES
                )
                for variant in self.shop.variants.values()
            }
        return {variant: max(0, units - BUFFER) for variant, units in shelves.items()}

    def held(self) -> dict[str, int]:
        """What Klaviyo holds."""
        found = self.account.see("catalog")["variant"]
        return {id_.rpartition(":::")[2]: entry["inventory_quantity"] for id_, entry in found.items()}

    def explained(self) -> dict[str, int]:
        """What the gateway says it promises."""
        listed, cursor = {}, ""
        while True:
            page = call(f"{self.house.web}/api/v1/variants?limit=200{cursor}")
            listed.update({line["variant"]: line["promised_units"] for line in page["variants"]})
            if page["next_cursor"] is None:
                return listed
            cursor = f"&cursor={page['next_cursor']}"

    def is_quiet(self) -> bool:
        """No webhook on its way, nothing marked, nothing due, nothing to tell, no job on its way."""
        if self.simulator.deliveries.unsent:
            return False
        depths = call(f"{self.house.web}/api/v1/outbox")["depths"].values()
        marked = self.store.rereads("shopify").depth(datetime(2100, 1, 1, tzinfo=UTC))
        return not (
            marked or self.store.due.depth(now()) or any(depth["waiting"] + depth["leased"] for depth in depths)
        )

    def start_moving(self) -> None:
        self._mover.start()

    def stop_moving(self) -> None:
        self.quiet.set()
        self._mover.join()

    def _move(self) -> None:
        dice, levels = random.Random(self.dice.random()), sorted(self.shop.levels)
        while not self.quiet.wait(dice.uniform(0, 0.05)):
            item, place = dice.choice(levels)
            units = dice.choice((0, 0, 1, 2, dice.randint(3, 90)))
            with self.shop.lock:
                if self.shop.levels[item, place].active:
                    set_quantity(self.shop, item, place, "available", units)
                    self.changes += 1

    def start_worker(self, name: str) -> None:
        """Start a worker, and wait until all its loops run."""
        self.house.start(name, "worker")
        tasks = Path(f"/proc/{self.house.processes[name].pid}/task")
        until(lambda: len(list(tasks.iterdir())) > STEPS, within_s=60, step_s=0.01)

    def kill_workers(self, kills: int) -> None:
        """Kill one of two workers at a random moment of its work, and start it again, so many times."""
        for number in range(kills):
            time.sleep(self.dice.uniform(0, 0.7))
            name = f"worker-{number % 2}"
            self.house.kill(name)
            self.start_worker(name)


@contextmanager
def staged(redis_url: str, data: Path, seed: int) -> Iterator[Stage]:
    policy = data / "policy.toml"
    policy.write_text(POLICY)
    house = House(redis_url, data, GATEWAY_POLICY_FILE=str(policy), OPENBLAS_NUM_THREADS="1")
    simulator = create_simulator(now, shop=plain_shop(), secret=SECRET, webhook_url=f"{house.web}/webhooks/shopify")
    served = serve_in_thread(simulator)
    store = open_store(redis_url, "gateway")
    try:
        with simulated() as account:
            account.order(job_delay_s=0.3)
            house.environment |= {"SHOPIFY_BASE_URL": served.url}
            house.environment |= {"KLAVIYO_BASE_URL": account.url, "KLAVIYO_API_KEY": KEY}
            house.release()
            house.start("web")
            until(lambda: call(f"{house.web}/livez"), within_s=30)
            store.tasks.mark(["shopify.full_load"], now())
            stage = Stage(house, simulator, store, account, seed)
            for name in ("worker-0", "worker-1"):
                stage.start_worker(name)
            until(lambda: stage.held() == stage.truth(), within_s=60)
            yield stage
    finally:
        house.stop()
        store.close()
        served.close()


def survive(redis_url: str, data: Path, *, kills: int, seed: int) -> None:
    with staged(redis_url, data, seed) as stage:
        stage.start_moving()
        stage.kill_workers(kills)
        stage.stop_moving()
        assert stage.changes > 10 * kills  # it was no quiet time
        until(stage.is_quiet, within_s=120, step_s=0.2)  # the leases of the dead end after 30 seconds
        truth = stage.truth()
        assert stage.held() == truth
        assert stage.explained() == truth
        last = {one["id"]: one["quantity"] for one in stage.account.see("journal") if one.get("kind") == "variant"}
        assert {id_.rpartition(":::")[2]: units for id_, units in last.items()} == truth
        assert call(f"{stage.house.web}/api/v1/outbox?state=parked")["entries"] == []
        assert "step broke" not in stage.house.said("worker-0") + stage.house.said("worker-1")


@pytest.mark.timeout(300)
def test_eight_kills_of_the_worker_while_stock_moves_lose_and_falsify_nothing(redis_url: str, tmp_path: Path) -> None:
    survive(redis_url, tmp_path, kills=8, seed=7)


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_two_hundred_kills_of_the_worker_while_stock_moves_lose_and_falsify_nothing(
    redis_url: str, tmp_path: Path
) -> None:
    survive(redis_url, tmp_path, kills=200, seed=20)
