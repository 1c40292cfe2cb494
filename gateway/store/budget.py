"""An outside account's request allowance, shared by every process that spends it.

Klaviyo grants each endpoint two fixed windows (developers.klaviyo.com, "rate limits, status codes, and errors"): a
burst of one second and a steady one of a minute, and says with each answer how much of the minute is left. What can
wait is spread over what is left; what is urgent goes at once, and a share of the minute is kept for it.
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
        """Return the time between two requests that are not urgent, at an even pace."""
        return -(-60_000_000 // self.per_minute)

    @property
    def at_once(self) -> int:
        """Return how many requests may go without a gap after a pause: a second's worth at an even pace."""
        return max(1, self.per_minute // 60)


ALLOWANCES: Final = {
    "catalog.write": Allowance(75, 750),
    "catalog.read": Allowance(350, 3500),
    "jobs.read": Allowance(75, 750),
    "jobs.list": Allowance(75, 750),
    "account": Allowance(1, 15),
    # Klaviyo counts each endpoint for itself; one family for all of a kind is the careful side.
    "campaign.read": Allowance(10, 150),
    "campaign.write": Allowance(10, 150),
    "flow": Allowance(3, 60),
    "tag": Allowance(3, 60),
    "template.read": Allowance(75, 750),
    "event": Allowance(350, 3500),
    "event.bulk": Allowance(10, 150),
    "back_in_stock": Allowance(350, 3500),
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
        wait_ms, *known = self._pace("take", family, urgent)
        if wait_ms > 0:
            return float(wait_ms) / 1000
        with translated():
            return self._spend(family, ALLOWANCES[family], urgent, known=bool(known[0]))

    def turns(self, family: str, *, urgent: bool = False) -> int:
        """Count the requests that would be let through now."""
        return int(self._pace("count", family, urgent)[0])

    def _pace(self, verb: str, family: str, urgent: bool) -> list[int]:
        allowance = ALLOWANCES[family]
        keys = [self._key(family, name) for name in ("held", "left", "next")]
        arguments = [verb, int(urgent), allowance.gap_us, allowance.at_once, allowance.reserve]
        answer: list[int] = self._connection.script("pace", keys, arguments)
        return answer

    def _spend(self, family: str, allowance: Allowance, urgent: bool, *, known: bool) -> float:
        """Count the request in our own windows; while the vendor's count of its minute is known, that one decides."""
        burst, steady = RateLimitItemPerSecond(allowance.per_second), RateLimitItemPerMinute(allowance.per_minute)
        names = (self._account, family)
        if not known and not self._limiter.test(steady, *names, cost=1 if urgent else 1 + allowance.reserve):
            return 0.5
        if not self._limiter.hit(burst, *names):
            return 1 / allowance.per_second
        return 0.0 if known or self._limiter.hit(steady, *names) else 0.5

    def refused(self, family: str, retry_after_s: float) -> None:
        """Hold the family until the vendor will have it again."""
        self._connection.command("SET", self._key(family, "held"), 1, "PX", max(1, round(retry_after_s * 1000)))

    def remaining(self, family: str, requests: int, reset_s: float) -> None:
        """Take the vendor's own count of what is left of its minute; other clients spend from it too."""
        self._connection.script("remaining", [self._key(family, "left")], [requests, max(1, round(reset_s * 1000))])

    def _key(self, family: str, name: str) -> str:
        return self._keys.house(f"budget:{self._account}:{family}:{name}")
