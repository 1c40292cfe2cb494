"""A process that sends one signed webhook every so often until its input ends, and says how long each answer took."""

import json
import sys
import threading
import time
from http.client import HTTPConnection
from urllib.parse import urlsplit

from integrations.shopify.simulator.deliveries import signature
from tests.builders.reconcile import DOMAIN, SECRET

EVERY_S = 0.04


def main(url: str, first_item: str, items: str) -> None:
    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    connection = HTTPConnection(str(urlsplit(url).netloc), timeout=60)
    taken_ms: list[float] = []
    while not ended.wait(EVERY_S):
        number = len(taken_ms)
        body = {"inventory_item_id": int(first_item) + number % int(items), "location_id": 1, "available": number}
        raw = json.dumps(body).encode()
        headers = {
            "Content-Type": "application/json",
            "X-Shopify-Hmac-Sha256": signature(SECRET, raw),
            "X-Shopify-Shop-Domain": DOMAIN,
            "X-Shopify-Topic": "inventory_levels/update",
            "X-Shopify-Webhook-Id": f"{time.time_ns()}",
        }
        begun = time.perf_counter()
        connection.request("POST", "/webhooks/shopify", raw, headers)
        answer = connection.getresponse()
        answer.read()
        taken_ms.append(1000 * (time.perf_counter() - begun))
        if answer.status != 200:
            raise SystemExit(f"a webhook was answered {answer.status}")
    sys.stdout.write(json.dumps(sorted(taken_ms)) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
