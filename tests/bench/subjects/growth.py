"""The same work in a larger house: its cost must not grow."""

import time
from collections.abc import Iterator
from datetime import timedelta
from itertools import count

from gateway.pipeline.read import accept_readings
from gateway.services import Services
from tests.bench import shop
from tests.bench.ground import Ground
from tests.bench.registry import Contest, bench

SMALL, TEN, FIFTY = shop.Size(2_000, 5), shop.Size(20_000, 5), shop.Size(100_000, 5)
CHANGES, CALL, REPEATS = 1_000, 100, 5


def _seconds(services: Services, size: shop.Size, minute: int) -> float:
    at = shop.NOON + timedelta(minutes=minute)
    calls = shop.batches(shop.changes(CHANGES * REPEATS, size, minute, at), CALL)
    begun = time.perf_counter()
    for number, readings in enumerate(calls):
        moment = at + timedelta(milliseconds=number)
        accept_readings(services, readings, moment)
        shop.decide_all(services, moment)
    return (time.perf_counter() - begun) / REPEATS


def _grown(ground: Ground, larger: shop.Size) -> Iterator[Contest]:
    houses = {}
    for size in (SMALL, larger):
        houses[size] = ground.services(f"house-{size.variants}")
        shop.fill(houses[size], size, catalogue=False)
    minutes = count(1)
    yield Contest(
        lambda: 1000 * _seconds(houses[larger], larger, next(minutes)),
        lambda: 1000 * _seconds(houses[SMALL], SMALL, next(minutes)),
    )
    for services in houses.values():
        services.store.close()


@bench("growth.changes_x10", unit="ms", reference="2,000 variants", must=1.2, moonshot=1.1, smaller_is_better=True)
def ten_times(ground: Ground) -> Iterator[Contest]:
    """1,000 changes applied and decided among 20,000 variants, against the same among 2,000."""
    yield from _grown(ground, TEN)


@bench("growth.changes", unit="ms", reference="2,000 variants", must=1.2, moonshot=1.1, smaller_is_better=True)
def fifty_times(ground: Ground) -> Iterator[Contest]:
    """1,000 changes applied and decided among 100,000 variants, against the same among 2,000."""
    yield from _grown(ground, FIFTY)
