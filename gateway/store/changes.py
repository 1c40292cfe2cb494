"""What was put into an outbox since a follower last looked. Followed by the feeds, which are no destination of entries.

The put itself remembers the target (see `outbox_put.lua`), in the step that commits the decision, so that no change is
missed whoever made it. Taking is two steps: what was taken stays until it is `done`, so a crash takes it again.
"""

from collections.abc import Sequence

from gateway.store.connection import Command, Connection
from gateway.store.keys import PARTITIONS, Keys


class Changes:
    """The changes of one destination. One follower at a time; the caller holds a lease."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self._connection, self._keys = connection, keys

    def follow(self, destination: str) -> bool:
        """Begin to remember what is put; tell whether nobody did so before."""
        commands = [("SET", f"{self._entries(destination, p)}:followed", 1, "NX") for p in range(PARTITIONS)]
        return any(self._connection.many(commands))

    def take(self, destination: str) -> dict[int, list[str]]:
        """Return the changed targets by partition, those of an unfinished look included."""
        found: dict[int, list[str]] = {}
        for partition in self._changed(destination):
            key = self._entries(destination, partition)
            commands: list[Command] = [
                ("SUNIONSTORE", f"{key}:taken", f"{key}:taken", f"{key}:changed"),
                ("DEL", f"{key}:changed"),
                ("SMEMBERS", f"{key}:taken"),
            ]
            found[partition] = sorted(raw.decode() for raw in self._connection.many(commands, atomic=True)[2])
        return found

    def done(self, destination: str, partitions: Sequence[int]) -> None:
        """Forget what was taken of partitions."""
        self._connection.many([("DEL", f"{self._entries(destination, p)}:taken") for p in partitions])

    def _changed(self, destination: str) -> list[int]:
        names = [self._entries(destination, p) for p in range(PARTITIONS)]
        flags = self._connection.many([("EXISTS", f"{name}:changed", f"{name}:taken") for name in names])
        return [partition for partition, flag in enumerate(flags) if flag]

    def _entries(self, destination: str, partition: int) -> str:
        return self._keys.of(partition, f"entries:{destination}")
