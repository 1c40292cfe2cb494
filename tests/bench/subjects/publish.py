"""Telling Klaviyo: how much of its limit is used, and how long a fall to nothing waits while it is."""

import functools
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random
from typing import Any

from gateway.pipeline.destinations import ITEMS, VARIANTS
from gateway.pipeline.read import accept_readings
from gateway.services import Services
from gateway.store.values import Told
from policies.values import Reading
from tests.bench import shop
from tests.bench.ground import Ground, fresh_ground, location_name
from tests.bench.klaviyo import KEY, Account, simulated_account
from tests.bench.processes import worker
from tests.bench.registry import Contest, bench

PER_WINDOW = 75_000
"""Klaviyo's limit: 750 bulk jobs a minute of 100 variants each (OpenAPI, Bulk Update Catalog Variants)."""
WINDOW_S, BEFORE_S = 60, 6.0
FALL_EVERY_S = 0.5
LONG_WINDOWS = 5


@dataclass(frozen=True, slots=True)
class Run:
    """What some full windows brought."""

    accepted_per_window: float
    refused_per_window: float
    waits_s: tuple[float, ...]


@bench("publish.saturation", unit="variants/min", reference="K", must=0.98, moonshot=0.995)
def saturation(ground: Ground) -> Iterator[Contest]:
    """Variants that Klaviyo accepted in a full minute with more waiting than fits, one worker, all else quiet."""
    yield Contest(lambda: _run(ground.long).accepted_per_window, lambda: float(PER_WINDOW), rounds=1)


@bench("publish.refusals", unit="answers 429/min", must=1, moonshot=0, smaller_is_better=True)
def refusals(ground: Ground) -> Iterator[Contest]:
    """How often Klaviyo had to say no in that time."""
    yield Contest(lambda: _run(ground.long).refused_per_window, rounds=1)


@bench("publish.urgent_wait", unit="s", must=1, moonshot=0.25, smaller_is_better=True)
def urgent_wait(ground: Ground) -> Iterator[Contest]:
    """From the reading that takes a variant to nothing to Klaviyo's 202, the 99th percentile, in that time."""
    yield Contest(lambda: statistics.quantiles(_run(ground.long).waits_s, n=100)[-1], rounds=1)


@functools.cache
def _run(long: bool) -> Run:
    """Saturate once for all figures."""
    windows = LONG_WINDOWS if long else 1
    size = shop.Size(PER_WINDOW * windows + 12_000, 1)
    with fresh_ground() as ground, _account(size) as account:
        services = ground.services()
        _fill(services, size)
        ground.release()
        with worker({**ground.environment, "KLAVIYO_API_KEY": KEY, "KLAVIYO_BASE_URL": account.url}):
            falls = _fall_now_and_then(services, size, account, until=(windows + 1) * WINDOW_S)
        services.store.close()
    begin, end = WINDOW_S, (windows + 1) * WINDOW_S
    jobs = [job for job in account.accepted if begin <= job.at < end]
    refused = sum(begin <= at < end for at in account.refused)
    return Run(
        accepted_per_window=sum(len(job.units) for job in jobs) / windows,
        refused_per_window=refused / windows,
        waits_s=_waits(falls, account, begin),
    )


@contextmanager
def _account(size: shop.Size) -> Iterator[Account]:
    """An account that knows every variant, its clock so that the first full minute begins soon."""
    item, variants = "$custom:::$default:::", range(size.variants)
    products = {shop.product_of(n) for n in variants}
    records: dict[str, Any] = {
        "item": {item + name: {"published": True} for name in products},
        "variant": {
            item + shop.variant_name(n): {"published": True, "item": item + shop.product_of(n)} for n in variants
        },
    }
    with simulated_account(0.0, records) as account:
        yield account


def _fill(services: Services, size: shop.Size) -> None:
    """Everything told once, and everything decided otherwise since."""
    shop.fill(services, size, decided=False, more=50)
    moment = services.now()
    told = Told("another", 1, shop.NOON, exists=True)
    names = [shop.variant_name(n) for n in range(size.variants)]
    items = sorted({shop.product_of(n) for n in range(size.variants)})
    for start in range(0, len(names), 5_000):
        services.store.told.put(VARIANTS, dict.fromkeys(names[start : start + 5_000], told))
    for start in range(0, len(items), 5_000):
        services.store.told.put(ITEMS, dict.fromkeys(items[start : start + 5_000], told))
    shop.decide_all(services, moment)


def _fall_now_and_then(services: Services, size: shop.Size, account: Account, until: float) -> dict[str, float]:
    """Sell a variant out every half second; return when each fell, by the account's clock."""
    random, falls = Random(7), {}
    account.begun = time.monotonic() - (WINDOW_S - BEFORE_S)
    while account.elapsed() < until:
        number = random.randrange(size.variants)
        name = shop.variant_name(number)
        if name not in falls:
            at = services.now()
            falls[name] = account.elapsed()
            accept_readings(services, [Reading(shop.SOURCE, name, location_name(0), {"available": 0}, at)], at)
        time.sleep(FALL_EVERY_S)
    return falls


def _waits(falls: dict[str, float], account: Account, begin: float) -> tuple[float, ...]:
    """Match falls with the first job after them that told nothing is left."""
    waits = []
    for name, fell in falls.items():
        told = [job.at for job in account.accepted if job.at >= fell and job.units.get(name) == 0]
        if fell >= begin and told:
            waits.append(min(told) - fell)
    return tuple(waits)
