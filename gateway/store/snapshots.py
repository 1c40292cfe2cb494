"""Full reads on their way in: staged by partition, sealed once complete, dropped when merged or refused.

Staged rows run out by themselves, so that a read that breaks off leaves nothing behind. A sealed one is merged by
whoever comes first: the request that brought it, or a worker after that request died.
"""

import secrets
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

import orjson
from redis.exceptions import LockError
from redis.lock import Lock

from gateway.store.connection import Command, Connection, translated
from gateway.store.keys import PARTITIONS, Keys, partition_of
from policies.columns import from_us, to_us
from policies.values import Reading

STAGED_S: Final = 3_600
SEALED_S: Final = 7 * 86_400
LEASE_S: Final = 30.0


class LostSnapshot(Exception):  # noqa: N818
    """Staged rows of a sealed snapshot are gone: it must not be merged, or what is lost would count as absent."""


class LostLease(Exception):  # noqa: N818
    """The right to merge ran out, as after a machine's sleep: somebody else may be merging."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A complete snapshot that is still to be merged."""

    id: str
    source: str
    as_of: datetime
    pieces: tuple[int, ...]  # staged in each partition


class Snapshots:
    """The snapshots of all sources."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self._connection, self._keys = connection, keys
        self._sealed, self._newest = keys.house("snapshots"), keys.house("snapshots:newest")

    def new_id(self) -> str:
        """Name a snapshot."""
        return secrets.token_hex(8)

    def stage(self, id: str, readings: Iterable[Reading]) -> list[int]:  # noqa: A002
        """Keep rows for a while, in one round trip; return the partitions that got a piece."""
        parts: dict[int, list[Reading]] = {}
        for reading in readings:
            parts.setdefault(partition_of(reading.variant), []).append(reading)
        commands: list[Command] = []
        for partition, some in parts.items():
            key = self._key(id, partition)
            commands += [("RPUSH", key, _pack(some)), ("EXPIRE", key, STAGED_S)]
        self._connection.many(commands)
        return list(parts)

    def seal(self, sealed: Sealed) -> None:
        """Promise that a staged snapshot is complete and will be merged; it is the newest of its source from now on."""
        self._connection.many([("EXPIRE", self._key(sealed.id, p), SEALED_S) for p in range(PARTITIONS)])
        fact = orjson.dumps([sealed.source, to_us(sealed.as_of), sealed.pieces])
        newest = ("HSET", self._newest, sealed.source, to_us(sealed.as_of))
        self._connection.many([("HSET", self._sealed, sealed.id, fact), newest], atomic=True)

    def sealed(self) -> list[Sealed]:
        """List the snapshots still to be merged, oldest first."""
        found = []
        for name, fact in self._connection.command("HGETALL", self._sealed).items():
            source, as_of_us, pieces = orjson.loads(fact)
            found.append(Sealed(name.decode(), source, from_us(as_of_us), tuple(pieces)))
        return sorted(found, key=lambda one: (one.as_of, one.id))

    def newest(self, source: str) -> datetime | None:
        """Return the time of the newest snapshot of a source that was sealed."""
        us = self._connection.command("HGET", self._newest, source)
        return None if us is None else from_us(int(us))

    def check(self, sealed: Sealed) -> None:
        """Raise LostSnapshot unless every piece is still there."""
        there = self._connection.many([("LLEN", self._key(sealed.id, p)) for p in range(PARTITIONS)])
        if tuple(there) != sealed.pieces:
            raise LostSnapshot("Some of its rows are no longer there.")

    def readings(self, sealed: Sealed, partition: int) -> list[Reading]:
        """Return the rows of one partition."""
        pieces: Sequence[bytes] = self._connection.command("LRANGE", self._key(sealed.id, partition), 0, -1)
        return [reading for piece in pieces for reading in _unpack(piece, sealed.source)]

    @contextmanager
    def merging(self, source: str) -> Iterator[Callable[[], None] | None]:
        """Hold the right to merge for a source; None when another holds it.

        What the block is given is to be called at least every 30 s, and raises LostLease when that was too late.
        """
        lock = self._connection.client.lock(
            self._keys.house(f"lease:snapshot:{source}"), timeout=LEASE_S, thread_local=False
        )
        with translated():
            held = lock.acquire(blocking=False)
        if not held:
            yield None
            return
        try:
            yield partial(_keep, lock)
        finally:
            with translated(), suppress(LockError):
                lock.release()

    def drop(self, id: str) -> None:  # noqa: A002
        """Forget a snapshot that was merged or refused; the promise to merge it goes first."""
        self._connection.command("HDEL", self._sealed, id)
        self._connection.many([("UNLINK", self._key(id, partition)) for partition in range(PARTITIONS)])

    def _key(self, id: str, partition: int) -> str:  # noqa: A002
        return self._keys.of(partition, f"snapshot:{id}")


def _keep(lock: Lock) -> None:
    try:
        with translated():
            lock.reacquire()
    except LockError:
        raise LostLease from None


def _pack(readings: Sequence[Reading]) -> bytes:
    """Some dozen bytes a row: the rows of one partition repeat their locations, states and times."""
    rows = [[r.variant, r.location, dict(r.quantities), to_us(r.observed_at), r.active, r.cause] for r in readings]
    return zlib.compress(orjson.dumps(rows), 1)


def _unpack(piece: bytes, source: str) -> list[Reading]:
    return [
        Reading(source, variant, location, quantities, from_us(us), active, cause)
        for variant, location, quantities, us, active, cause in orjson.loads(zlib.decompress(piece))
    ]
