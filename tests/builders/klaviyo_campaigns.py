"""A simulated account with campaigns and flows, on a clock that the test moves."""

import json
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from integrations.klaviyo import open_desks
from integrations.klaviyo.simulator import make_simulator
from integrations.ports import Desks
from tests.builders.klaviyo import KEY, RecordingBudget

START = datetime(2026, 11, 25, 12, tzinfo=UTC)
TEE = '<a href="https://shop.example/products/tee">Tee</a>'


@dataclass
class Clock:
    """The one clock of a test. Its monotonic face jumps at every look, so that no window of limits ever fills."""

    at: datetime = START
    steps: float = 0.0
    per_look_s: float = 61.0

    def now(self) -> datetime:
        return self.at

    def elapsed(self) -> float:
        self.steps += self.per_look_s
        return self.steps

    def forward(self, **time: float) -> None:
        self.at += timedelta(**time)


@dataclass
class Account:
    url: str
    clock: Clock
    desks: Desks
    budget: RecordingBudget = field(default_factory=RecordingBudget)

    def order(self, page: str, **told: Any) -> Any:
        request = urllib.request.Request(f"{self.url}/_sim/{page}", json.dumps(told).encode(), method="POST")
        with urllib.request.urlopen(request, timeout=5) as answer:
            return json.load(answer)

    def see(self, page: str) -> Any:
        with urllib.request.urlopen(f"{self.url}/_sim/{page}", timeout=5) as answer:
            return json.load(answer)

    def add(self, id_: str = "MSG1", **told: Any) -> str:
        """Schedule an e-mail about the tee for in eight hours."""
        message = {"id": id_, "channel": "email", "subject": "Tee", "html": TEE, "send_options": static(self.clock.at)}
        campaign = {"id": f"C-{id_}", "name": f"Campaign {id_}", "tags": told.pop("tags", [])}
        settings = told.pop("send_settings", {})
        self.order("campaigns", **campaign, send_settings=settings, messages=[message | told])
        return id_

    def message(self, id_: str = "MSG1") -> Any:
        return self.see("messaging")["messages"].get(id_)

    def effects(self, *names: str) -> list[str]:
        return [one["effect"] for one in self.see("journal") if not names or one["effect"] in names]


def static(at: datetime, hours: float = 8) -> dict[str, Any]:
    return {"send_strategy": "static", "send_time": (at + timedelta(hours=hours)).isoformat()}


@contextmanager
def account(clock: Clock | None = None, *, timeout_s: tuple[float, float] = (1.0, 5.0)) -> Iterator[Account]:
    clock = clock or Clock()
    server = make_simulator(0, api_key=KEY, now=clock.now, elapsed=clock.elapsed)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}"
    budget = RecordingBudget()
    try:
        yield Account(url, clock, open_desks(KEY, url, budget, pause=lambda _: None, timeout_s=timeout_s), budget)
    finally:
        server.shutdown()
        thread.join(5)
        server.server_close()
