"""Readings by the thousand over HTTP, as a warehouse system sends them."""

import json
from collections.abc import Iterator
from datetime import timedelta

from tests.bench import shop
from tests.bench.ground import Ground
from tests.bench.load import Load, Prepared, requests_per_s
from tests.bench.processes import OURS, served
from tests.bench.registry import Contest, bench

BATCH = 1_000
BODIES = 200


def body_of(number: int, size: shop.Size, token: str) -> Prepared:
    """Make the readings of 20 whole variants, later by the minute with every number."""
    at = shop.NOON + timedelta(minutes=number)
    first = number * (BATCH // size.locations) % size.variants
    rows = [
        {
            "variant": shop.variant_name(first + n // size.locations),
            "location": shop.location_name(n % size.locations),
            "quantities": {"available": (number * 7 + n) % 200},
            "observed_at": (at + timedelta(seconds=n // size.locations)).isoformat().replace("+00:00", "Z"),
        }
        for n in range(BATCH)
    ]
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {token}"}
    return Prepared(json.dumps({"source": shop.SOURCE, "readings": rows}).encode(), headers)


@bench(
    "ingest.bulk_http",
    unit="levels/s",
    reference="nested schema + XADD per level",
    must=10,
    moonshot=20,
    on_a_full_shop=True,
)
def bulk_http(ground: Ground) -> Iterator[Contest]:
    """POST /api/v1/readings, 1,000 levels a body, against a nested schema and one XADD per level."""
    services, size = ground.services(), shop.Size()
    ground.release()
    token = services.store.accounts.create_token("bench", "source", shop.NOON)
    load = Load("/api/v1/readings", [body_of(n, size, token) for n in range(BODIES)], connections=4)
    bare = {"BENCH_REDIS_URL": ground.url}
    with served(OURS, ground.environment) as ours, served("tests.bench.bare:readings()", bare) as theirs:
        yield Contest(
            lambda: BATCH * requests_per_s(ours.url, load, ground.folder, round_name=""),
            lambda: BATCH * requests_per_s(theirs.url, load, ground.folder, round_name=""),
        )
    services.store.close()
