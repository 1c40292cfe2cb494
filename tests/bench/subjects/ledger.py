"""The ledger alone: what a level costs in the server's memory, and how fast whole variants are merged into it."""

import time
from collections.abc import Iterator
from datetime import timedelta
from itertools import count

import numpy as np

from tests.bench import references, shop
from tests.bench.ground import Ground, location_name
from tests.bench.registry import Contest, bench

MERGED = shop.Size(10_000, 50)
CALL_VARIANTS = 1_000


@bench("ledger.bytes_per_level", unit="bytes", must=20, moonshot=13.5, smaller_is_better=True)
def bytes_per_level(ground: Ground) -> Iterator[Contest]:
    """What 1M levels add to the server: names, levels and decisions; not the catalogue's texts, nor the journal."""
    services, size, client = ground.services(), shop.Size(), ground.client
    before = services.store.server().used_memory_bytes
    shop.fill(services, size, catalogue=False)
    for key in client.scan_iter("*journal*"):
        client.delete(key)
    yield Contest(lambda: (services.store.server().used_memory_bytes - before) / size.levels, rounds=1)
    services.store.close()


@bench("ledger.reconcile_merge", unit="levels/s", reference="R", must=30, moonshot=100)
def reconcile_merge(ground: Ground) -> Iterator[Contest]:
    """Every level of 10,000 variants said anew, one in ten of them changed; columns in, outcomes out."""
    services, size, client, rounds = ground.services(), MERGED, ground.client, count(1)
    shop.fill(services, size, catalogue=False, decided=False)
    slots = np.array([services.store.ledger.slot(shop.SOURCE, location_name(n)) for n in range(size.locations)])

    def ours() -> float:
        number = next(rounds)
        at = shop.NOON + timedelta(minutes=number)
        calls = []
        for first in range(0, size.variants, CALL_VARIANTS):
            columns = shop.dense(np.arange(first, first + CALL_VARIANTS), slots.astype(np.int32), at)
            columns.quantities[::10] += number
            calls.append(columns)
        begun = time.perf_counter()
        for columns in calls:
            services.store.ledger.record_columns(columns, at=at)
        return size.levels / (time.perf_counter() - begun)

    yield Contest(ours, lambda: references.pipelined_hset(client, shop.changes(100_000, size, 7, shop.NOON)))
    services.store.close()
