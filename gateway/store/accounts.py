"""API tokens. Only their SHA-256 is stored; a secret is shown once, when it is made."""

import secrets
from datetime import datetime

import orjson

from gateway.store.connection import Connection
from gateway.store.keys import Keys
from gateway.store.sessions import digest_of
from gateway.store.values import Token
from policies.columns import from_us, to_us


class Accounts:
    """Who may call the API. A look-up goes by digest, so that no secret is ever compared."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self._connection, self._key, self._names = connection, keys.house("tokens"), keys.house("users:names")

    def create_token(self, name: str, role: str, at: datetime) -> str:
        """Make a token and return its secret. Raises ValueError when the name is taken."""
        secret = "gw_" + secrets.token_urlsafe(32)
        stored = orjson.dumps({"name": name, "role": role, "at": to_us(at)})
        arguments = [digest_of(secret), stored, name.lower()]
        if not self._connection.script("token_create", [self._key, self._names], arguments):
            raise ValueError(f"There is a token or a user named {name!r} already.")
        return secret

    def token(self, secret: str) -> Token | None:
        """Return whom a secret speaks for."""
        raw = self._connection.command("HGET", self._key, digest_of(secret))
        return None if raw is None else _token(raw)

    def tokens(self) -> tuple[Token, ...]:
        """Return every token, by name."""
        stored = self._connection.command("HGETALL", self._key).values()
        return tuple(sorted((_token(raw) for raw in stored), key=lambda token: token.name))

    def revoke(self, name: str) -> bool:
        """Drop a token; tell whether there was one."""
        stored = self._connection.command("HGETALL", self._key)
        digests = [digest for digest, raw in stored.items() if _token(raw).name == name]
        return bool(digests and self._connection.command("HDEL", self._key, *digests))


def _token(raw: bytes) -> Token:
    stored = orjson.loads(raw)
    return Token(stored["name"], stored["role"], from_us(stored["at"]))
