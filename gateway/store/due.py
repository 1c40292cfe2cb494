"""Which variants are to be decided, and when: marks, wake-ups and leases in one sorted set per partition."""

from collections.abc import Sequence
from datetime import datetime

from gateway.store.columns import Claims
from gateway.store.connection import Connection
from gateway.store.interning import VariantRows
from gateway.store.keys import PARTITIONS, Keys
from gateway.store.leased import LeasedSets


class Due:
    """The due set. Members are row numbers; `Decisions.commit` completes the claims."""

    def __init__(self, connection: Connection, keys: Keys, rows: VariantRows) -> None:
        self._sets = LeasedSets(connection)
        self._rows = rows
        self._keys = [keys.of(partition, "due") for partition in range(PARTITIONS)]

    def mark(self, variants: Sequence[str], at: datetime) -> None:
        """Make variants due at a time, never later than they are."""
        places = self._rows.intern(variants)
        members: dict[str, list[str]] = {}
        for variant in variants:
            partition, row = places[variant]
            members.setdefault(self._keys[partition], []).append(str(row))
        self._sets.mark(members, at)

    def claim(self, limit: int, at: datetime, lease_s: float, partitions: Sequence[int] | None = None) -> Claims:
        """Claim at most so many due variants until the lease ends, of all partitions or of some."""
        numbers = range(PARTITIONS) if partitions is None else partitions
        by_key = {self._keys[number]: number for number in numbers}
        claimed = self._sets.claim(list(by_key), limit, at, lease_s)
        ids = self._rows.ids([(by_key[key], int(lease.member)) for key, lease in claimed])
        return Claims(variants=tuple(ids), tokens=tuple(lease.token for _, lease in claimed))

    def depth(self, at: datetime) -> int:
        """Count the variants that are due."""
        return self._sets.depth(self._keys, at)

    def oldest_s(self, at: datetime) -> float | None:
        """Return for how long the longest due variant has been due."""
        return self._sets.oldest_s(self._keys, at)


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
