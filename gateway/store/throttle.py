"""How often somebody may ask for something, counted for all web processes together."""

from limits import RateLimitItemPerHour
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter

from gateway.store.budget import limits_url
from gateway.store.connection import Connection, translated
from gateway.store.keys import Keys


class Throttle:
    """Counts by name and hour. Names must say nothing of a person: give keyed hashes."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        storage = storage_from_string(
            limits_url(connection.url),
            key_prefix=keys.house("throttle"),
            socket_timeout=connection.timeout_s,
            socket_connect_timeout=connection.timeout_s,
        )
        self._limiter = FixedWindowRateLimiter(storage)

    def passes(self, what: str, who: str, per_hour: int) -> bool:
        """Count one; False where it is too many."""
        with translated():
            return self._limiter.hit(RateLimitItemPerHour(per_hour), what, who)

    def forget(self, what: str, who: str, per_hour: int) -> None:
        """Forget what was counted of somebody."""
        with translated():
            self._limiter.clear(RateLimitItemPerHour(per_hour), what, who)
