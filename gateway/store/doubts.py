"""What a person should look at. The same doubt raised again counts up instead of filling the list."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson

from gateway.store.connection import Connection
from gateway.store.keys import Keys
from gateway.store.values import Doubt
from policies.columns import from_us, to_us


class Doubts:
    """The open doubts, by when they were last raised."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self._connection = connection
        self._facts, self._order, self._resolved = (
            keys.house(name) for name in ("doubts", "doubts:order", "doubts:resolved")
        )

    def raise_(self, kind: str, key: str, sentence: str, facts: Mapping[str, Any], at: datetime) -> str:
        """Raise a doubt and return its id; the first time is kept, the latest words count."""
        doubt = orjson.dumps([kind, key, sentence, dict(facts)])
        name = doubt_id(kind, key)
        self._connection.script("doubt", [self._facts, self._order], [name, to_us(at), doubt])
        return name

    def open(self, limit: int, cursor: str | None = None) -> tuple[list[Doubt], str | None]:
        """List doubts, latest first, after a cursor; return the next cursor."""
        start = int(cursor or 0)
        names = self._connection.command("ZREVRANGE", self._order, start, start + limit)
        stored = self._connection.many([("HGET", self._facts, name) for name in names[:limit]])
        doubts = [_doubt(name.decode(), raw) for name, raw in zip(names, stored, strict=False) if raw is not None]
        return doubts, str(start + limit) if len(names) > limit else None

    def count(self) -> int:
        """Count the open doubts."""
        return int(self._connection.command("ZCARD", self._order))

    def resolve(self, id: str, by: str, verdict: str, at: datetime) -> Doubt | None:  # noqa: A002  (the contract's word)
        """Close a doubt with a person's verdict, which is kept; None: there is no such doubt."""
        raw = self._connection.command("HGET", self._facts, id)
        if raw is None:
            return None
        doubt = _doubt(id, raw)
        verdict_raw = orjson.dumps([doubt.kind, doubt.key, doubt.sentence, by, verdict, to_us(at)])
        commands = [("LPUSH", self._resolved, verdict_raw), ("LTRIM", self._resolved, 0, 9_999)]
        self._connection.many([*commands, ("HDEL", self._facts, id), ("ZREM", self._order, id)], atomic=True)
        return doubt

    def clear(self, kind: str, key: str) -> None:
        """Drop a doubt whose cause has gone away."""
        name = doubt_id(kind, key)
        self._connection.many([("HDEL", self._facts, name), ("ZREM", self._order, name)], atomic=True)


def doubt_id(kind: str, key: str) -> str:
    """Name the doubt of a kind about a thing."""
    return hashlib.sha256(f"{kind}\0{key}".encode()).hexdigest()[:20]


def _doubt(name: str, raw: bytes) -> Doubt:
    first, last, count, rest = raw.split(b":", 3)
    kind, key, sentence, facts = orjson.loads(rest)
    return Doubt(name, kind, key, sentence, facts, from_us(int(first)), from_us(int(last)), int(count))
