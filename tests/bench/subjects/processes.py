"""How soon processes are of use, and what they hold."""

import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta

from gateway.services import Services
from tests.bench import shop
from tests.bench.ground import Ground
from tests.bench.load import Load, requests_per_s
from tests.bench.processes import OURS, descendants, resident_mb, served, worker
from tests.bench.registry import Contest, bench
from tests.bench.subjects.ingest_bulk_http import body_of

LEAST_IMPORTS = "import redis, numpy"
LIMIT_S = 60.0


@bench(
    "start.web",
    unit="s",
    reference="import flask, redis",
    must=1.5,
    moonshot=0.8,
    smaller_is_better=True,
    absolute=True,
)
def start_web(ground: Ground) -> Iterator[Contest]:
    """From spawning gunicorn to the first 200 of /livez."""
    ground.release()

    def ours() -> float:
        with served(OURS, ground.environment) as web:
            return web.first_answer_s

    yield Contest(ours, lambda: imported_s("import flask, redis"))


def imported_s(statement: str) -> float:
    """Start an interpreter that imports and ends; seconds."""
    begun = time.perf_counter()
    subprocess.run([sys.executable, "-c", statement], check=True)
    return time.perf_counter() - begun


def _until_decided(services: Services, process: subprocess.Popen[bytes]) -> None:
    begun = time.perf_counter()
    while services.store.due.depth(services.now()):
        if process.poll() is not None or time.perf_counter() - begun > LIMIT_S:
            raise RuntimeError("The worker does not decide.")
        time.sleep(0.002)


@bench("start.worker", unit="ms over imports", must=100, moonshot=15, smaller_is_better=True, on_a_full_shop=True)
def start_worker(ground: Ground) -> Iterator[Contest]:
    """From spawning a worker on 1M levels to its first decision stored, less what importing Redis and NumPy takes."""
    services = ground.services()
    ground.release()

    def ours() -> float:
        imports_s = imported_s(LEAST_IMPORTS)
        services.store.due.mark([shop.variant_name(0)], services.now() - timedelta(seconds=1))
        begun = time.perf_counter()
        with worker(ground.environment) as process:
            _until_decided(services, process)
            return 1000 * (time.perf_counter() - begun - imports_s)

    yield Contest(ours)
    services.store.close()


@bench("rss.web", unit="MB", must=60, moonshot=45, smaller_is_better=True)
def rss_web(ground: Ground) -> Iterator[Contest]:
    """A web process that has taken in readings for a second; the larger of the two."""
    services, size = ground.services(), shop.Size(2_000, shop.LOCATIONS)
    shop.fill(services, size, decided=False)
    ground.release()
    token = services.store.accounts.create_token("bench", "source", shop.NOON)
    load = Load("/api/v1/readings", [body_of(n, size, token) for n in range(50)], connections=4, seconds=1)
    with served(OURS, ground.environment) as web:
        requests_per_s(web.url, load, ground.folder, round_name="")
        yield Contest(lambda: max(resident_mb(pid) for pid in descendants(web.pid)[1:]), rounds=1)
    services.store.close()


@bench("rss.worker", unit="MB", must=96, moonshot=67, smaller_is_better=True)
def rss_worker(ground: Ground) -> Iterator[Contest]:
    """A worker that has decided 1M levels, no outside account connected: 80 MB and 16 bytes a level at most."""
    services = ground.services()
    shop.fill(services, shop.Size(), decided=False)
    ground.release()
    with worker(ground.environment) as process:
        _until_decided(services, process)
        yield Contest(lambda: resident_mb(process.pid), rounds=1)
    services.store.close()
