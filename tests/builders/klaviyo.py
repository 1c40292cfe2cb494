"""Catalogue values, a recording budget, and a simulated account on a free port."""

import json
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from integrations.klaviyo import KlaviyoCatalog, open_klaviyo
from integrations.klaviyo.simulator import make_simulator
from integrations.ports import CatalogItem, CatalogJob, CatalogVariant, JobOutcome

KEY = "pk_test_sample"


def item(product: str = "tee", **changes: Any) -> CatalogItem:
    facts = {"title": "Tee", "description": "", "url": "https://shop.example/tee"} | changes
    return CatalogItem(product=product, **facts)


def variant(id_: str = "tee-m", **changes: Any) -> CatalogVariant:
    facts = {"product": "tee", "title": "Tee / M", "description": "", "sku": "TEE-M", "units": 3}
    return CatalogVariant(variant=id_, **(facts | {"url": "https://shop.example/tee"} | changes))


@dataclass
class RecordingBudget:
    """Lets everything pass unless told to wait, and remembers what it is told."""

    wait_s: float = 0.0
    taken: list[tuple[str, bool]] = field(default_factory=list)
    refusals: list[tuple[str, float]] = field(default_factory=list)
    left: list[tuple[str, int, float]] = field(default_factory=list)

    def take(self, family: str, *, urgent: bool = False) -> float:
        self.taken.append((family, urgent))
        return self.wait_s

    def turns(self, family: str, *, urgent: bool = False) -> int:
        return 0 if self.wait_s else 6

    def refused(self, family: str, retry_after_s: float) -> None:
        self.refusals.append((family, retry_after_s))

    def remaining(self, family: str, requests: int, reset_s: float) -> None:
        self.left.append((family, requests, reset_s))


@dataclass
class Shop:
    url: str
    budget: RecordingBudget
    catalog: KlaviyoCatalog

    def order(self, **failures: Any) -> None:
        request = urllib.request.Request(f"{self.url}/_sim/fail", json.dumps(failures).encode(), method="POST")
        urllib.request.urlopen(request, timeout=5).close()

    def see(self, page: str) -> Any:
        with urllib.request.urlopen(f"{self.url}/_sim/{page}", timeout=5) as answer:
            return json.load(answer)

    def finish(self, job: CatalogJob, job_id: str | None = None) -> JobOutcome:
        job_id = job_id or self.catalog.submit(job, urgent=False)
        deadline = time.monotonic() + 5
        while not (outcome := self.catalog.outcome(job.kind, job_id, job=job)).finished:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        return outcome


@contextmanager
def simulated(
    *,
    key: str = KEY,
    state_file: Path | None = None,
    timeout_s: tuple[float, float] = (1.0, 5.0),
    elapsed: Callable[[], float] = time.monotonic,
) -> Iterator[Shop]:
    server = make_simulator(0, api_key=KEY, now=lambda: datetime.now(UTC), elapsed=elapsed, state_file=state_file)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}"
    budget = RecordingBudget()
    shop = Shop(url, budget, open_klaviyo(key, url, budget, timeout_s=timeout_s))
    shop.order(job_delay_s=0.0)
    try:
        yield shop
    finally:
        server.shutdown()
        thread.join(5)
        server.server_close()
