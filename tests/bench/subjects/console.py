"""The console over the reference shop: its slowest requests, as the server sees them."""

import math
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from http import HTTPStatus
from itertools import count

from flask.testing import FlaskClient

from gateway.pipeline.read import accept_readings
from gateway.services import Services
from gateway.stock_index import StockIndex, Wanted
from gateway.web import create_app
from tests.bench import shop
from tests.bench.ground import Ground, location_name
from tests.bench.registry import Contest, bench

FILTERS = (
    "",
    "q=sku-19999",
    "q=nothing+is+called+so",
    "band=low",
    "tag=sneakers&band=healthy",
    "collection=none",
    "why=buffer_kept",
    "why=variant_blocked",
    f"location={location_name(7)}&sort=on_hand&dir=desc",
    "store_only=1",
    "sort=title&page=100",
    "q=product&sort=sku&dir=desc&tag=summer",
)
ROUNDS, VARIANTS_SEEN, MOVES, PERCENTILE = 5, 40, 10, 0.95
CHANGED = 50


def _times_ms(client: FlaskClient, addresses: Sequence[str]) -> list[float]:
    times = []
    for address in addresses:
        begun = time.perf_counter()
        answer = client.get(address)
        times.append(1000 * (time.perf_counter() - begun))
        if answer.status_code != HTTPStatus.OK:
            raise RuntimeError(f"{address} answers {answer.status_code}.")
    return times


def _p95(times: Sequence[float]) -> float:
    return sorted(times)[math.ceil(PERCENTILE * len(times)) - 1]


def _signed_in(services: Services) -> FlaskClient:
    secret = services.store.accounts.create_token("bench", "reader", shop.NOON)
    app = create_app(services)
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    client.post("/sign-in", data={"token": secret})
    return client


@bench("console.stock_list", unit="ms", must=150, smaller_is_better=True, on_a_full_shop=True)
def stock_list(ground: Ground) -> Iterator[Contest]:
    """The page under every filter, 95 of 100 times at most, while 50 variants change between two looks."""
    services = ground.services()
    client, size, minutes = _signed_in(services), shop.Size(), count(1)
    services.stock.listing(services.store, services.policies, Wanted(), elapsed=services.elapsed)

    def once() -> float:
        times = []
        for _ in range(ROUNDS):
            minute = next(minutes)
            at = shop.NOON + timedelta(minutes=minute)
            accept_readings(services, shop.changes(CHANGED, size, minute, at), at)
            shop.decide_all(services, at)
            times += _times_ms(client, [f"/stock?{query}" for query in FILTERS])
        return _p95(times)

    yield Contest(once)
    services.store.close()


@bench("console.stock_count", unit="s", must=10, smaller_is_better=True, on_a_full_shop=True)
def stock_count(ground: Ground) -> Iterator[Contest]:
    """Counting the whole shop for the first list after a start."""

    def once() -> float:
        services = ground.services()
        begun = time.perf_counter()
        StockIndex().listing(services.store, services.policies, Wanted(), elapsed=services.elapsed)
        took = time.perf_counter() - begun
        services.store.close()
        return took

    yield Contest(once)


@bench("console.variant_page", unit="ms", must=100, smaller_is_better=True, on_a_full_shop=True)
def variant_page(ground: Ground) -> Iterator[Contest]:
    """The page of variants that have moved a hundred times at fifty places, 95 of 100 times at most."""
    services = ground.services()
    client = _signed_in(services)
    for minute in range(1, MOVES + 1):
        at = shop.NOON + timedelta(minutes=minute)
        accept_readings(services, shop.changes(10 * VARIANTS_SEEN, shop.Size(VARIANTS_SEEN), minute, at), at)
        shop.decide_all(services, at)
    addresses = [f"/stock/{shop.variant_name(number)}" for number in range(VARIANTS_SEEN)]
    yield Contest(lambda: _p95(_times_ms(client, addresses)))
    services.store.close()
