"""A simulated Klaviyo beside the benchmark, whose every answer about bulk jobs is noted with its time."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson

from integrations.klaviyo.simulator import make_simulator

KEY = "pk_bench"
TOO_MANY = "429"
Start = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Accepted:
    """One bulk job that was accepted."""

    at: float  # seconds of the account's clock
    units: dict[str, int | None]  # by variant or product


@dataclass
class Account:
    """The account's clock and what it answered."""

    url: str = ""
    begun: float = field(default_factory=time.monotonic)
    accepted: list[Accepted] = field(default_factory=list)
    refused: list[float] = field(default_factory=list)

    def elapsed(self) -> float:
        """Seconds on the account's clock; its windows begin at multiples of 1 and 60."""
        return time.monotonic() - self.begun

    def watch(self, application: Callable[..., Iterable[bytes]]) -> Callable[..., Iterable[bytes]]:
        """Wrap the simulator so that what it answers is noted."""

        def watched(environ: dict[str, Any], start: Start) -> Iterable[bytes]:
            body = b""
            if environ["REQUEST_METHOD"] == "POST" and "-bulk-" in environ["PATH_INFO"]:
                body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
                environ["wsgi.input"] = _Again(body)

            def noted(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
                if status.startswith(TOO_MANY):
                    self.refused.append(self.elapsed())
                elif body and status.startswith("2"):
                    self.accepted.append(Accepted(self.elapsed(), dict(_units(body))))
                return start(status, headers, *more)

            return application(environ, noted)

        return watched


class _Again:
    """A body that was read already, to be read once more."""

    def __init__(self, body: bytes) -> None:
        self._left = body

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes."""
        size = len(self._left) if size < 0 else size
        taken, self._left = self._left[:size], self._left[size:]
        return taken


def _units(body: bytes) -> Iterator[tuple[str, int | None]]:
    attributes = orjson.loads(body)["data"]["attributes"]
    for record in next(iter(attributes.values()))["data"]:
        name = record.get("id") or record["attributes"]["external_id"]
        yield str(name).rpartition(":::")[2], record["attributes"].get("inventory_quantity")


@contextmanager
def simulated_account(offset_s: float, records: dict[str, Any]) -> Iterator[Account]:
    """Serve an account that knows `records` already; its clock starts at `offset_s`."""
    account = Account(begun=time.monotonic() - offset_s)
    server = make_simulator(0, api_key=KEY, now=lambda: datetime.now(UTC), elapsed=account.elapsed)
    simulator = server.app
    simulator.account.records = records
    server.app = account.watch(simulator)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    account.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield account
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()
