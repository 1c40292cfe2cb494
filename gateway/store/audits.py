"""How far the running catalogue audit is, and what the last one found."""

from typing import Any

import orjson

from gateway.store.connection import Connection
from gateway.store.keys import Keys


class CatalogAudits:
    """One audit runs at a time; its state is kept after every request, so that a killed one goes on."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self._connection, self._key = connection, keys.house("catalog_audit")

    def running(self) -> dict[str, Any] | None:
        """Return the state of the audit that runs."""
        return self._read("running")

    def last(self) -> dict[str, Any] | None:
        """Return what the last finished audit found."""
        return self._read("last")

    def keep(self, state: dict[str, Any]) -> None:
        """Keep how far it is."""
        self._connection.command("HSET", self._key, "running", orjson.dumps(state))

    def finish(self, result: dict[str, Any]) -> None:
        """Keep what it found; none runs any more."""
        commands = [("HSET", self._key, "last", orjson.dumps(result)), ("HDEL", self._key, "running")]
        self._connection.many(commands, atomic=True)

    def _read(self, field: str) -> dict[str, Any] | None:
        raw = self._connection.command("HGET", self._key, field)
        return None if raw is None else orjson.loads(raw)
