"""The parts that catalogue feeds are made of, one per form and ledger page: heads beside bodies, small beside large."""

import struct
from collections.abc import Sequence

from gateway.store.connection import Connection
from gateway.store.interning import VariantRows
from gateway.store.keys import PAGE_ROWS, PARTITION_SHIFT, ROW_MASK, Keys

Place = tuple[int, int]
"""A partition and a page of it."""


class FeedParts:
    """Heads and bodies by form and place. A head begins with its version, an f64; the rest is the builder's."""

    def __init__(self, connection: Connection, keys: Keys, rows: VariantRows) -> None:
        self._connection, self._keys, self._rows = connection, keys, rows

    def put(self, form: str, parts: Sequence[tuple[Place, bytes, bytes]]) -> None:
        """Keep (place, head, body), each unless a newer one is there."""
        calls = []
        for (partition, page), head, body in parts:
            version = f"{struct.unpack_from('<d', head)[0]:.0f}"
            calls.append(("feed_part", self._names(form, partition), [page, version, head, body]))
        self._connection.scripts(calls)

    def heads(self, form: str, partitions: Sequence[int]) -> dict[Place, bytes]:
        """Return the heads by place, in order."""
        answers = self._connection.many([("HGETALL", self._names(form, partition)[0]) for partition in partitions])
        found = {
            (partition, int(page)): head
            for partition, heads in zip(partitions, answers, strict=True)
            for page, head in heads.items()
        }
        return dict(sorted(found.items()))

    def bodies(self, form: str, places: Sequence[Place]) -> list[bytes | None]:
        """Return the bodies at places."""
        return self._connection.many([("HGET", self._names(form, p)[1], page) for p, page in places])

    def spots(self, variants: Sequence[str]) -> list[tuple[Place, int] | None]:
        """Return where variants are: a place, and the row within its page. None: never heard of."""
        rows = self._rows.find(variants)
        spots: list[tuple[Place, int] | None] = []
        for variant in variants:
            if (place := rows.get(variant)) is None:
                spots.append(None)
            else:
                page, row = divmod(place & ROW_MASK, PAGE_ROWS)
                spots.append(((place >> PARTITION_SHIFT, page), row))
        return spots

    def variants(self, places: Sequence[Place]) -> list[list[str]]:
        """Return the variants of pages, in the order of their rows."""
        commands = [
            ("LRANGE", self._keys.of(p, "ids"), page * PAGE_ROWS, (page + 1) * PAGE_ROWS - 1) for p, page in places
        ]
        return [[raw.decode() for raw in found] for found in self._connection.many(commands)]

    def pages(self, partitions: Sequence[int]) -> list[Place]:
        """List the pages that have variants."""
        lengths = self._connection.many([("LLEN", self._keys.of(partition, "ids")) for partition in partitions])
        return [
            (partition, page)
            for partition, length in zip(partitions, lengths, strict=True)
            for page in range(-(-int(length) // PAGE_ROWS))
        ]

    def outdate(self, form: str, partitions: Sequence[int]) -> None:
        """Forget every head of a form, so that its parts are written anew; bodies stay until then."""
        self._connection.many([("DEL", self._names(form, partition)[0]) for partition in partitions])

    def _names(self, form: str, partition: int) -> list[str]:
        return [self._keys.of(partition, f"feed:{form}:{name}") for name in ("heads", "bodies")]
