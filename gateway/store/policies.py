"""Published policies: numbered, never edited, each based on the one that its author had seen."""

from datetime import datetime
from typing import Any

import orjson

from gateway.store.connection import Connection
from gateway.store.errors import StalePolicy
from gateway.store.keys import Keys
from gateway.store.values import PolicyVersion
from policies.columns import from_us, to_us


class Policies:
    """The versions of the policy."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self._connection = connection
        self._current, self._versions = keys.house("policy:current"), keys.house("policy:versions")

    def current_number(self) -> int:
        """Return the number in force; 0 when none was ever published."""
        return int(self._connection.command("GET", self._current) or 0)

    def current(self) -> PolicyVersion | None:
        """Return the version in force."""
        return self.get(self.current_number())

    def get(self, number: int) -> PolicyVersion | None:
        """Return one version."""
        raw = self._connection.command("HGET", self._versions, number)
        return None if raw is None else _version(number, raw)

    def versions(self) -> list[PolicyVersion]:
        """List every version, newest first."""
        found = self._connection.command("HGETALL", self._versions)
        return [_version(number, found[str(number).encode()]) for number in sorted(map(int, found), reverse=True)]

    def publish(
        self, document: dict[str, Any], *, based_on: int | None, author: str, note: str, at: datetime
    ) -> PolicyVersion:
        """Put a document in force. Raises StalePolicy where another was published since `based_on`."""
        raw = orjson.dumps({"document": document, "author": author, "note": note, "at_us": to_us(at)})
        number = int(self._connection.script("publish", [self._current, self._versions], [based_on or 0, raw]))
        if number < 0:
            raise StalePolicy(-number - 1 or None)
        return _version(number, raw)


def _version(number: int, raw: bytes) -> PolicyVersion:
    kept = orjson.loads(raw)
    return PolicyVersion(number, kept["document"], kept["author"], kept["note"], from_us(kept["at_us"]))
