"""Answers given before, so that a request repeated with the same key is answered, not done, again."""

import base64
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256

import orjson

from gateway.store.connection import Connection
from gateway.store.keys import Keys
from gateway.store.values import Conflict, Stored

KEPT_S = 86_400


class Idempotency:
    """Keys per owner, for a day."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self._connection, self._keys = connection, keys

    def remember(self, key: str, owner: str, body_digest: str, at: datetime) -> None | Stored | Conflict:
        """Begin a request: None when it is new, what was answered before, or the conflict with another body."""
        begun = orjson.dumps({"digest": body_digest, "status": 0, "body": "", "headers": {}})
        old = self._connection.command("SET", self._key(key, owner), begun, "NX", "EX", KEPT_S, "GET")
        if old is None:
            return None
        kept = orjson.loads(old)
        if kept["digest"] != body_digest:
            return Conflict()
        return Stored(kept["status"], base64.b64decode(kept["body"]), kept["headers"])

    def answer(self, key: str, owner: str, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        """Keep the answer; one that should be tried again (5xx) is forgotten instead."""
        name = self._key(key, owner)
        raw = self._connection.command("GET", name)
        if status >= 500 or raw is None:  # noqa: PLR2004
            self._connection.command("DEL", name)
            return
        kept = orjson.loads(raw) | {"status": status, "body": base64.b64encode(body).decode(), "headers": dict(headers)}
        self._connection.command("SET", name, orjson.dumps(kept), "KEEPTTL")

    def _key(self, key: str, owner: str) -> str:
        return self._keys.house("idempotency:" + sha256(f"{owner}\0{key}".encode()).hexdigest())
