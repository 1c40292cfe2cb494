"""Named house-wide work ("shopify.full_load", ...): due once for everybody, with progress for people to see."""

from collections.abc import Sequence
from datetime import datetime

from gateway.store.connection import Connection
from gateway.store.keys import Keys
from gateway.store.leased import LeasedSets, pairs
from gateway.store.values import Lease, TaskState
from policies.columns import from_us, to_us


class Tasks:
    """The leased set of tasks."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self._connection, self._sets = connection, LeasedSets(connection)
        self._key, self._progress = keys.house("tasks"), keys.house("tasks:progress")

    def mark(self, names: Sequence[str], at: datetime) -> None:
        """Want tasks done, from a time on."""
        self._sets.mark({self._key: names}, at)

    def claim(self, limit: int, at: datetime, lease_s: float) -> list[Lease]:
        """Claim tasks; `member` is the name."""
        return [lease for _, lease in self._sets.claim([self._key], limit, at, lease_s)]

    def complete(self, claims: Sequence[Lease]) -> None:
        """Finish tasks; one that was marked meanwhile stays due."""
        self._sets.settle("complete", [(self._key, lease) for lease in claims], None)

    def retry(self, claims: Sequence[Lease], at: datetime) -> None:
        """Give tasks back, due at a time."""
        self._sets.settle("retry", [(self._key, lease) for lease in claims], at)

    def progress(self, name: str, done: int, total: int | None, at: datetime) -> None:
        """Tell how far a task is."""
        self._connection.command("HSET", self._progress, name, f"{done}:{-1 if total is None else total}:{to_us(at)}")

    def all(self) -> list[TaskState]:
        """List tasks that are wanted or have told their progress, by name."""
        found, progress = self._connection.many(
            [("ZRANGE", self._key, 0, -1, "WITHSCORES"), ("HGETALL", self._progress)]
        )
        due = {member: from_us(int(score)) for member, score in pairs(found)}
        states = []
        for name in sorted({*due, *progress}):
            if name not in progress:
                states.append(TaskState(name.decode(), due[name]))
                continue
            done, total, told_us = (int(part) for part in progress[name].split(b":"))
            state = TaskState(name.decode(), due.get(name), done, None if total < 0 else total, from_us(told_us))
            states.append(state)
        return states
