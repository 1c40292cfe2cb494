"""Which targets wait until something else is there, by what they wait for."""

from collections.abc import Mapping, Sequence

from gateway.store.connection import Connection
from gateway.store.keys import Keys


class Waiting:
    """Sets of targets by the destination and name of what they wait for."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self._connection, self._keys = connection, keys

    def add(self, destination: str, waiting: Mapping[str, Sequence[str]]) -> None:
        """Remember targets by what they wait for."""
        self._connection.many([("SADD", self._key(destination, name), *some) for name, some in waiting.items()])

    def members(self, destination: str, names: Sequence[str]) -> list[str]:
        """Return all that wait for these."""
        found = self._connection.many([("SMEMBERS", self._key(destination, name)) for name in names])
        return sorted({raw.decode() for some in found for raw in some})

    def drop(self, destination: str, names: Sequence[str]) -> None:
        """Forget who waited for these."""
        self._connection.many([("DEL", self._key(destination, name)) for name in names])

    def _key(self, destination: str, name: str) -> str:
        return self._keys.house(f"waiting:{destination}:{name}")
