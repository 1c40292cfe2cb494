"""Published policies: numbered, never changed, the newest in force."""

from datetime import datetime
from typing import Any

import orjson

from gateway.store.connection import Connection
from gateway.store.errors import StalePolicy
from gateway.store.keys import Keys
from gateway.store.values import PolicyVersion
from policies.columns import from_us, to_us


class Policies:
    """Every version ever published."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self._connection = connection
        self._number, self._versions = keys.house("policy:current"), keys.house("policies")

    @property
    def counter(self) -> str:
        """Where the number in force lies."""
        return self._number

    def current_number(self) -> int:
        """Return the number in force; 0: none was published."""
        return int(self._connection.command("GET", self._number) or 0)

    def current(self) -> PolicyVersion | None:
        """Return the version in force."""
        return self.get(self.current_number())

    def get(self, number: int) -> PolicyVersion | None:
        """Return a version by its number."""
        raw = self._connection.command("HGET", self._versions, number)
        return None if raw is None else _unpack(number, raw)

    def versions(self) -> tuple[PolicyVersion, ...]:
        """Return every version, newest first."""
        stored = self._connection.command("HGETALL", self._versions)
        return tuple(_unpack(number, stored[b"%d" % number]) for number in sorted(map(int, stored), reverse=True))

    def publish(
        self, document: dict[str, Any], *, based_on: int | None, author: str, note: str, at: datetime
    ) -> PolicyVersion:
        """Put a policy in force, if `based_on` is still the number in force (None: none was). Raises StalePolicy."""
        raw = orjson.dumps({"document": document, "author": author, "note": note, "at": to_us(at)})
        keys = [self._number, self._versions]
        published, number = self._connection.script("publish", keys, [based_on or 0, raw])
        if not published:
            raise StalePolicy(number or None)
        return _unpack(number, raw)


def _unpack(number: int, raw: bytes) -> PolicyVersion:
    stored = orjson.loads(raw)
    return PolicyVersion(number, stored["document"], stored["author"], stored["note"], from_us(stored["at"]))
