"""Which variants are to be decided, and when: marks, wake-ups and leases in one sorted set per partition."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np

from gateway.store.columns import Claims
from gateway.store.connection import Connection
from gateway.store.interning import Names, VariantRows
from gateway.store.keys import PARTITION_SHIFT, PARTITIONS, ROW_MASK, Keys
from gateway.store.leased import LeasedSets, lease_end_us
from gateway.store.reading import Chunk, assemble, chunks_of
from policies.columns import to_us


class Due:
    """The due set. Members are row numbers; `Decisions.commit` completes the claims."""

    def __init__(self, connection: Connection, keys: Keys, rows: VariantRows, slots: Names, pools: Names) -> None:
        self._connection, self._sets = connection, LeasedSets(connection)
        self._rows, self._slots, self._pools = rows, slots, pools
        self._prefixes = [keys.of(partition, "").encode() for partition in range(PARTITIONS)]
        self._keys = [keys.of(partition, "due") for partition in range(PARTITIONS)]

    def mark(self, variants: Sequence[str], at: datetime) -> None:
        """Make variants due at a time; a decision of them that is under way is not kept."""
        places = self._rows.intern(variants)
        commands: dict[int, list[str | int]] = {}
        for variant in variants:
            place = places[variant]
            commands.setdefault(place >> PARTITION_SHIFT, []).extend((to_us(at), place & ROW_MASK))
        self._connection.many([("ZADD", self._keys[number], *pairs) for number, pairs in commands.items()])

    def claim(self, limit: int, at: datetime, lease_s: float, partitions: Sequence[int] | None = None) -> Claims:
        """Claim about so many due variants until the lease ends, each partition's longest due first, and read them."""
        numbers = range(PARTITIONS) if partitions is None else partitions
        token, share = _token(at, lease_s), max(1, -(-limit // len(numbers)))
        arguments = {number: [self._prefixes[number], to_us(at), token, share] for number in numbers}
        return self._claimed(arguments, token)

    def claim_all(self, partition: int, first: int, count: int, at: datetime, lease_s: float) -> Claims:
        """Claim so many rows of a partition from the first on, due or not, and read them; fewer where it ends."""
        key = self._keys[partition].removesuffix("due") + "ids"
        count = min(count, self._connection.command("LLEN", key) - first)
        rows, token = np.arange(first, first + max(0, count), dtype="<u4").tobytes(), _token(at, lease_s)
        return self._claimed({partition: [self._prefixes[partition], to_us(at), token, 0, rows]}, token)

    def _claimed(self, arguments: Mapping[int, Sequence[Any]], token: float) -> Claims:
        calls = [("claim", [self._keys[number]], some) for number, some in arguments.items()]
        places: list[int] = []
        chunks: list[Chunk] = []
        for number, answer in zip(arguments, self._connection.scripts(calls), strict=True):
            if rows := np.frombuffer(answer[0], "<u4").tolist():
                chunks += chunks_of(np.arange(len(places), len(places) + len(rows)), answer[1:])
                places += [number << PARTITION_SHIFT | row for row in rows]
        width = (self._slots.count(), self._pools.count())
        return Claims(assemble(self._rows.ids(places), np.array(places, np.int64), chunks, width), token)

    def depth(self, at: datetime) -> int:
        """Count the variants that are due."""
        return self._sets.depth(self._keys, at)

    def oldest_s(self, at: datetime) -> float | None:
        """Return for how long the longest due variant has been due."""
        return self._sets.oldest_s(self._keys, at)


def _token(at: datetime, lease_s: float) -> float:
    """Return what a claim writes into the due set: the lease's end, and half a microsecond that no mark has."""
    return lease_end_us(at, lease_s) + 0.5


class Wake:
    """A bell for workers that found nothing due. A hint only: work is never lost for want of it."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self._connection = connection
        self._key = keys.house("wake")

    def ring(self) -> None:
        """Wake one waiting worker."""
        self._connection.many([("LPUSH", self._key, 1), ("LTRIM", self._key, 0, 15)])

    def wait(self, timeout_s: float) -> bool:
        """Wait for the bell; stay well under the connection's own timeout."""
        return self._connection.command("BLPOP", self._key, timeout_s) is not None
