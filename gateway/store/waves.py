"""The waves of each restock: what went out, what is meant to, and why nothing does."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import orjson

from gateway.store.waitlist import ToldPerson, Waitlist
from policies.columns import from_us, to_us
from policies.restock import Why


@dataclass(frozen=True, slots=True)
class Intent:
    """A wave that is meant to go, or goes."""

    number: int
    at: datetime
    expires_at: datetime
    policy_version: int
    units: int | str


@dataclass(frozen=True, slots=True)
class Wave:
    """A wave that went."""

    number: int
    at: datetime
    units: int | str  # promised right before it
    policy_version: int
    told: int = 0
    refused: int = 0
    unknown: int = 0


@dataclass(frozen=True, slots=True)
class RestockWaves:
    """The waves of one restock of a variant. `revision` is the record as it was read."""

    episode: int
    waves: tuple[Wave, ...] = ()
    intent: Intent | None = None
    why: Why | None = None  # why nobody is told at the moment
    over: bool = False
    next_at: datetime | None = None
    revision: bytes = b""

    @property
    def last_at(self) -> datetime | None:
        """When the last wave began."""
        return self.waves[-1].at if self.waves else None

    def counted(self, **more: int) -> tuple[Wave, ...]:
        """Return the waves with more people counted to the one that goes."""
        last = self.waves[-1]
        return (*self.waves[:-1], replace(last, **{name: getattr(last, name) + n for name, n in more.items()}))


class Waves:
    """The records, by variant and episode; changed only by who has seen the last change."""

    def __init__(self, waitlist: Waitlist) -> None:
        self._waitlist = waitlist

    def get(self, variant: str, episode: int) -> RestockWaves:
        """Return the record of one restock, or a fresh one."""
        raw = self._waitlist.hash_of(variant, "waves").get(str(episode))
        return RestockWaves(episode) if raw is None else _unpack(episode, raw)

    def of(self, pairs: Sequence[tuple[str, int]]) -> list[RestockWaves | None]:
        """Return the record of each (variant, episode), in one look; None where there is none."""
        found = self._waitlist.fields_of("waves", [(variant, str(episode)) for variant, episode in pairs])
        return [None if raw is None else _unpack(pair[1], raw) for pair, raw in zip(pairs, found, strict=True)]

    def all(self, variant: str) -> list[RestockWaves]:
        """Return the records of a variant's restocks."""
        return [_unpack(int(episode), raw) for episode, raw in self._waitlist.hash_of(variant, "waves").items()]

    def write(self, variant: str, record: RestockWaves, people: Sequence[str] = ()) -> RestockWaves | None:
        """Change a record as it was read, and reserve people for a new wave; None where another was quicker."""
        packed = _pack(record)
        written = self._waitlist.run(variant, "write", record.episode, record.revision, packed, *people)
        return None if written < 0 else replace(record, revision=packed)

    def reserved(self, variant: str) -> dict[str, bool]:
        """Return the people of the wave that goes; True where a message to them was begun."""
        return {person: raw == BEGUN for person, raw in self._waitlist.hash_of(variant, "wave").items()}

    def attempt(self, variant: str, people: Sequence[str]) -> None:
        """Note that messages are begun: from here on they may have gone."""
        self._waitlist.run(variant, "attempt", *people)

    def withdraw(self, variant: str, people: Sequence[str]) -> None:
        """Note that messages certainly did not go."""
        self._waitlist.run(variant, "withdraw", *people)

    def unreserve(self, variant: str, people: Sequence[str]) -> None:
        """Take people out of the wave that goes; they go on waiting."""
        if people:
            self._waitlist.run(variant, "unreserve", *people)

    def settle(
        self, variant: str, record: RestockWaves, told: dict[str, ToldPerson], *, stay: bool = False
    ) -> RestockWaves | None:
        """Write down who was told, with the record; with `stay` they go on waiting. None where another was quicker."""
        packed = _pack(record)
        pairs = [part for person, one in told.items() for part in (person, one.pack())]
        arguments = [record.episode, record.revision, packed, int(stay), *pairs]
        return None if self._waitlist.run(variant, "told", *arguments) < 0 else replace(record, revision=packed)


BEGUN: Final = b"1"


def _pack(record: RestockWaves) -> bytes:
    intent = record.intent
    return orjson.dumps(
        {
            "waves": [
                [w.number, to_us(w.at), w.units, w.policy_version, w.told, w.refused, w.unknown] for w in record.waves
            ],
            "intent": intent
            and [intent.number, to_us(intent.at), to_us(intent.expires_at), intent.policy_version, intent.units],
            "why": record.why,
            "over": record.over,
            "next": record.next_at and to_us(record.next_at),
        }
    )


def _unpack(episode: int, raw: bytes) -> RestockWaves:
    fields = orjson.loads(raw)
    intent = fields["intent"]
    return RestockWaves(
        episode,
        tuple(Wave(w[0], from_us(w[1]), *w[2:]) for w in fields["waves"]),
        intent and Intent(intent[0], from_us(intent[1]), from_us(intent[2]), *intent[3:]),
        fields["why"] and Why(fields["why"]),
        fields["over"],
        fields["next"] and from_us(fields["next"]),
        raw,
    )
