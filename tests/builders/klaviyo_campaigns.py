"""A simulated account with campaigns and flows, on a clock that the test moves."""

import json
import threading
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment

from werkzeug.serving import WSGIRequestHandler, make_server

from integrations.klaviyo import open_desks
from integrations.klaviyo.simulator import Shelf
from integrations.klaviyo.simulator.server import Simulator
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
    passes_by_looking: timedelta = timedelta(0)

    def now(self) -> datetime:
        self.at += self.passes_by_looking
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
    budget: RecordingBudget

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


class _Stage:
    """One server for all tests, each with an account of its own behind it: the SDK takes a second to get ready."""

    def __init__(self) -> None:
        self.simulator: Simulator | None = None
        self.budget = RecordingBudget()
        server = make_server("127.0.0.1", 0, self._answer, threaded=True, request_handler=_Quiet)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        self.url = f"http://127.0.0.1:{server.server_port}"
        self.desks = open_desks(KEY, self.url, self.budget, pause=lambda _: None, timeout_s=(1.0, 5.0))

    def _answer(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        assert self.simulator is not None
        return self.simulator(environ, start_response)


class _Quiet(WSGIRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        return


@cache
def _stage() -> _Stage:
    return _Stage()


@contextmanager
def account(clock: Clock | None = None, shelf: Shelf | None = None) -> Iterator[Account]:
    clock, stage = clock or Clock(), _stage()
    stage.simulator = Simulator(KEY, clock.now, clock.elapsed, None, shelf)
    stage.budget.__init__()  # type: ignore[misc]
    yield Account(stage.url, clock, stage.desks, stage.budget)
