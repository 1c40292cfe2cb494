"""How much of an outside account's allowance is used, for people to see. Reading spends nothing."""

from limits import RateLimitItemPerMinute
from limits.storage import storage_from_string
from limits.strategies import MovingWindowRateLimiter

from gateway.store.budget import ALLOWANCES, limits_url
from gateway.store.connection import Connection, translated
from gateway.store.keys import Keys
from gateway.store.values import AllowanceUse


class BudgetUse:
    """The windows of all families of one account."""

    def __init__(self, connection: Connection, keys: Keys, account: str) -> None:
        self._connection, self._keys, self._account = connection, keys, account
        storage = storage_from_string(
            limits_url(connection.url),
            key_prefix=keys.house("limits"),
            socket_timeout=connection.timeout_s,
            socket_connect_timeout=connection.timeout_s,
        )
        self._limiter = MovingWindowRateLimiter(storage)

    def all(self) -> tuple[AllowanceUse, ...]:
        """Return every family's use of its minute, and for how long the vendor holds it back."""
        uses = []
        for family, allowance in ALLOWANCES.items():
            with translated():
                window = RateLimitItemPerMinute(allowance.per_minute)
                left = self._limiter.get_window_stats(window, self._account, family).remaining
            held_ms = self._connection.command("PTTL", self._keys.house(f"budget:{self._account}:{family}:held"))
            used = allowance.per_minute - left
            uses.append(AllowanceUse(family, used, allowance.per_minute, max(0.0, int(held_ms) / 1000)))
        return tuple(uses)
