"""Who waits for which variant, and whom we told: sealed entries under keyed hashes, never a contact in the open.

Written by `gateway.waves`. A variant's list lies in its partition, under its row.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson

from gateway.store.connection import Connection
from gateway.store.interning import VariantRows
from gateway.store.keys import PARTITION_SHIFT, PARTITIONS, ROW_MASK, Keys
from gateway.store.leased import LeasedSets
from gateway.store.values import Lease
from policies.columns import from_us, to_us
from policies.restock import LastTold

PAGE: Final = 1000
PREFIX: Final = "waitlist:"


@dataclass(frozen=True, slots=True)
class Entry:
    """One who waits. `sealed` holds the contact; only `gateway.waves.sealing` can open it."""

    since: datetime
    sealed: str
    vip: bool = False
    unsent: bool = False  # the outside list does not know yet

    def pack(self) -> bytes:
        """Write it as it is kept."""
        return orjson.dumps([to_us(self.since), self.sealed, self.vip])


@dataclass(frozen=True, slots=True)
class ToldPerson:
    """One who was told, or may have been."""

    last: LastTold
    wave: int
    outcome: str  # told | refused | unknown
    sealed: str

    def pack(self) -> bytes:
        """Write it as it is kept."""
        return orjson.dumps([self.last.episode, to_us(self.last.at), self.wave, self.outcome, self.sealed])


class Waitlist:
    """The lists of all variants."""

    def __init__(self, connection: Connection, keys: Keys, rows: VariantRows) -> None:
        self._connection, self._keys, self._rows = connection, keys, rows
        self._sets = LeasedSets(connection)
        self._due = {keys.of(partition, PREFIX + "due"): partition for partition in range(PARTITIONS)}

    def join(self, variant: str, people: Sequence[str], entry: Entry, at: datetime) -> bool:
        """Keep one who waits, under the first of a person's hashes; False where any of them waits already."""
        told = [to_us(at), to_us(entry.since), entry.pack(), int(entry.vip), int(entry.unsent)]
        return bool(self.run(variant, "join", *told, *people))

    def leave(self, variant: str, people: Sequence[str]) -> None:
        """Forget people who wait."""
        if people:
            self.run(variant, "leave", *people)

    def erase(self, people: Sequence[str]) -> int:
        """Forget a person, by their hashes, everywhere; return of how many variants anything was kept.

        Asks every list: an index of who is where would be one more trace.
        """
        calls = [
            ("waitlist", [key], [self._keys.of(partition, ""), "erase", 0, *people])
            for key, partition in self._due.items()
        ]
        return sum(map(int, self._connection.scripts(calls)))

    def entries(self, variant: str, people: Sequence[str]) -> dict[str, Entry]:
        """Return those of some people who still wait."""
        found = self._lookup(variant, "people", people)
        return {person: _entry(raw) for person, raw in found.items()}

    def told(self, variant: str, people: Sequence[str] | None = None) -> dict[str, ToldPerson]:
        """Return what some people, or all, were last told of a variant."""
        found = self._whole(variant, "told") if people is None else self._lookup(variant, "told", people)
        return {person: _told(raw) for person, raw in found.items()}

    def waiting(self, variant: str) -> int:
        """Count those who wait."""
        return int(self._connection.command("ZCARD", self._key(variant, "order")))

    def lists(self) -> dict[str, int]:
        """Count those who wait for each variant that anybody waits for."""
        keys = [self._keys.of(partition, PREFIX + "rows") for partition in range(PARTITIONS)]
        places = [
            partition << PARTITION_SHIFT | int(row)
            for partition, rows in enumerate(self._connection.many([("SMEMBERS", key) for key in keys]))
            for row in rows
        ]
        counts = self._connection.many([("ZCARD", self._name(place, "order")) for place in places])
        found = [(place, int(count)) for place, count in zip(places, counts, strict=True) if count]
        return dict(zip(self._rows.ids([place for place, _ in found]), (count for _, count in found), strict=True))

    def people(self, variant: str, name: str, *, newest: bool = False) -> Iterator[str]:
        """Go through the hashes of those who wait (`order`) or of the VIPs among them (`vips`), oldest first."""
        verb, first = ("ZREVRANGE" if newest else "ZRANGE"), 0
        while found := self._connection.command(verb, self._key(variant, name), first, first + PAGE - 1):
            yield from (raw.decode() for raw in found)
            first += len(found)

    def unsent(self, variant: str, limit: int) -> list[str]:
        """Return some of those whom the outside list does not know yet."""
        found = self._connection.command("SRANDMEMBER", self._key(variant, "unsent"), limit)
        return [raw.decode() for raw in found]

    def sent(self, variant: str, people: Sequence[str]) -> None:
        """Note that the outside list knows these people."""
        if people:
            self._connection.command("SREM", self._key(variant, "unsent"), *people)

    def handed_over(self, variant: str) -> None:
        """Forget all whom the outside list knows: it looks after them now."""
        while gone := [
            person
            for person in self.people(variant, "order")
            if not self._connection.command("SISMEMBER", self._key(variant, "unsent"), person)
        ][:PAGE]:
            self.leave(variant, gone)

    def purge(self, variant: str, before: datetime) -> None:
        """Forget who was told before a time."""
        old = [person for person, told in self.told(variant).items() if told.last.at < before]
        if old:
            self._connection.command("HDEL", self._key(variant, "told"), *old)

    def mark(self, variant: str, at: datetime) -> None:
        """Let a variant's list be looked after at a time."""
        place = self._place(variant)
        self._sets.mark({self._keys.of(place >> PARTITION_SHIFT, PREFIX + "due"): [str(place & ROW_MASK)]}, at)

    def claim(self, limit: int, at: datetime, lease_s: float) -> list[tuple[str, tuple[str, Lease]]]:
        """Claim variants whose lists are to be looked after; return (variant, lease)."""
        claimed = self._sets.claim(list(self._due), limit, at, lease_s)
        places = [self._due[key] << PARTITION_SHIFT | int(lease.member) for key, lease in claimed]
        return list(zip(self._rows.ids(places), claimed, strict=True))

    def settle(self, lease: tuple[str, Lease], again_at: datetime | None) -> None:
        """Give a claim back, to be looked after again at a time, or when something happens."""
        self._sets.settle("complete" if again_at is None else "retry", [lease], again_at)

    def run(self, variant: str, verb: str, *arguments: Any) -> int:
        """Run one verb of the script on a variant's list."""
        place = self._place(variant)
        partition, row = place >> PARTITION_SHIFT, place & ROW_MASK
        due = self._keys.of(partition, PREFIX + "due")
        told = [self._keys.of(partition, ""), verb, row, *arguments]
        return int(self._connection.script("waitlist", [due], told))

    def hash_of(self, variant: str, name: str) -> Mapping[str, bytes]:
        """Return one whole hash of a variant: `wave` or `waves`."""
        return self._whole(variant, name)

    def _lookup(self, variant: str, name: str, people: Sequence[str]) -> dict[str, bytes]:
        if not people:
            return {}
        found = self._connection.command("HMGET", self._key(variant, name), *people)
        return {person: raw for person, raw in zip(people, found, strict=True) if raw is not None}

    def _whole(self, variant: str, name: str) -> dict[str, bytes]:
        found = self._connection.command("HGETALL", self._key(variant, name))
        return {person.decode(): raw for person, raw in found.items()}

    def fields_of(self, name: str, pairs: Sequence[tuple[str, str]]) -> list[bytes | None]:
        """Return one field of a hash of each variant: (variant, field)."""
        return self._connection.many([("HGET", self._key(variant, name), field) for variant, field in pairs])

    def _key(self, variant: str, name: str) -> str:
        return self._name(self._place(variant), name)

    def _name(self, place: int, name: str) -> str:
        return self._keys.of(place >> PARTITION_SHIFT, f"{PREFIX}{name}:{place & ROW_MASK}")

    def _place(self, variant: str) -> int:
        return self._rows.intern([variant])[variant]


def _entry(raw: bytes) -> Entry:
    since_us, sealed, vip = orjson.loads(raw)
    return Entry(from_us(since_us), sealed, vip)


def _told(raw: bytes) -> ToldPerson:
    episode, at_us, wave, outcome, sealed = orjson.loads(raw)
    return ToldPerson(LastTold(episode, from_us(at_us), outcome != "unknown"), wave, outcome, sealed)
