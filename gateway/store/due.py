"""Which variants are to be decided, and when: marks, wake-ups and leases in one sorted set per partition."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import numpy as np

from gateway.store.columns import Claims
from gateway.store.connection import Connection
from gateway.store.interning import Names, VariantRows
from gateway.store.keys import PAGE_ROWS, PARTITION_SHIFT, PARTITIONS, ROW_MASK, Keys
from gateway.store.leased import LeasedSets, lease_end_us
from gateway.store.reading import Chunk, assemble, chunks_of, chunks_of_pages, read_pages
from policies.columns import to_us

CLAIMED_PAGES: Final = 16


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
        calls = [
            ("claim", [self._keys[number]], [self._prefixes[number], to_us(at), token, share]) for number in numbers
        ]
        places: list[int] = []
        chunks: list[Chunk] = []
        for number, answer in zip(numbers, self._connection.scripts(calls), strict=True):
            if rows := np.frombuffer(answer[0], "<u4").tolist():
                chunks += chunks_of(np.arange(len(places), len(places) + len(rows)), answer[1:])
                places += [number << PARTITION_SHIFT | row for row in rows]
        width = (self._slots.count(), self._pools.count())
        return Claims(assemble(self._rows.ids(places), np.array(places, np.int64), chunks, width), token)

    def claim_pages(self, partition: int, first: int, at: datetime, lease_s: float) -> Claims:
        """Claim some whole pages of a partition from one on, due or not, and read them; none: it has no more.

        What changes after the claim takes its lease down, so reading after it is as good as reading with it.
        """
        start, prefix = first * PAGE_ROWS, self._prefixes[partition].decode()
        ids = self._connection.command("LRANGE", f"{prefix}ids", start, start + CLAIMED_PAGES * PAGE_ROWS - 1)
        token, places = _token(at, lease_s), np.arange(start, start + len(ids)) | partition << PARTITION_SHIFT
        chunks: list[Chunk] = []
        if ids:
            self._connection.script("claim_span", [self._keys[partition]], [token, start, start + len(ids)])
            chunks = list(chunks_of_pages(read_pages(self._connection, prefix, first, len(ids)), len(ids)))
        width = (self._slots.count(), self._pools.count())
        return Claims(assemble([raw.decode() for raw in ids], places, chunks, width), token)

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
