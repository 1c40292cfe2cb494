"""How often a sign-in was tried, by account and by address, so that all web processes refuse together."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from gateway.store.connection import Command, Connection
from gateway.store.keys import Keys
from policies.columns import from_us, to_us

WINDOW: Final = timedelta(minutes=15)


class Attempts:
    """Counters of the current quarter of an hour. Who tries is kept only as a digest."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self._connection, self._keys = connection, keys

    def count(self, whom: Sequence[str], at: datetime) -> list[int]:
        """Count an attempt of each, before it is judged: tries made at the same time are all counted."""
        commands: list[Command] = []
        for one in whom:
            name = self._name(one, at)
            commands += [("INCR", name), ("EXPIRE", name, int(WINDOW.total_seconds()))]
        return [int(told) for told in self._connection.many(commands)[::2]]

    def forgive(self, whom: str, at: datetime) -> None:
        """Take one attempt back: it was right."""
        self._connection.command("DECR", self._name(whom, at))

    def forget(self, whom: str, at: datetime) -> None:
        """Take all attempts of one back."""
        self._connection.command("DEL", self._name(whom, at))

    @staticmethod
    def again_at(at: datetime) -> datetime:
        """Tell when counting begins anew."""
        window_us = WINDOW // timedelta(microseconds=1)
        return from_us((to_us(at) // window_us + 1) * window_us)

    def _name(self, whom: str, at: datetime) -> str:
        digest = hashlib.sha256(whom.encode()).hexdigest()[:32]
        return self._keys.house(f"attempts:{digest}:{to_us(self.again_at(at))}")
