"""The console over the reference shop: its slowest requests, as the server sees them."""

import math
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta

from flask.testing import FlaskClient

from gateway.pipeline.read import accept_readings
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
ROUNDS, VARIANTS_SEEN, PERCENTILE = 5, 40, 0.95
CHANGED = 50


def _p95_ms(client: FlaskClient, addresses: Sequence[str]) -> float:
    times = []
    for address in addresses:
        begun = time.perf_counter()
        answer = client.get(address)
        times.append(time.perf_counter() - begun)
        if answer.status_code != 200:
            raise RuntimeError(f"{address} answers {answer.status_code}.")
    return 1000 * sorted(times)[math.ceil(PERCENTILE * len(times)) - 1]


def _signed_in(ground: Ground) -> tuple[FlaskClient, object]:
    services = ground.services()
    secret = services.store.accounts.create_token("bench", "reader", shop.NOON)
    app = create_app(services)
    app.config["WTF_CSRF_ENABLED"] = False
    client = app.test_client()
    client.post("/sign-in", data={"token": secret})
    return client, services


@bench("console.stock_list", unit="ms", must=150, smaller_is_better=True, on_a_full_shop=True)
def stock_list(ground: Ground) -> Iterator[Contest]:
    """95 of 100 times at most, under any filter, while 50 variants change between two looks."""
    client, _ = _signed_in(ground)
    services = ground.services()
    size = shop.Size()
    while client.get("/console/stock/board").headers.get("X-Behind", "0") != "0":
        pass
    minutes = iter(range(1, 1_000_000))

    def once() -> float:
        times = []
        for number in range(ROUNDS):
            at = shop.NOON + timedelta(minutes=next(minutes))
            accept_readings(services, shop.changes(CHANGED, size, number, at), at)
            shop.decide_all(services, at)
            times.append(_p95_ms(client, [f"/stock?{query}" for query in FILTERS]))
        return max(times)

    yield Contest(once)
    services.store.close()


@bench("console.variant_page", unit="ms", must=100, smaller_is_better=True, on_a_full_shop=True)
def variant_page(ground: Ground) -> Iterator[Contest]:
    """95 of 100 times at most, of variants that have moved at fifty places."""
    client, _ = _signed_in(ground)
    services = ground.services()
    for minute in range(1, 21):
        at = shop.NOON + timedelta(minutes=minute)
        accept_readings(services, shop.changes(200, shop.Size(variants=VARIANTS_SEEN), minute, at), at)
        shop.decide_all(services, at)
    addresses = [f"/stock/{shop.variant_name(number)}" for number in range(VARIANTS_SEEN)]
    yield Contest(lambda: _p95_ms(client, addresses))
    services.store.close()
