"""Small house-wide facts: how sources are doing, what processes measure, and which release wrote this memory."""

from collections.abc import Mapping
from datetime import datetime

import orjson

from gateway.store.connection import Connection
from gateway.store.keys import Keys
from gateway.store.values import SourceState
from policies.columns import from_us, to_us

GAUGES_LIVE_S = 60


class Sources:
    """When each source was last heard, and what it said in sum."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self._connection, self._keys = connection, keys

    def heard(self, source: str, at: datetime, observed_at: datetime | None, **counts: int) -> None:
        """Record that a source spoke."""
        key = self._keys.house(f"source:{source}")
        commands: list[tuple[str | int, ...]] = [
            ("SADD", self._keys.house("sources"), source),
            ("HSET", key, "heard_us", to_us(at)),
        ]
        if observed_at is not None:
            commands.append(("HSET", key, "observed_us", to_us(observed_at)))
        commands += [("HINCRBY", key, f"count:{name}", count) for name, count in counts.items() if count]
        self._connection.many(commands)

    def all(self) -> list[SourceState]:
        """List the sources by name."""
        names = sorted(raw.decode() for raw in self._connection.command("SMEMBERS", self._keys.house("sources")))
        answers = self._connection.many([("HGETALL", self._keys.house(f"source:{name}")) for name in names])
        states = []
        for name, fields in zip(names, answers, strict=True):
            counts = {
                field.decode().removeprefix("count:"): int(value)
                for field, value in fields.items()
                if field.startswith(b"count:")
            }
            observed = fields.get(b"observed_us")
            newest = from_us(int(observed)) if observed else None
            states.append(SourceState(name, from_us(int(fields[b"heard_us"])), newest, counts))
        return states


class Gauges:
    """What processes without HTTP measure, for those who serve it."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self._connection, self._key = connection, keys.house("gauges")

    def put(self, process: str, values: Mapping[str, float], at: datetime) -> None:
        """Keep a process's latest values."""
        self._connection.command("HSET", self._key, process, orjson.dumps({"at_us": to_us(at), "values": dict(values)}))

    def all(self, at: datetime) -> dict[str, dict[str, float]]:
        """Return the values of processes heard within a minute."""
        found = self._connection.command("HGETALL", self._key)
        kept = {process.decode(): orjson.loads(raw) for process, raw in found.items()}
        oldest_us = to_us(at) - GAUGES_LIVE_S * 1_000_000
        return {process: one["values"] for process, one in kept.items() if one["at_us"] >= oldest_us}


class Epoch:
    """The mark that a release leaves: missing or changed means that this memory is not the one we knew."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self._connection, self._key = connection, keys.house("epoch")

    def read(self) -> str | None:
        """Return the mark."""
        raw = self._connection.command("GET", self._key)
        return None if raw is None else str(raw.decode())

    def write(self, value: str) -> None:
        """Leave a mark."""
        self._connection.command("SET", self._key, value)
