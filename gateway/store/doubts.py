"""What a person should look at. The same doubt raised again counts up instead of filling the list."""

import hashlib
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Final

import orjson

from gateway.store.connection import Connection
from gateway.store.keys import Keys
from gateway.store.values import Doubt, DoubtState, SettledDoubt
from policies.columns import from_us, to_us

KEPT: Final = 10_000
"""How many settled doubts are remembered."""


class Doubts:
    """The open doubts, by when they were last raised, and what people said of those that are not open any more."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self._connection = connection
        self._facts, self._order, self._owners, self._silenced, self._settled = (
            keys.house(f"doubts{name}") for name in ("", ":order", ":owners", ":silenced", ":settled")
        )

    def raise_(self, kind: str, key: str, sentence: str, facts: Mapping[str, Any], at: datetime) -> str:
        """Raise a doubt and return its id; the first time is kept, the latest words count.

        One that a person dismissed stays closed until its sentence is another, or its cause went away meanwhile.
        """
        doubt = orjson.dumps([kind, key, sentence, dict(facts)])
        name = doubt_id(kind, key)
        keys = [self._facts, self._order, self._silenced]
        self._connection.script("doubt", keys, [name, to_us(at), doubt, _words(sentence)])
        return name

    def open(self, limit: int, cursor: str | None = None) -> tuple[list[Doubt], str | None]:
        """List doubts, latest first, after a cursor; return the next cursor."""
        start = int(cursor or 0)
        names = self._connection.command("ZREVRANGE", self._order, start, start + limit)
        found = [doubt for name in names[:limit] if (doubt := self.get(name.decode())) is not None]
        return found, str(start + limit) if len(names) > limit else None

    def every(self) -> list[Doubt]:
        """List all open doubts, latest first, read at one moment."""
        facts, owners = self._connection.many([("HGETALL", self._facts), ("HGETALL", self._owners)], atomic=True)
        found = [_doubt(name.decode(), raw, owners.get(name)) for name, raw in facts.items()]
        return sorted(found, key=lambda doubt: (doubt.last_at, doubt.id), reverse=True)

    def get(self, id: str) -> Doubt | None:  # noqa: A002  (the contract's word)
        """Return an open doubt."""
        raw, owner = self._connection.many([("HGET", self._facts, id), ("HGET", self._owners, id)])
        return None if raw is None else _doubt(id, raw, owner)

    def of(self, kinds: Collection[str]) -> list[Doubt]:
        """Return the open doubts of some kinds, by kind and key."""
        found = (doubt for doubt in self.every() if doubt.kind in kinds)
        return sorted(found, key=lambda doubt: (doubt.kind, doubt.key))

    def keys(self, kind: str) -> list[str]:
        """Return what the open doubts of a kind are about."""
        return [doubt.key for doubt in self.of((kind,))]

    def count(self) -> int:
        """Count the open doubts."""
        return int(self._connection.command("ZCARD", self._order))

    def assign(self, id: str, owner: str | None) -> bool:  # noqa: A002
        """Give an open doubt to somebody, or to nobody; tell whether it is open."""
        if not self._connection.command("HEXISTS", self._facts, id):
            return False
        self._connection.command(*(("HSET", self._owners, id, owner) if owner else ("HDEL", self._owners, id)))
        return True

    def settle(
        self, doubt: Doubt, state: DoubtState, *, by: str, note: str, at: datetime, silence: bool = False
    ) -> bool:
        """Close a doubt with a person's word, which is kept; not closed: it is closed, or says something else by now.

        With `silence` it is not raised again in the same words until `clear` says that its cause went away.
        """
        content = orjson.dumps([doubt.kind, doubt.key, doubt.sentence, doubt.facts])
        word = orjson.dumps([doubt.id, doubt.kind, doubt.key, doubt.sentence, state, by, note, to_us(at)])
        keys = [self._facts, self._order, self._owners, self._silenced, self._settled]
        words = _words(doubt.sentence) if silence else ""
        return bool(self._connection.script("doubt_settled", keys, [doubt.id, content, word, words, KEPT]))

    def settled(self, limit: int, cursor: str | None = None) -> tuple[list[SettledDoubt], str | None]:
        """List what people said, latest first, after a cursor; return the next cursor."""
        start = int(cursor or 0)
        found = self._connection.command("LRANGE", self._settled, start, start + limit)
        words = [_settled(raw) for raw in found[:limit]]
        return words, str(start + limit) if len(found) > limit else None

    def clear(self, kind: str, key: str) -> None:
        """Drop a doubt whose cause has gone away."""
        name = doubt_id(kind, key)
        hashes = [("HDEL", key, name) for key in (self._facts, self._owners, self._silenced)]
        self._connection.many([*hashes, ("ZREM", self._order, name)], atomic=True)


def doubt_id(kind: str, key: str) -> str:
    """Name the doubt of a kind about a thing."""
    return hashlib.sha256(f"{kind}\0{key}".encode()).hexdigest()[:20]


def _settled(raw: bytes) -> SettledDoubt:
    name, kind, key, sentence, state, by, note, at_us = orjson.loads(raw)
    return SettledDoubt(name, kind, key, sentence, state, by, note, from_us(at_us))


def _words(sentence: str) -> str:
    return hashlib.sha256(sentence.encode()).hexdigest()[:20]


def _doubt(name: str, raw: bytes, owner: bytes | None) -> Doubt:
    first, last, count, rest = raw.split(b":", 3)
    kind, key, sentence, facts = orjson.loads(rest)
    told = owner.decode() if owner else None
    return Doubt(name, kind, key, sentence, facts, from_us(int(first)), from_us(int(last)), int(count), told)
