"""One outside account's request allowance, counted in the same server by every process that spends it."""

import math

from limits import RateLimitItemPerMinute, RateLimitItemPerSecond
from limits.storage import storage_from_string
from limits.strategies import MovingWindowRateLimiter

from gateway.store.connection import Connection
from gateway.store.keys import Keys

ASK_AGAIN_S = 0.1
WINDOWS = {
    # Klaviyo, catalog endpoints: 75 a second and 750 a minute (OpenAPI x-klaviyo-ratelimit, revision 2026-07-15).
    "catalog.write": (RateLimitItemPerSecond(75), RateLimitItemPerMinute(750)),
    "catalog.read": (RateLimitItemPerSecond(75), RateLimitItemPerMinute(750)),
    "account": (RateLimitItemPerSecond(1), RateLimitItemPerMinute(15)),
}
EVEN_PACE = (RateLimitItemPerSecond(13), RateLimitItemPerMinute(735))
"""For what is not urgent: no hole at a window's end, and 2 % of the minute kept for urgent work."""


class SharedBudget:
    """Implements `integrations.ports.Budget` for one account."""

    def __init__(self, connection: Connection, keys: Keys, account: str) -> None:
        url = connection.url
        scheme = "redis+unix" if url.startswith("unix:") else url.partition(":")[0]
        storage = storage_from_string(f"{scheme}:{url.partition(':')[2]}")
        self._limiter = MovingWindowRateLimiter(storage)
        self._connection, self._keys, self._account = connection, keys, account

    def take(self, family: str, *, urgent: bool = False) -> float:
        """Take one request, or say how many seconds to wait."""
        left_ms = int(self._connection.command("PTTL", self._closed(family)))
        if left_ms > 0:
            return left_ms / 1000
        windows = WINDOWS[family] + (() if urgent or family != "catalog.write" else EVEN_PACE)
        names = (self._keys.namespace, self._account, family)
        # Both windows are asked before either is spent; between the two another process may take the last one.
        if not all(self._limiter.test(window, *names, str(window)) for window in windows):
            return ASK_AGAIN_S
        return 0.0 if all([self._limiter.hit(window, *names, str(window)) for window in windows]) else ASK_AGAIN_S

    def refused(self, family: str, retry_after_s: float) -> None:
        """Close a family until the vendor takes requests again."""
        self._connection.command("SET", self._closed(family), 1, "PX", max(1, math.ceil(retry_after_s * 1000)))

    def remaining(self, family: str, requests: int, reset_s: float) -> None:
        """Close a family whose longer window is spent: other tools may spend the same account's."""
        if requests <= 0 and reset_s > 0:
            self.refused(family, reset_s)

    def _closed(self, family: str) -> str:
        return self._keys.house(f"budget:{self._account}:{family}:closed")
