"""Who did what: a stream that is never trimmed, each entry's hash covering the one before it."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from gateway.store.connection import Connection
from gateway.store.keys import Keys
from gateway.store.values import AuditEntry
from policies.columns import from_us, to_us

FIRST_HASH = "0" * 64
CHUNK, MOST_CHUNKS = 500, 20


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries are asked for; what is empty asks for any."""

    actor: str = ""
    action: str = ""  # `guard` takes every action of the guard
    target: str = ""  # a part of it
    since: datetime | None = None
    until: datetime | None = None
    without: tuple[str, ...] = ()  # kinds of action that the reader may not see

    def takes(self, entry: AuditEntry) -> bool:
        """Tell whether an entry is asked for."""
        return (
            (not self.actor or entry.actor.casefold() == self.actor.casefold())
            and (not self.action or entry.action == self.action or entry.action.startswith(f"{self.action}."))
            and (not self.target or self.target.casefold() in entry.target.casefold())
            and (self.since is None or entry.at >= self.since)
            and (self.until is None or entry.at < self.until)
            and not (self.without and entry.action.startswith(self.without))
        )


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

    def page(
        self, limit: int, cursor: str | None = None, wanted: Wanted | None = None
    ) -> tuple[list[AuditEntry], str | None]:
        """List entries, newest first, after a cursor; return the next cursor.

        One call looks through 10,000 entries at most: a page may be short, or empty, and still have a next one.
        """
        entries: list[AuditEntry] = []
        for _ in range(MOST_CHUNKS):
            found = self._older(cursor, CHUNK)
            for index, entry in enumerate(found):
                if wanted is None or wanted.takes(entry):
                    entries.append(entry)
                cursor = entry.id
                if len(entries) == limit:
                    more = index + 1 < len(found) or bool(self._older(cursor, 1))
                    return entries, cursor if more else None
            if len(found) < CHUNK:
                return entries, None
        return entries, cursor

    def each(self, wanted: Wanted | None = None) -> Iterator[AuditEntry]:
        """Give every entry, newest first."""
        cursor = None
        while found := self._older(cursor, CHUNK):
            yield from (entry for entry in found if wanted is None or wanted.takes(entry))
            cursor = found[-1].id

    def count(self) -> int:
        """Count the entries."""
        return int(self._connection.command("XLEN", self._stream))

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

    def _older(self, cursor: str | None, count: int) -> list[AuditEntry]:
        end = "+" if cursor is None else f"({cursor}"
        found = self._connection.command("XREVRANGE", self._stream, end, "-", "COUNT", count)
        return [_entry(name, fields[b"d"], fields[b"h"].decode()) for name, fields in found]


def _digest(before: str, body: bytes) -> str:
    return hashlib.sha256(before.encode() + body).hexdigest()


def _entry(name: bytes, body: bytes, digest: str) -> AuditEntry:
    actor, action, target, facts, at_us = orjson.loads(body)
    return AuditEntry(name.decode(), actor, action, target, facts, from_us(at_us), digest)
