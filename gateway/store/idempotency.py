"""Answers already given, so that a repeated request is answered again and not done again."""

import base64
from collections.abc import Mapping
from datetime import datetime

import orjson

from gateway.store.connection import Connection
from gateway.store.keys import Keys, partition_of
from gateway.store.values import Conflict, Stored
from policies.columns import to_us

REMEMBERED_S = 86_400


class Idempotency:
    """Keys of one owner; kept for a day."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self._connection, self._keys = connection, keys

    def remember(self, key: str, owner: str, body_digest: str, at: datetime) -> Stored | Conflict | None:
        """Take a key (None: go on and `answer`), or return what was said. Status 0: it is still being answered."""
        name = self._name(key, owner)
        fresh = orjson.dumps({"digest": body_digest, "at": to_us(at), "status": 0, "body": "", "headers": {}})
        if self._connection.command("SET", name, fresh, "NX", "EX", REMEMBERED_S):
            return None
        raw = self._connection.command("GET", name)
        if raw is None:  # it ran out just now
            return self.remember(key, owner, body_digest, at)
        stored = orjson.loads(raw)
        if stored["digest"] != body_digest:
            return Conflict()
        return Stored(stored["status"], base64.b64decode(stored["body"]), stored["headers"])

    def answer(self, key: str, owner: str, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        """Keep the answer to a key that was taken."""
        name = self._name(key, owner)
        if (raw := self._connection.command("GET", name)) is not None:
            told = {"status": status, "body": base64.b64encode(body).decode(), "headers": dict(headers)}
            self._connection.command("SET", name, orjson.dumps({**orjson.loads(raw), **told}), "XX", "KEEPTTL")

    def forget(self, key: str, owner: str) -> None:
        """Give a key back whose request failed before anything was done."""
        self._connection.command("DEL", self._name(key, owner))

    def _name(self, key: str, owner: str) -> str:
        return self._keys.of(partition_of(key), f"idempotency:{len(owner)}:{owner}:{key}")
