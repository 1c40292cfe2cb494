"""Small house-wide facts: how sources are heard, the processes' gauges, and which filling of the server this is."""

from collections.abc import Mapping
from datetime import datetime

import orjson

from gateway.store.connection import Command, Connection
from gateway.store.keys import Keys
from gateway.store.values import SourceState
from policies.columns import from_us, to_us

GAUGES_LIVE_US = 120_000_000
LAYOUT = 1
"""Of what is packed in bytes, wherever it is. A change that older data cannot be read by takes the next number."""
HOUR_US = 3_600_000_000
HOURS_KEPT_S = 7200
READINGS = ("accepted", "unchanged")
"""What counts as readings; what a comparison saw is counted beside them."""


class Sources:
    """When each source was last heard, and what it said in sum."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self._connection, self._keys = connection, keys

    def heard(self, source: str, at: datetime, observed_at: datetime | None, **counts: int) -> None:
        """Note that a source spoke: its newest observation, and counts to add (accepted=, unchanged=, ...)."""
        seen = [("GT", "last_heard", to_us(at))]
        if observed_at is not None:
            seen.append(("GT", "newest_observed", to_us(observed_at)))
        key = self._keys.house(f"source:{source}")
        commands: list[Command] = [("SADD", self._keys.house("sources"), source)]
        commands += [("ZADD", f"{key}:times", flag, value, name) for flag, name, value in seen]
        commands += [("HINCRBY", f"{key}:counts", name, count) for name, count in counts.items()]
        if told := sum(counts.get(name, 0) for name in READINGS):
            hour = f"{key}:hour:{to_us(at) // HOUR_US}"
            commands += [("INCRBY", hour, told), ("EXPIRE", hour, HOURS_KEPT_S)]
        self._connection.many(commands)

    def hourly(self, at: datetime) -> dict[str, int]:
        """Return how many readings came within an hour, by source; of the hour before this one, its share counts."""
        names = sorted(raw.decode() for raw in self._connection.command("SMEMBERS", self._keys.house("sources")))
        hour, past_us = divmod(to_us(at), HOUR_US)
        keys = [self._keys.house(f"source:{name}:hour:{n}") for name in names for n in (hour, hour - 1)]
        told = [int(raw or 0) for raw in self._connection.many([("GET", key) for key in keys])]
        return {
            name: now + before * (HOUR_US - past_us) // HOUR_US
            for name, now, before in zip(names, told[::2], told[1::2], strict=True)
        }

    def all(self) -> list[SourceState]:
        """Return every source ever heard, by name."""
        names = sorted(raw.decode() for raw in self._connection.command("SMEMBERS", self._keys.house("sources")))
        states = []
        for name in names:
            key = self._keys.house(f"source:{name}")
            heard, observed, counts = self._connection.many(
                [
                    ("ZSCORE", f"{key}:times", "last_heard"),
                    ("ZSCORE", f"{key}:times", "newest_observed"),
                    ("HGETALL", f"{key}:counts"),
                ]
            )
            told = {field.decode(): int(count) for field, count in counts.items()}
            newest = None if observed is None else from_us(int(observed))
            states.append(SourceState(name, from_us(int(heard or 0)), newest, told))
        return states


class Gauges:
    """Figures of processes that serve no HTTP, for the one that does."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self._connection, self._key = connection, keys.house("gauges")

    def put(self, process: str, values: Mapping[str, float], at: datetime) -> None:
        """Put a process's figures in place of its last ones."""
        self._connection.command("HSET", self._key, process, orjson.dumps([to_us(at), dict(values)]))

    def all(self, at: datetime) -> dict[str, dict[str, float]]:
        """Return the figures of processes that spoke in the last two minutes; forget the others."""
        live, dead = {}, []
        for process, raw in self._connection.command("HGETALL", self._key).items():
            told_us, values = orjson.loads(raw)
            if to_us(at) - told_us > GAUGES_LIVE_US:
                dead.append(process)
            else:
                live[process.decode()] = values
        if dead:
            self._connection.command("HDEL", self._key, *dead)
        return live


class Epoch:
    """Names this filling of the server: missing or changed while running means that the data is not ours."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self._connection, self._key = connection, keys.house("epoch")
        self._layout, self._began = keys.house("layout"), keys.house("epoch:began")

    def read(self) -> str | None:
        """Return the epoch."""
        raw = self._connection.command("GET", self._key)
        return None if raw is None else raw.decode()

    def layout(self) -> int:
        """Return the layout that the data is in; 0 where none was noted."""
        return int(self._connection.command("GET", self._layout) or 0)

    def write(self, value: str, at: datetime | None = None) -> None:
        """Name a new epoch, of data in the layout of this code, that began at a time. Without one it knows no past."""
        began: list[Command] = [] if at is None else [("SET", self._began, to_us(at))]
        self._connection.many([("SET", self._layout, LAYOUT), *began, ("SET", self._key, value)])

    def began_us(self) -> int:
        """Return when this filling began; 0 where nobody said. What was observed before is its past, and no news."""
        return int(self._connection.command("GET", self._began) or 0)
