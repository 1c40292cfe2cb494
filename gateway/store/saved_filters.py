"""Filters that people keep under a name of their own, for lists of the console."""

import orjson

from gateway.store.connection import Connection
from gateway.store.keys import Keys


class SavedFilters:
    """Per person and list: a name and the query of an address."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self._connection, self._keys = connection, keys

    def all(self, holder: str, page: str) -> dict[str, str]:
        """Return a person's filters of a list, by name."""
        found = self._connection.command("HGETALL", self._key(holder, page))
        return {name.decode(): orjson.loads(raw) for name, raw in sorted(found.items())}

    def put(self, holder: str, page: str, name: str, query: str) -> None:
        """Keep a filter under a name, over whatever had it."""
        self._connection.command("HSET", self._key(holder, page), name, orjson.dumps(query))

    def drop(self, holder: str, page: str, name: str) -> None:
        """Forget a filter."""
        self._connection.command("HDEL", self._key(holder, page), name)

    def _key(self, holder: str, page: str) -> str:
        return self._keys.house(f"filters:{page}:{holder}")
