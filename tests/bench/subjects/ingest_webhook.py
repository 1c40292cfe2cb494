"""Single webhooks: one request, one changed level."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from itertools import count

from tests.bench.ground import Ground
from tests.bench.load import Load, Prepared, requests_per_s
from tests.bench.processes import OURS, served
from tests.bench.registry import Contest, bench

SECRET = "a-secret-of-the-benchmark"
SHOP = "bench.myshopify.com"
PADDING = "x" * 880  # about 1 KB in all, what a webhook of this topic weighs with its longer cousins


def _delivery(number: int) -> Prepared:
    level = {"inventory_item_id": 45_000_000_000_000 + number, "location_id": 60_000_000_000, "available": number % 90}
    body = json.dumps({**level, "updated_at": "2026-11-25T12:00:00-05:00", "note": PADDING}).encode()
    signature = base64.b64encode(hmac.digest(SECRET.encode(), body, hashlib.sha256)).decode()
    headers = {"Content-Type": "application/json", "X-Shopify-Topic": "inventory_levels/update"}
    return Prepared(body, headers | {"X-Shopify-Hmac-Sha256": signature, "X-Shopify-Shop-Domain": SHOP})


@bench("ingest.webhook", unit="requests/s", reference="bare WSGI", must=0.6, moonshot=0.8)
def webhook(ground: Ground) -> Iterator[Contest]:
    """Signed deliveries, each with an id of its own, against a bare callable with the same HMAC and one XADD."""
    load = Load("/webhooks/shopify", [_delivery(n) for n in range(500)], counted="X-Shopify-Webhook-Id")
    ground.release()
    shopify = {"SHOPIFY_WEBHOOK_SECRETS": SECRET, "SHOPIFY_SHOP": SHOP, "SHOPIFY_ACCESS_TOKEN": "shpat_bench"}
    bare = {"BENCH_REDIS_URL": ground.url, "BENCH_SECRET": SECRET}
    rounds = count()
    with served(OURS, {**ground.environment, **shopify}) as ours, served("tests.bench.bare:webhooks()", bare) as theirs:
        yield Contest(
            lambda: requests_per_s(ours.url, load, ground.folder, round_name=f"r{next(rounds)}"),
            lambda: requests_per_s(theirs.url, load, ground.folder, round_name="bare"),
        )
