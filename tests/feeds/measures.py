"""How fast feeds are, each against a reference of the same run; the targets stand beside them in `test_pace`."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

from gateway.feeds.assemble import CatalogFeed, assemble, plan_of
from gateway.feeds.copies import Copies
from gateway.feeds.forms import JSON
from gateway.feeds.layout import CAP_UNITS, HEAD, Layout, PoolColumn, fresh_memory
from gateway.feeds.member import deflate
from gateway.feeds.splice import Splicer
from gateway.store import Store
from gateway.store.feed_parts import Place
from gateway.store.keys import PAGE_ROWS, PARTITIONS
from gateway.store.values import FeedState
from policies.columns import POOL_STATE
from policies.values import Band

ROOT = Path(__file__).resolve().parents[2]
AT = datetime(2026, 11, 25, 12, tzinfo=UTC)
LAYOUT = Layout((PoolColumn("ship", "ship", 0, True, False),), (), (), b"12345678")


class Catalogue:
    """So many variants, their facts written already, their promises in columns."""

    def __init__(self, count: int) -> None:
        dice = np.random.default_rng(7)
        self.facts = [_facts(number) for number in range(count)]
        self.fixed: list[bytes | None] = [JSON.fixed(facts) for facts in self.facts]
        self.pools: npt.NDArray[Any] = np.zeros((count, 1), POOL_STATE)
        self.memory = fresh_memory(count)
        self.set(np.arange(count), dice.integers(0, 400, count))

    def set(self, rows: npt.NDArray[np.int64], units: npt.NDArray[np.int64]) -> None:
        """Promise other units of some variants."""
        self.pools["promised"][rows, 0] = units
        self.pools["band"][rows, 0] = np.where(units == 0, Band.OUT, np.where(units < 10, Band.LOW, Band.HEALTHY))
        self.memory["told"][rows] = units

    def pages(self) -> range:
        """The pages' numbers."""
        return range(-(-len(self.fixed) // PAGE_ROWS))

    def texts(self, splicer: Splicer, pages: Any) -> list[tuple[bytes, int]]:
        """Write some pages' parts, before deflating."""
        texts = []
        for page in pages:
            rows = slice(page * PAGE_ROWS, (page + 1) * PAGE_ROWS)
            texts.append(splicer.join(self.fixed[rows], splicer.live(self.pools[rows], self.memory[rows])))
        return texts

    def objects(self) -> list[dict[str, Any]]:
        """The same as objects, ready to be written."""
        units, bands = self.memory["told"].tolist(), self.pools["band"][:, 0].tolist()
        return [
            {
                **facts,
                "inventory_quantity": min(count, CAP_UNITS),
                "inventory_policy": 1,
                "ship_band": Band(band).word,
                "ship_units": min(count, CAP_UNITS),
            }
            for facts, count, band in zip(self.facts, units, bands, strict=True)
        ]


def _facts(number: int) -> dict[str, Any]:
    name = f"{number:07d}"
    return {
        "id": f"4455667{name}",
        "title": f"Linen shirt {name} / Blue / {'SML'[number % 3]}",
        "link": f"https://shop.example/products/linen-shirt-{name}?variant=4455667{name}",
        "description": f"A shirt of washed linen, number {name}, cut wide, with buttons of shell. Made in Portugal.",
        "image_link": f"https://cdn.shop.example/s/files/1/0001/{name}/linen-shirt-{number * 7919 % 100_003}.jpg",
        "price": 59 + number % 40,
        "categories": ["shirts", "summer"],
        "sku": f"LS-{name}",
        "product_id": f"77{name}",
    }


Pair = tuple[Callable[[], object], Callable[[], object]]
"""What is measured, and its reference."""


def feed_full(count: int = 100_000) -> Pair:
    """A full build without compression, against `orjson.dumps` of ready objects."""
    catalogue = Catalogue(count)
    objects = catalogue.objects()
    built = b",\n".join(text for text, _ in catalogue.texts(Splicer(JSON, LAYOUT), catalogue.pages()))
    assert orjson.loads(b"[" + built + b"]") == objects

    def build() -> None:
        catalogue.texts(Splicer(JSON, LAYOUT), catalogue.pages())

    return build, lambda: orjson.dumps(objects)


def feed_partial(store: Store, folder: Path, count: int = 100_000) -> Pair:
    """A build after 0.1 % of the variants changed, against a full one; both deflate, keep parts, write the file."""
    catalogue, splicer, copies = Catalogue(count), Splicer(JSON, LAYOUT), Copies(folder)
    dice, version = np.random.default_rng(11), [0]

    def build(pages: Any) -> None:
        version[0] += 1
        parts = []
        for page, (raw, items) in zip(pages, catalogue.texts(splicer, pages), strict=True):
            parts.append(part_of(_place(page), raw, items, version[0]))
        store.feed_parts.put("json", parts)
        plan = plan_of(store.feed_parts, CatalogFeed("json"))
        assert assemble(store.feed_parts, copies, plan, AT, AT) is not None

    def partial() -> None:
        rows = dice.choice(count, count // 1000, replace=False)
        catalogue.set(rows, dice.integers(0, 400, len(rows)))
        build(sorted({int(row) // PAGE_ROWS for row in rows}))

    def full() -> None:
        catalogue.set(np.arange(count), dice.integers(0, 400, count))
        build(catalogue.pages())

    full()
    return partial, full


def part_of(place: Place, raw: bytes, items: int, version: int) -> tuple[Place, bytes, bytes]:
    """A part as the keeper keeps it."""
    import hashlib

    part, head = deflate(raw), np.zeros(1, HEAD)
    head["version"], head["items"] = version, items
    head["digest"] = np.frombuffer(hashlib.sha256(part.deflated).digest()[:16], np.uint8)
    head["crc"], head["length"], head["deflated"] = part.crc, part.length, len(part.deflated)
    return place, head.tobytes(), part.deflated


def _place(page: int) -> Place:
    return page % PARTITIONS, page // PARTITIONS


def feed_first_byte(store: Store, url: str, folder: Path, count: int = 100_000) -> dict[str, float]:
    """The time to a feed's first byte from gunicorn, against an empty answer's; and how much memory serving costs."""
    catalogue, copies = Catalogue(count), Copies(folder / "feeds")
    texts = catalogue.texts(Splicer(JSON, LAYOUT), catalogue.pages())
    store.feed_parts.put("json", [part_of(_place(page), *text, 1) for page, text in enumerate(texts)])
    store.epoch.write("first")
    plan = plan_of(store.feed_parts, CatalogFeed("json"))
    assert assemble(store.feed_parts, copies, plan, AT, datetime.now(UTC)) is not None
    state = FeedState(plan.etag, AT, datetime.now(UTC), plan.items, plan.length)
    store.feeds.put_state("catalog.json", state)
    token = store.feeds.create_token("measure", datetime.now(UTC))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = {"REDIS_URL": url, "GATEWAY_NAMESPACE": "t", "GATEWAY_DATA_DIR": str(folder), "PORT": str(port)}
    command = [sys.executable, "-m", "gunicorn", "-c", "config/gunicorn.conf.py", "gateway.web:create_app()"]
    web = subprocess.Popen(
        command, cwd=ROOT, env={**os.environ, **settings, "WEB_CONCURRENCY": "1"}, stderr=subprocess.DEVNULL
    )
    try:
        return _asked(f"http://127.0.0.1:{port}", token, web.pid)
    finally:
        web.terminate()
        web.wait(20)


def _asked(base: str, token: str, pid: int) -> dict[str, float]:
    deadline = time.monotonic() + 30
    while True:
        try:
            _first_byte_s(f"{base}/livez")
            break
        except OSError:
            assert time.monotonic() < deadline
            time.sleep(0.05)
    feed = f"{base}/feeds/{token}/catalog.json"
    _first_byte_s(feed)
    idle_kb = _peak_kb(pid)
    for zipped in (True, False):  # both ways, to the end
        headers = {"Accept-Encoding": "gzip"} if zipped else {}
        with urllib.request.urlopen(urllib.request.Request(feed, headers=headers), timeout=60) as answer:
            while answer.read(1 << 20):
                pass
    grown_kb = _peak_kb(pid) - idle_kb
    rounds = [(_first_byte_s(feed), _first_byte_s(f"{base}/livez")) for _ in range(60)]
    value, reference = median(one for one, _ in rounds), median(other for _, other in rounds)
    return {"value": value, "reference": reference, "ratio": value / reference, "extra_mb": grown_kb / 1024}


def _first_byte_s(url: str) -> float:
    request = urllib.request.Request(url, headers={"Accept-Encoding": "gzip"})
    begun = time.perf_counter()
    with urllib.request.urlopen(request, timeout=10) as answer:
        answer.read(1)
        return time.perf_counter() - begun


def _peak_kb(pid: int) -> int:
    """The highest memory of the processes below a master, so far."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    peaks = [Path(f"/proc/{child}/status").read_text().split("VmHWM:")[1].split()[0] for child in children]
    return max(int(peak) for peak in peaks)


def ratio(pair: Pair, rounds: int = 3) -> float:
    """Time both by turns; return the median ratio."""
    return median(timed(pair[0]) / timed(pair[1]) for _ in range(rounds))


def timed(work: Callable[[], object]) -> float:
    """Return how many seconds something takes."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun
