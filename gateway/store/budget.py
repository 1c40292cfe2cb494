"""An outside account's request allowance, shared by every process that spends it.

Two moving windows per family (Klaviyo, developers.klaviyo.com "rate limits, status codes, and errors": a burst of one
second and a steady window of one minute), a free pace for what is urgent and an even one for the rest, so that urgent
work never finds the minute already spent.
"""

from dataclasses import dataclass
from typing import Final

from limits import RateLimitItemPerMinute, RateLimitItemPerSecond
from limits.storage import storage_from_string
from limits.strategies import MovingWindowRateLimiter

from gateway.store.connection import Connection, translated
from gateway.store.keys import Keys


@dataclass(frozen=True, slots=True)
class Allowance:
    """What the vendor grants one family."""

    per_second: int
    per_minute: int

    @property
    def reserve(self) -> int:
        """Return the requests a minute kept back for what is urgent: 2 %."""
        return -(-self.per_minute * 2 // 100)

    @property
    def gap_us(self) -> int:
        """Return the time between two requests that are not urgent, some 0.8 % above the even pace."""
        return -(-60_000_000 * 1008 // (self.per_minute * 1000))


ALLOWANCES: Final = {
    "catalog.write": Allowance(75, 750),
    # Pages may be read faster (350/s, 3,500/min), but polls of bulk jobs spend this family too: the lower counts.
    "catalog.read": Allowance(75, 750),
    "account": Allowance(1, 15),
    # Klaviyo counts each endpoint for itself; one family for all of a kind is the careful side.
    "campaign.read": Allowance(10, 150),
    "campaign.write": Allowance(10, 150),
    "flow": Allowance(3, 60),
    "tag": Allowance(3, 60),
    "template.read": Allowance(75, 750),
}
"""Klaviyo's OpenAPI, x-klaviyo-ratelimit of the operations used, revision 2026-07-15 and its beta for 2026-10-15."""


def limits_url(url: str) -> str:
    """Say a server's URL as `limits` wants it."""
    return url.replace("unix://", "redis+unix://", 1) if url.startswith("unix://") else url


class AccountBudget:
    """Implements `integrations.ports.Budget` for one account."""

    def __init__(self, connection: Connection, keys: Keys, account: str) -> None:
        self._connection, self._keys, self._account = connection, keys, account
        # Time is the server's own throughout: processes on several machines share these windows.
        storage = storage_from_string(
            limits_url(connection.url),
            key_prefix=keys.house("limits"),
            socket_timeout=connection.timeout_s,
            socket_connect_timeout=connection.timeout_s,
        )
        self._limiter = MovingWindowRateLimiter(storage)

    def take(self, family: str, *, urgent: bool = False) -> float:
        """Take one request, or return how many seconds to wait before asking again."""
        allowance = ALLOWANCES[family]
        wait_ms = self._connection.script(
            "pace",
            [self._key(family, "held"), self._key(family, "left"), self._key(family, "next")],
            [0 if urgent else allowance.gap_us, 0 if urgent else allowance.reserve],
        )
        if wait_ms > 0:
            return float(wait_ms) / 1000
        with translated():
            return self._spend(family, allowance, urgent)

    def _spend(self, family: str, allowance: Allowance, urgent: bool) -> float:
        burst, steady = RateLimitItemPerSecond(allowance.per_second), RateLimitItemPerMinute(allowance.per_minute)
        names = (self._account, family)
        if not self._limiter.test(steady, *names, cost=1 if urgent else 1 + allowance.reserve):
            return 0.5
        if not self._limiter.hit(burst, *names):
            return 1 / allowance.per_second
        return 0.0 if self._limiter.hit(steady, *names) else 0.5

    def refused(self, family: str, retry_after_s: float) -> None:
        """Hold the family until the vendor will have it again."""
        self._connection.command("SET", self._key(family, "held"), 1, "PX", max(1, round(retry_after_s * 1000)))

    def remaining(self, family: str, requests: int, reset_s: float) -> None:
        """Take the vendor's own count of what is left of its minute; other clients spend from it too."""
        self._connection.command("SET", self._key(family, "left"), requests, "PX", max(1, round(reset_s * 1000)))

    def _key(self, family: str, name: str) -> str:
        return self._keys.house(f"budget:{self._account}:{family}:{name}")
