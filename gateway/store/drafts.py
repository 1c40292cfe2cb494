"""Policies that people have begun to write and not published, one per person. They outlive the session."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from gateway.store.connection import Connection
from gateway.store.keys import Keys
from policies.columns import from_us, to_us


@dataclass(frozen=True, slots=True)
class PolicyDraft:
    """A document as it is being written, valid or not."""

    id: str  # names the request that publishes it
    based_on: int | None  # the version it was begun from
    document: dict[str, Any]
    arrangement: int  # how often something was added, taken out or moved: until then positions hold
    saved_at: datetime


class Drafts:
    """The drafts of all people, by whose they are."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self._connection, self._keys = connection, keys

    def get(self, holder: str) -> PolicyDraft | None:
        """Return a person's draft."""
        raw = self._connection.command("GET", self._key(holder))
        return None if raw is None else _unpack(raw)

    def change(self, holder: str, edit: Callable[[PolicyDraft | None], PolicyDraft]) -> PolicyDraft:
        """Keep what `edit` makes of the draft; it is asked again where another window changed it meanwhile."""
        key = self._key(holder)
        while True:
            raw = self._connection.command("GET", key) or b""
            edited = edit(_unpack(raw) if raw else None)
            if self._connection.script("swap", [key], [raw, _pack(edited)]):
                return edited

    def discard(self, holder: str) -> None:
        """Forget a person's draft."""
        self._connection.command("DEL", self._key(holder))

    def _key(self, holder: str) -> str:
        return self._keys.house(f"policy:draft:{holder}")


def _pack(draft: PolicyDraft) -> bytes:
    stored = {"id": draft.id, "based_on": draft.based_on, "document": draft.document, "at": to_us(draft.saved_at)}
    return orjson.dumps(stored | {"arrangement": draft.arrangement})


def _unpack(raw: bytes) -> PolicyDraft:
    stored = orjson.loads(raw)
    return PolicyDraft(
        id=stored["id"],
        based_on=stored["based_on"],
        document=stored["document"],
        arrangement=stored["arrangement"],
        saved_at=from_us(stored["at"]),
    )
