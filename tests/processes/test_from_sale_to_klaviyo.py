"""The whole way with real processes and HTTP: a sale in the simulated shop, the number in the simulated Klaviyo."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOKEN, SECRET = "gw_test-admin", "hush"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def call(url: str, body: Any = None) -> Any:
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(url, data, headers), timeout=10) as answer:
        return json.loads(answer.read() or b"null")


def until(condition: Callable[[], Any], within_s: float) -> float:
    """Poll until the condition holds; return after how long. A refused connection is "not yet"."""
    begun = time.monotonic()
    while True:
        try:
            if condition():
                return time.monotonic() - begun
        except OSError:
            pass
        assert time.monotonic() - begun < within_s, f"not within {within_s} s"
        time.sleep(0.05)


class House:
    """Web, worker, clock and both simulators on one server, each its own process."""

    def __init__(self, redis_url: str, data: Path) -> None:
        self.web, self.shop, self.klaviyo = (f"http://127.0.0.1:{free_port()}" for _ in range(3))
        ports = [url.rsplit(":", 1)[1] for url in (self.web, self.shop, self.klaviyo)]
        self.environment = os.environ | {
            "REDIS_URL": redis_url,
            "PORT": ports[0],
            "WEB_CONCURRENCY": "1",
            "GATEWAY_DATA_DIR": str(data),
            "GATEWAY_ADMIN_TOKEN": TOKEN,
            "GATEWAY_POLICY_FILE": str(ROOT / "config/policies/demo.toml"),
            "SHOPIFY_SHOP": "harbor-and-pine.myshopify.com",
            "SHOPIFY_BASE_URL": self.shop,
            "SHOPIFY_ACCESS_TOKEN": "shpat_simulated",
            "SHOPIFY_WEBHOOK_SECRETS": SECRET,
            "KLAVIYO_API_KEY": "pk_simulated",
            "KLAVIYO_BASE_URL": self.klaviyo,
        }
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        hook = f"{self.web}/webhooks/shopify"
        self.start("shopify", "simulate", "shopify", "--port", ports[1], "--life", "0", "--webhook-url", hook)
        self.start("klaviyo", "simulate", "klaviyo", "--port", ports[2])
        subprocess.run(self._command("release"), env=self.environment, cwd=ROOT, check=True)
        for name in ("web", "worker", "clock"):
            self.start(name, name)

    def start(self, name: str, *arguments: str) -> None:
        quiet = subprocess.DEVNULL
        self.processes[name] = subprocess.Popen(
            self._command(*arguments),
            env=self.environment,
            cwd=ROOT,
            stdout=quiet,
            stderr=quiet,
            start_new_session=True,
        )

    def kill(self, name: str) -> None:
        os.killpg(self.processes[name].pid, signal.SIGKILL)
        self.processes[name].wait()

    def stop(self) -> None:
        for process in self.processes.values():
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
        for process in self.processes.values():
            try:
                process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def published(self) -> dict[str, int]:
        found = call(f"{self.klaviyo}/_sim/catalog")["variant"]
        return {id_.rsplit(":", 1)[1]: entry["inventory_quantity"] for id_, entry in found.items()}

    def variant(self, name: str) -> Any:
        return call(f"{self.web}/api/v1/variants/{name}")

    def explanation(self, name: str) -> Any:
        return call(f"{self.web}/api/v1/variants/{name}/explanation")

    def counted(self, name: str, location: str) -> int:
        return next(step["counted"] for step in self.explanation(name)["steps"] if step["location"] == location)

    def item_of(self, name: str) -> str:
        return "4" + name[1:]  # the sample shop numbers a variant's stock item so

    def sim(self, action: str, **arguments: Any) -> None:
        call(f"{self.shop}/_sim/{action}", arguments)

    @staticmethod
    def _command(*arguments: str) -> list[str]:
        return [sys.executable, "-m", "gateway", *arguments]


@pytest.fixture
def house(redis_url: str, tmp_path: Path) -> Iterator[House]:
    house = House(redis_url, tmp_path)
    try:
        yield house
    finally:
        house.stop()


@pytest.mark.timeout(180)
def test_the_last_eligible_unit_sold_reaches_klaviyo_and_store_stock_never_counts(house: House) -> None:
    until(lambda: len(house.published()) >= 1500, within_s=90)
    variant = next(name for name, units in sorted(house.published().items()) if units > 20)
    item = house.item_of(variant)
    places = [step["location"] for step in house.explanation(variant)["steps"]]
    for place in places:
        if place != "4":  # Soho sells to walk-in customers only
            house.sim("set", item=int(item), location=int(place), name="available", quantity=0)
    house.sim("set", item=int(item), location=4, name="available", quantity=50)
    house.sim("set", item=int(item), location=1, name="available", quantity=6)
    until(lambda: house.counted(variant, "1") == 6 and house.counted(variant, "4") == 0, within_s=15)
    until(lambda: 0 < house.variant(variant)["pools"]["ship"]["units"] <= 6, within_s=15)

    house.kill("worker")  # a crash in between loses nothing: what it had leased comes back when the lease ends
    house.sim("sell", item=int(item), location=1, units=6, channel="web")
    house.start("worker", "worker")

    until(lambda: house.published()[variant] == 0, within_s=45)
    told = house.explanation(variant)
    by_place = {step["location"]: step for step in told["steps"]}
    assert told["promised_units"] == 0
    assert by_place["1"]["units"] == 0
    assert by_place["4"]["quantities"]["available"] == 50
    assert by_place["4"]["units"] == 0
    assert "location_not_in_pool" in by_place["4"]["objections"]

    house.sim("set", item=int(item), location=1, name="available", quantity=30)
    until(lambda: house.variant(variant)["pools"]["ship"]["units"] > 0, within_s=5)
    began = time.monotonic()
    house.sim("sell", item=int(item), location=1, units=30, channel="pos")
    until(lambda: house.variant(variant)["pools"]["ship"]["units"] == 0 and house.published()[variant] == 0, within_s=5)
    assert time.monotonic() - began < 5
