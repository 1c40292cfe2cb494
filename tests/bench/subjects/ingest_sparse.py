"""Single changes as they trickle in: any variant, any location, decided at once."""

import time
from collections.abc import Iterator
from datetime import timedelta
from itertools import count

from gateway.pipeline.read import accept_readings
from tests.bench import references, shop
from tests.bench.ground import Ground
from tests.bench.registry import Contest, bench

CHANGES, BATCH = 100_000, 1_000


@bench("ingest.sparse", unit="levels/s", reference="R", must=0.7, moonshot=1.5, on_a_full_shop=True)
def sparse(ground: Ground) -> Iterator[Contest]:
    """100,000 random changes in batches of 1,000, all that is due decided after each batch."""
    services, size, client, seeds = ground.services(), shop.Size(), ground.client, count(7)

    def ours() -> float:
        seed = next(seeds)
        at = shop.NOON + timedelta(minutes=seed)
        calls = shop.batches(shop.changes(CHANGES, size, seed, at), BATCH)
        begun = time.perf_counter()
        for number, readings in enumerate(calls):
            moment = at + timedelta(milliseconds=number + 1)
            accept_readings(services, readings, moment)
            shop.decide_all(services, moment)
        return CHANGES / (time.perf_counter() - begun)

    yield Contest(ours, lambda: references.pipelined_hset(client, shop.changes(CHANGES, size, 7, shop.NOON)))
    services.store.close()
