"""Sends signed webhooks from a thread of its own: retries with the same body and id, no order promised."""

import base64
import hashlib
import heapq
import hmac
import json
import threading
import uuid
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx

from integrations.shopify.simulator.faults import Faults
from integrations.shopify.simulator.schema import API_VERSION
from integrations.shopify.simulator.shop import Shop

RETRIES = 8  # Shopify's number; its four hours are a minute here
FIRST_RETRY_S = 0.25
SENDERS = 4
JOURNAL_ROWS = 20_000
HTTP_OK, HTTP_REDIRECT = 200, 300


def signature(secret: str, raw: bytes) -> str:
    """Sign a raw body as `X-Shopify-Hmac-Sha256` does."""
    return base64.b64encode(hmac.new(secret.encode(), raw, hashlib.sha256).digest()).decode()


@dataclass(order=True)
class Pending:
    """One delivery on its way; ordered by when it is due."""

    due_at: datetime
    sequence: int
    url: str = field(compare=False)
    topic: str = field(compare=False)
    body: bytes = field(compare=False)
    headers: dict[str, str] = field(compare=False)
    subscription: int | None = field(compare=False, default=None)
    attempts: int = field(compare=False, default=0)


class Deliveries:
    """The outgoing side of the shop. `start` begins to send; `stop` gives up what is unsent, as a lost delivery."""

    def __init__(self, shop: Shop, faults: Faults, now: Callable[[], datetime], secret: str, url: str | None) -> None:
        self._shop, self._faults, self._now, self._secret, self._url = shop, faults, now, secret, url
        self._due: list[Pending] = []
        self._held: list[Pending] = []
        self._sequence = 0
        self._in_the_air = 0
        self._wake = threading.Condition()
        self._stopped = False
        self._thread: threading.Thread | None = None
        self._client = httpx.Client(timeout=httpx.Timeout(5.0, connect=1.0), trust_env=False)
        self.journal: deque[dict[str, Any]] = deque(maxlen=JOURNAL_ROWS)

    def start(self) -> None:
        """Begin to send."""
        self._thread = threading.Thread(target=self._run, name="webhooks", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop sending and wait for what is in the air."""
        with self._wake:
            self._stopped = True
            self._wake.notify_all()
        if self._thread is not None:
            self._thread.join()
        self._client.close()

    @property
    def unsent(self) -> int:
        """How many deliveries are waiting, held back or in the air."""
        with self._wake:
            return len(self._due) + len(self._held) + self._in_the_air

    def emit(self, topic: str, payload: dict[str, Any]) -> None:
        """Write a change down, and queue one delivery for every address that listens. Hold the shop's lock."""
        at = self._now()
        event = str(uuid.uuid4())
        effect = {"kind": "effect", "at": at.isoformat(), "topic": topic, "event": event, "payload": payload}
        self.journal.append(effect)
        raw = json.dumps(payload, separators=(",", ":"), ensure_ascii=False).encode()
        enum = topic.replace("/", "_").upper()
        targets: list[tuple[int | None, str]] = [(None, self._url)] if self._url else []
        targets += [(row.id, row.uri) for row in self._shop.subscriptions.values() if row.topic == enum]
        for subscription, url in targets:
            headers = {
                "Content-Type": "application/json",
                "X-Shopify-Topic": topic,
                "X-Shopify-Hmac-Sha256": signature(self._secret, raw),
                "X-Shopify-Shop-Domain": self._shop.domain,
                "X-Shopify-API-Version": API_VERSION,
                "X-Shopify-Webhook-Id": str(uuid.uuid4()),
                "X-Shopify-Event-Id": event,
                "X-Shopify-Triggered-At": at.isoformat().replace("+00:00", "Z"),
            }
            self._queue(Pending(at, 0, url, topic, raw, headers, subscription))

    def _queue(self, pending: Pending) -> None:
        if self._faults.take("drop_webhooks"):
            self._note(pending, "dropped")
            return
        copies = 2 if self._faults.take("duplicate_webhooks") else 1
        with self._wake:
            if self._faults.take("reorder_webhooks"):
                self._held.append(pending)
                if self._faults.reorder_webhooks:
                    return
                batch, self._held = self._held[::-1], []
            else:
                batch = [pending] * copies
            for one in batch:
                self._push(one, self._now())
            self._wake.notify_all()

    def _push(self, pending: Pending, due_at: datetime) -> None:
        self._sequence += 1
        copy = Pending(due_at, self._sequence, pending.url, pending.topic, pending.body, pending.headers)
        copy.subscription, copy.attempts = pending.subscription, pending.attempts
        heapq.heappush(self._due, copy)

    def _run(self) -> None:
        with ThreadPoolExecutor(SENDERS, thread_name_prefix="webhook") as senders:
            while (pending := self._next()) is not None:
                senders.submit(self._send, pending)

    def _next(self) -> Pending | None:
        with self._wake:
            while not self._stopped:
                wait_s = (self._due[0].due_at - self._now()).total_seconds() if self._due else None
                if wait_s is not None and wait_s <= 0:
                    self._in_the_air += 1
                    return heapq.heappop(self._due)
                self._wake.wait(wait_s)
        return None

    def _send(self, pending: Pending) -> None:
        pending.attempts += 1
        try:
            status = self._client.post(pending.url, content=pending.body, headers=pending.headers).status_code
        except httpx.HTTPError:
            status = 0
        delivered = HTTP_OK <= status < HTTP_REDIRECT
        last = pending.attempts > RETRIES
        self._note(pending, "delivered" if delivered else "lost" if last else "failed", status)
        with self._wake:
            self._in_the_air -= 1
            if not delivered and not last:
                self._push(pending, self._now() + timedelta(seconds=FIRST_RETRY_S * 2 ** (pending.attempts - 1)))
                self._wake.notify_all()
        self._count(pending.subscription, delivered)

    def _count(self, subscription: int | None, delivered: bool) -> None:
        """Delete an API-made subscription after eight failures in a row, as Shopify does."""
        with self._shop.lock:
            if (row := self._shop.subscriptions.get(subscription or 0)) is None:
                return
            row.failures = 0 if delivered else row.failures + 1
            if row.failures >= RETRIES:
                del self._shop.subscriptions[row.id]

    def _note(self, pending: Pending, outcome: str, status: int | None = None) -> None:
        self.journal.append(
            {
                "kind": "delivery",
                "at": self._now().isoformat(),
                "topic": pending.topic,
                "event": pending.headers["X-Shopify-Event-Id"],
                "webhook": pending.headers["X-Shopify-Webhook-Id"],
                "outcome": outcome,
                "status": status,
                "attempt": pending.attempts,
            }
        )
