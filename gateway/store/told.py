"""What outside systems were last told, and which jobs they are still working on."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import orjson

from gateway.store.connection import Connection
from gateway.store.journal import Journal
from gateway.store.keys import PARTITIONS, Keys, partition_of
from gateway.store.values import OutsideJob, Told
from policies.columns import from_us, to_us


def written(told: Told) -> bytes:
    """Write what a target was told as it is kept."""
    return orjson.dumps([told.digest, told.units, to_us(told.at), told.exists])


def _read(raw: bytes) -> Told:
    digest, units, at_us, exists = orjson.loads(raw)
    return Told(digest, units, from_us(at_us), exists)


class ToldTargets:
    """The last word to a destination, per target."""

    def __init__(self, connection: Connection, keys: Keys, journal: Journal) -> None:
        self._connection, self._keys, self._journal = connection, keys, journal
        self._last = keys.house("told:last")

    def get(self, destination: str, targets: Sequence[str]) -> dict[str, Told]:
        """Return what targets were told; those never told are missing."""
        parts = self._parts(destination, targets)
        told: dict[str, Told] = {}
        answers = self._connection.many([("HMGET", key, *names) for key, names in parts.items()])
        for names, answer in zip(parts.values(), answers, strict=True):
            told.update((target, _read(raw)) for target, raw in zip(names, answer, strict=True) if raw is not None)
        return told

    def all(self, destination: str) -> dict[str, Told]:
        """Return what every target was told: for destinations of few targets."""
        found = self._connection.many([("HGETALL", self._keys.of(p, f"told:{destination}")) for p in range(PARTITIONS)])
        return {target.decode(): _read(raw) for some in found for target, raw in some.items()}

    def put(self, destination: str, told: Mapping[str, Told]) -> None:
        """Remember what targets were told; what a variant was told is part of its history."""
        self._connection.many(
            [
                ("HSET", key, *(part for name in names for part in (name, written(told[name]))))
                for key, names in self._parts(destination, list(told)).items()
            ]
        )
        self._journal.note(
            "told",
            {
                target: (t.at, {"destination": destination, "units": t.units})
                for target, t in told.items()
                if t.units is not None
            },
        )

    def heard(self, destination: str, at: datetime) -> None:
        """Note that a destination took something."""
        self._connection.command("HSET", self._last, destination, to_us(at))

    def last_heard(self) -> dict[str, datetime]:
        """Return when each destination last took something."""
        stored = self._connection.command("HGETALL", self._last)
        return {destination.decode(): from_us(int(at_us)) for destination, at_us in stored.items()}

    def forget(self, destination: str, targets: Sequence[str]) -> None:
        """Forget targets, so that they are told afresh."""
        self._connection.many([("HDEL", key, *names) for key, names in self._parts(destination, targets).items()])

    def _parts(self, destination: str, targets: Sequence[str]) -> dict[str, list[str]]:
        parts: dict[str, list[str]] = {}
        for target in dict.fromkeys(targets):
            parts.setdefault(self._key(destination, target), []).append(target)
        return parts

    def clear(self, destination: str) -> None:
        """Forget every target, as for an account that was told nothing yet."""
        self._connection.many([("DEL", self._keys.of(p, f"told:{destination}")) for p in range(PARTITIONS)])

    def count(self, destination: str) -> int:
        """Count the targets that were told."""
        return sum(
            self._connection.many([("HLEN", self._keys.of(p, f"told:{destination}")) for p in range(PARTITIONS)])
        )

    def page(self, destination: str, partition: int, after: int, limit: int) -> tuple[list[str], int]:
        """List some targets of a partition; go on from the returned place, 0 when all were listed."""
        key = self._keys.of(partition, f"told:{destination}")
        place, found = self._connection.command("HSCAN", key, after, "COUNT", limit)
        names = list(found)[::1] if isinstance(found, dict) else found[::2]
        return [name.decode() for name in names], int(place)

    def _key(self, destination: str, target: str) -> str:
        return self._keys.of(partition_of(target), f"told:{destination}")


class OutsideJobs:
    """Jobs handed in and not yet known to be finished."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self._connection, self._keys = connection, keys

    def put(self, destination: str, job_id: str, payload: bytes, at: datetime) -> None:
        """Remember a job."""
        self._connection.command("HSET", self._key(destination), job_id, b"%d:%b" % (to_us(at), payload))

    def all(self, destination: str) -> list[OutsideJob]:
        """List the jobs in flight, oldest first."""
        jobs = []
        for job_id, raw in self._connection.command("HGETALL", self._key(destination)).items():
            at_us, _, payload = raw.partition(b":")
            jobs.append(OutsideJob(job_id.decode(), payload, from_us(int(at_us))))
        return sorted(jobs, key=lambda job: (job.at, job.id))

    def remove(self, destination: str, job_id: str) -> None:
        """Forget a job."""
        self._connection.command("HDEL", self._key(destination), job_id)

    def _key(self, destination: str) -> str:
        return self._keys.house(f"jobs:{destination}")
