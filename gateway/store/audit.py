"""Who did what: a stream that is never trimmed, each entry's hash covering the one before it."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson

from gateway.store.connection import Connection
from gateway.store.keys import Keys
from gateway.store.values import AuditEntry
from policies.columns import from_us, to_us

FIRST_HASH = "0" * 64


class Audit:
    """The audit trail."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self._connection, self._stream, self._head = connection, keys.house("audit"), keys.house("audit:head")

    def append(self, actor: str, action: str, target: str, facts: Mapping[str, Any], at: datetime) -> AuditEntry:
        """Write an entry."""
        body = orjson.dumps([actor, action, target, dict(facts), to_us(at)], option=orjson.OPT_SORT_KEYS)
        while True:
            before = (self._connection.command("GET", self._head) or FIRST_HASH.encode()).decode()
            digest = _digest(before, body)
            written = self._connection.script("audit", [self._stream, self._head], [before, digest, body, FIRST_HASH])
            if written:
                return _entry(written, body, digest)

    def page(self, limit: int, cursor: str | None = None) -> tuple[list[AuditEntry], str | None]:
        """List entries, newest first, after a cursor; return the next cursor."""
        end = "+" if cursor is None else f"({cursor}"
        found = self._connection.command("XREVRANGE", self._stream, end, "-", "COUNT", limit + 1)
        entries = [_entry(name, fields[b"d"], fields[b"h"].decode()) for name, fields in found[:limit]]
        return entries, entries[-1].id if len(found) > limit else None

    def intact(self) -> bool:
        """Check the chain from its first entry to the head."""
        before = FIRST_HASH
        start = "-"
        while found := self._connection.command("XRANGE", self._stream, start, "+", "COUNT", 1000):
            for _, fields in found:
                if fields[b"h"].decode() != _digest(before, fields[b"d"]):
                    return False
                before = fields[b"h"].decode()
            start = f"({found[-1][0].decode()}"
        return (self._connection.command("GET", self._head) or FIRST_HASH.encode()).decode() == before


def _digest(before: str, body: bytes) -> str:
    return hashlib.sha256(before.encode() + body).hexdigest()


def _entry(name: bytes, body: bytes, digest: str) -> AuditEntry:
    actor, action, target, facts, at_us = orjson.loads(body)
    return AuditEntry(name.decode(), actor, action, target, facts, from_us(at_us), digest)
