"""Published policies: numbered, never changed, the newest in force."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson

from gateway.store.connection import Connection
from gateway.store.errors import StalePolicy
from gateway.store.keys import Keys
from gateway.store.redecisions import Redecisions
from gateway.store.values import PolicyVersion
from policies.columns import from_us, to_us


class Policies:
    """Every version ever published."""

    def __init__(self, connection: Connection, keys: Keys, redecisions: Redecisions) -> None:
        self._connection = connection
        self._number, self._versions = keys.house("policy:current"), keys.house("policies")
        self._redecisions = redecisions.key

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
        found = self._read([number])
        return found[0] if found else None

    def versions(self, limit: int | None = None, before: int | None = None) -> tuple[PolicyVersion, ...]:
        """Return versions, newest first: at most so many, of those before a number."""
        newest = self.current_number()
        last = newest if before is None else min(newest, before - 1)
        first = 1 if limit is None else max(1, last - limit + 1)
        return self._read(range(last, first - 1, -1))

    def publish(
        self,
        document: dict[str, Any],
        *,
        based_on: int | None,
        author: str,
        note: str,
        at: datetime,
        confirmed: bool = False,
        request: str | None = None,
        restores: int | None = None,
    ) -> PolicyVersion:
        """Put a policy in force, if `based_on` is still the number in force (None: none was). Raises StalePolicy.

        `confirmed`: a person has seen that it is large. `restores`: the version that this one brings back. `request`
        names the request that published it, so that its repetition can be recognised.
        """
        version = {"document": document, "author": author, "note": note, "at": to_us(at), "confirmed": confirmed}
        raw = orjson.dumps(version | {"request": request, "restores": restores})
        keys = [self._number, self._versions, self._redecisions]
        published, number = self._connection.script("publish", keys, [based_on or 0, raw, to_us(at)])
        if not published:
            raise StalePolicy(number or None)
        return _unpack(number, raw)

    def _read(self, numbers: Sequence[int]) -> tuple[PolicyVersion, ...]:
        if not numbers:
            return ()
        found = self._connection.command("HMGET", self._versions, *numbers)
        return tuple(_unpack(number, raw) for number, raw in zip(numbers, found, strict=True) if raw is not None)


def _unpack(number: int, raw: bytes) -> PolicyVersion:
    stored = orjson.loads(raw)
    return PolicyVersion(
        number=number,
        document=stored["document"],
        author=stored["author"],
        note=stored["note"],
        published_at=from_us(stored["at"]),
        confirmed=stored.get("confirmed", False),
        request=stored.get("request"),
        restores=stored.get("restores"),
    )
