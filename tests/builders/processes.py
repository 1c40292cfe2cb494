"""The gateway as real processes: web, workers, clock and the simulated vendors, each its own process on one server."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import redis

ROOT = Path(__file__).resolve().parents[2]
TOKEN, SECRET = "gw_test-admin", "hush"
SHOP = "harbor-and-pine.myshopify.com"
OURS = ("GATEWAY_", "SHOPIFY_", "KLAVIYO_", "REDIS_URL", "PORT")


def free_port() -> int:
    """Find a port that nobody listens at now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def call(url: str, body: Any = None) -> Any:
    """Get a page as an admin, or post JSON to it."""
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(url, data, headers), timeout=10) as answer:
        return json.loads(answer.read() or b"null")


def until(condition: Callable[[], Any], within_s: float, step_s: float = 0.05) -> float:
    """Poll until the condition holds; return after how long. A refused connection is "not yet"."""
    begun = time.monotonic()
    while True:
        try:
            if condition():
                return time.monotonic() - begun
        except OSError:
            pass
        assert time.monotonic() - begun < within_s, f"not within {within_s} s"
        time.sleep(step_s)


def command(*arguments: str) -> list[str]:
    """Write the gateway's command line."""
    return [sys.executable, "-m", "gateway", *arguments]


def refusal(process: str, settings: Mapping[str, str]) -> tuple[int, str]:
    """Start a process that should refuse to start; return its exit code and what it said."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith(OURS)}
    run = subprocess.run(
        command(process), env=environment | settings, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    return run.returncode, run.stdout + run.stderr


@contextmanager
def served(redis_url: str, data: Path) -> "Iterator[House]":
    """Empty the server, release, and serve HTTP; nothing decides and nothing is told."""
    with redis.Redis.from_url(redis_url) as client:
        client.flushall()
    house = House(redis_url, data)
    try:
        house.release()
        house.start("web")
        until(lambda: call(f"{house.web}/livez"), within_s=20)
        yield house
    finally:
        house.stop()


class House:
    """A house whose processes are started and killed by name; what each says is kept in `data`."""

    def __init__(self, redis_url: str, data: Path, **settings: str) -> None:
        self.web, self.shop, self.klaviyo = (f"http://127.0.0.1:{free_port()}" for _ in range(3))
        self.data = data
        self.environment = os.environ | {
            "REDIS_URL": redis_url,
            "PORT": self.web.rsplit(":", 1)[1],
            "WEB_CONCURRENCY": "1",
            "GATEWAY_DATA_DIR": str(data),
            "GATEWAY_ADMIN_TOKEN": TOKEN,
            "GATEWAY_SECRET_KEY": "k" * 32,
            "GATEWAY_POLICY_FILE": str(ROOT / "config/policies/demo.toml"),
            "SHOPIFY_SHOP": SHOP,
            "SHOPIFY_BASE_URL": self.shop,
            "SHOPIFY_ACCESS_TOKEN": "shpat_simulated",
            "SHOPIFY_WEBHOOK_SECRETS": SECRET,
            "KLAVIYO_API_KEY": "pk_simulated",
            "KLAVIYO_BASE_URL": self.klaviyo,
            **settings,
        }
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    def start_vendors(self) -> None:
        """Start the simulated shop, which sends its webhooks to our web process, and the simulated account."""
        hook, port = f"{self.web}/webhooks/shopify", self.shop.rsplit(":", 1)[1]
        self.start("shopify", "simulate", "shopify", "--port", port, "--life", "0", "--webhook-url", hook)
        self.start("klaviyo", "simulate", "klaviyo", "--port", self.klaviyo.rsplit(":", 1)[1])

    def release(self) -> None:
        """Publish the first policy."""
        subprocess.run(command("release", "--quiet"), env=self.environment, cwd=ROOT, check=True)

    def start(self, name: str, *arguments: str) -> None:
        """Start a process under a name; without arguments the name is the command."""
        with (self.data / f"{name}.log").open("ab") as log:
            self.processes[name] = subprocess.Popen(
                command(*(arguments or (name,))),
                env=self.environment,
                cwd=ROOT,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def said(self, name: str) -> str:
        """Return all that a process has said so far."""
        return (self.data / f"{name}.log").read_text("utf-8", "replace")

    def kill(self, name: str) -> None:
        """End a process between any two of its instructions."""
        os.killpg(self.processes[name].pid, signal.SIGKILL)
        self.processes[name].wait()

    def stop(self) -> None:
        """Ask every process to end, and end those that do not."""
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
        """Ask the simulated Klaviyo which quantity it holds of each variant."""
        found = call(f"{self.klaviyo}/_sim/catalog")["variant"]
        return {id_.rsplit(":", 1)[1]: entry["inventory_quantity"] for id_, entry in found.items()}

    def variant(self, name: str) -> Any:
        """Show a variant."""
        return call(f"{self.web}/api/v1/variants/{name}")

    def explanation(self, name: str) -> Any:
        """Explain a variant."""
        return call(f"{self.web}/api/v1/variants/{name}/explanation")

    def counted(self, name: str, location: str) -> int:
        """Tell what a location's shelf counts for a variant."""
        return next(step["counted"] for step in self.explanation(name)["steps"] if step["location"] == location)

    def item_of(self, name: str) -> str:
        """Name the stock item of a variant: the sample shop numbers both alike."""
        return "4" + name[1:]

    def sim(self, action: str, **arguments: Any) -> None:
        """Do one thing in the simulated shop."""
        call(f"{self.shop}/_sim/{action}", arguments)
