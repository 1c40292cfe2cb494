"""What is known of the connection to an outside account: which one it is, when it was checked, what is wrong."""

from dataclasses import asdict

import orjson

from gateway.store.connection import Connection
from gateway.store.keys import Keys
from gateway.store.values import ConnectionState, Watching
from policies.columns import from_us, to_us


class Connections:
    """The state of each connection, and the account that it was made for."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self._connection, self._states, self._pinned = connection, keys.house("connections"), keys.house("accounts")
        self._watching = keys.house("watching")

    def state(self, system: str) -> ConnectionState | None:
        """Return what the last check found."""
        raw = self._connection.command("HGET", self._states, system)
        if raw is None:
            return None
        fields = orjson.loads(raw)
        fields["checked_at"], fields["problems"] = from_us(fields["checked_at"]), tuple(fields["problems"])
        return ConnectionState(**fields)

    def put_state(self, system: str, state: ConnectionState) -> None:
        """Keep what a check found."""
        fields = asdict(state) | {"checked_at": to_us(state.checked_at)}
        self._connection.command("HSET", self._states, system, orjson.dumps(fields))

    def watching(self, system: str) -> Watching | None:
        """Return what the last look at a source's subscriptions found; None: there are none to look at."""
        raw = self._connection.command("HGET", self._watching, system)
        if raw is None:
            return None
        checked_us, repaired, repaired_us = orjson.loads(raw)
        return Watching(from_us(checked_us), tuple(repaired), None if repaired_us is None else from_us(repaired_us))

    def put_watching(self, system: str, watching: Watching) -> None:
        """Keep what such a look found."""
        repaired_us = None if watching.repaired_at is None else to_us(watching.repaired_at)
        stored = orjson.dumps([to_us(watching.checked_at), watching.repaired, repaired_us])
        self._connection.command("HSET", self._watching, system, stored)

    def pin(self, system: str, account: str) -> str:
        """Bind the house to an account unless it is bound already; return the one it is bound to."""
        self._connection.command("HSETNX", self._pinned, system, account)
        pinned: bytes = self._connection.command("HGET", self._pinned, system)
        return pinned.decode()

    def unpin(self, system: str) -> None:
        """Let the house be bound anew by the next check."""
        self._connection.command("HDEL", self._pinned, system)
