"""API tokens: shown once, kept as hashes."""

import hashlib
import secrets
from datetime import datetime

import orjson

from gateway.store.connection import Connection
from gateway.store.keys import Keys
from gateway.store.values import Token
from policies.columns import from_us, to_us


class Accounts:
    """Who may call the API. Names are unique; making a token of a taken name replaces the old one."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self._connection, self._tokens, self._names = connection, keys.house("tokens"), keys.house("tokens:names")

    def create_token(self, name: str, role: str, at: datetime) -> str:
        """Make a token and return it; it cannot be read again."""
        secret = f"gw_{secrets.token_urlsafe(32)}"
        digest = _digest(secret)
        self.revoke(name)
        kept = orjson.dumps({"name": name, "role": role, "created_us": to_us(at)})
        self._connection.many([("HSET", self._tokens, digest, kept), ("HSET", self._names, name, digest)], atomic=True)
        return secret

    def token(self, secret: str) -> Token | None:
        """Find whose token this is; found by its hash, so that no comparison leaks how much was right."""
        raw = self._connection.command("HGET", self._tokens, _digest(secret))
        return None if raw is None else _token(raw)

    def tokens(self) -> list[Token]:
        """List the tokens, without their secrets."""
        return sorted(map(_token, self._connection.command("HVALS", self._tokens)), key=lambda token: token.name)

    def revoke(self, name: str) -> bool:
        """End a token; tell whether there was one."""
        digest = self._connection.command("HGET", self._names, name)
        if digest is None:
            return False
        self._connection.many([("HDEL", self._tokens, digest), ("HDEL", self._names, name)], atomic=True)
        return True


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _token(raw: bytes) -> Token:
    kept = orjson.loads(raw)
    return Token(kept["name"], kept["role"], from_us(kept["created_us"]))
