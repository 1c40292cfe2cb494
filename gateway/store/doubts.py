"""What a person should look at: one entry per kind and key, counted up while it stays open."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

import orjson

from gateway.store.connection import Connection
from gateway.store.keys import Keys
from gateway.store.values import Doubt
from policies.columns import from_us, to_us


class Doubts:
    """The worklist."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self._connection, self._open = connection, keys.house("doubts")

    def raise_(self, kind: str, key: str, sentence: str, facts: Mapping[str, Any], at: datetime) -> None:
        """Raise a doubt, or count one that is open already."""
        fresh = {"kind": kind, "key": key, "sentence": sentence, "facts": dict(facts)}
        self._connection.script("doubt", [self._open], [_id(kind, key), orjson.dumps(fresh), to_us(at)])

    def open(self, limit: int, cursor: str | None = None) -> tuple[list[Doubt], str | None]:
        """List open doubts by id after a cursor; return the next cursor."""
        found = self._connection.command("HGETALL", self._open)
        doubts = sorted((_doubt(id_.decode(), raw) for id_, raw in found.items()), key=lambda doubt: doubt.id)
        later = [doubt for doubt in doubts if cursor is None or doubt.id > cursor]
        return later[:limit], later[limit - 1].id if len(later) > limit else None

    def count(self) -> int:
        """Count the open doubts."""
        return int(self._connection.command("HLEN", self._open))

    def resolve(self, id_: str) -> bool:
        """Close a doubt; tell whether it was open. Who did so belongs in the audit."""
        return bool(self._connection.command("HDEL", self._open, id_))

    def clear(self, kind: str, key: str) -> bool:
        """Close a doubt whose reason has gone."""
        return self.resolve(_id(kind, key))


def _id(kind: str, key: str) -> str:
    return sha256(f"{kind}\0{key}".encode()).hexdigest()[:16]


def _doubt(id_: str, raw: bytes) -> Doubt:
    kept = orjson.loads(raw)
    first, last = from_us(int(kept["first_us"])), from_us(int(kept["last_us"]))
    facts = kept["facts"] or {}
    return Doubt(id_, kept["kind"], kept["key"], kept["sentence"], facts, first, last, int(kept["count"]))
