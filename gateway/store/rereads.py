"""Stock items that a source must be asked about again, and webhooks that say so, each accepted once."""

from collections.abc import Sequence
from datetime import datetime

from gateway.store.connection import Connection
from gateway.store.keys import PARTITIONS, Keys, partition_of
from gateway.store.leased import LeasedSets
from gateway.store.values import Lease
from policies.columns import to_us

REMEMBERED_S = 86_400


class Rereads:
    """The leased set of stock items of one source."""

    def __init__(self, connection: Connection, keys: Keys, source: str) -> None:
        self._sets = LeasedSets(connection)
        self._keys = [keys.of(partition, f"rereads:{source}") for partition in range(PARTITIONS)]

    def mark(self, items: Sequence[str], at: datetime) -> None:
        """Want items read again."""
        members: dict[str, list[str]] = {}
        for item in items:
            members.setdefault(self._keys[partition_of(item)], []).append(item)
        self._sets.mark(members, at)

    def claim(self, limit: int, at: datetime, lease_s: float) -> list[Lease]:
        """Claim items, longest due first; `member` is the item."""
        return [lease for _, lease in self._sets.claim(self._keys, limit, at, lease_s)]

    def complete(self, claims: Sequence[Lease], at: datetime | None = None) -> None:
        """Finish items; one that was marked meanwhile stays due."""
        self._sets.settle("complete", self._placed(claims), at)

    def retry(self, claims: Sequence[Lease], at: datetime) -> None:
        """Give items back, due at a time."""
        self._sets.settle("retry", self._placed(claims), at)

    def depth(self, at: datetime) -> int:
        """Count the items that are due."""
        return self._sets.depth(self._keys, at)

    def oldest_s(self, at: datetime) -> float | None:
        """Return for how long the longest due item has been due."""
        return self._sets.oldest_s(self._keys, at)

    def _placed(self, claims: Sequence[Lease]) -> list[tuple[str, Lease]]:
        return [(self._keys[partition_of(lease.member)], lease) for lease in claims]


class Deliveries:
    """Webhooks already accepted."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self._connection, self._keys = connection, keys

    def accept(self, delivery_id: str, source: str, items: Sequence[str], at: datetime) -> bool:
        """Mark a delivery's items for re-reading; tell whether it is new. No items: only remember it."""
        first = partition_of(items[0]) if items else partition_of(delivery_id)
        near = [item for item in items if partition_of(item) == first]
        far = [item for item in items if partition_of(item) != first]
        seen = self._keys.of(first, f"delivery:{source}:{delivery_id}")
        if far:
            if self._connection.command("EXISTS", seen):
                return False
            # These first: a crash in between leaves marks without an id, and the sender tries again.
            Rereads(self._connection, self._keys, source).mark(far, at)
        keys = [seen, self._keys.of(first, f"rereads:{source}")]
        return bool(self._connection.script("accept", keys, [REMEMBERED_S, to_us(at), *near]))
