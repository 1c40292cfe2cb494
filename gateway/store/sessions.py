"""Who is signed in to the console: kept by whose session it is, so that all of one person's end with one command."""

import hashlib
import secrets
from datetime import datetime, timedelta

import orjson

from gateway.store.connection import Connection
from gateway.store.keys import Keys
from gateway.store.values import Session
from policies.columns import from_us, to_us

LASTS = timedelta(hours=12)


class Sessions:
    """Sessions of holders (`user:ID`, `token:NAME`). Only the SHA-256 of a session's secret is stored."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self._connection, self._keys = connection, keys

    def signing_secret(self) -> str:
        """Return what cookies are signed with where no setting says so: one for all web processes, made once."""
        name = self._keys.house("sessions:secret")
        _, kept = self._connection.many([("SET", name, secrets.token_urlsafe(32), "NX"), ("GET", name)])
        return str(kept.decode())

    def open(self, holder: str, device: str, at: datetime) -> str:
        """Open a session and return its secret."""
        secret = secrets.token_urlsafe(32)
        key = self._name(holder)
        stored = orjson.dumps({"device": device, "at": to_us(at)})
        over = [raw for raw, one in self._stored(holder) if one.opened_at + LASTS <= at]
        commands = [("HDEL", key, *over)] if over else []
        commands += [("HSET", key, digest_of(secret), stored), ("EXPIRE", key, str(int(LASTS.total_seconds())))]
        self._connection.many(commands, atomic=True)
        return secret

    def find(self, holder: str, secret: str, at: datetime) -> Session | None:
        """Return a session that is open, None for one that was ended or ran out."""
        digest = digest_of(secret)
        raw = self._connection.command("HGET", self._name(holder), digest)
        session = None if raw is None else _session(digest, raw)
        return session if session and session.opened_at + LASTS > at else None

    def of(self, holder: str, at: datetime) -> tuple[Session, ...]:
        """List a holder's open sessions, newest first."""
        live = [one for _, one in self._stored(holder) if one.opened_at + LASTS > at]
        return tuple(sorted(live, key=lambda one: one.opened_at, reverse=True))

    def end(self, holder: str, session: str) -> None:
        """End one session, by its id."""
        self._connection.command("HDEL", self._name(holder), session)

    def end_all(self, holder: str) -> None:
        """End every session of a holder."""
        self._connection.command("DEL", self._name(holder))

    def _stored(self, holder: str) -> list[tuple[bytes, Session]]:
        stored = self._connection.command("HGETALL", self._name(holder))
        return [(digest, _session(digest.decode(), raw)) for digest, raw in stored.items()]

    def _name(self, holder: str) -> str:
        return sessions_key(self._keys, holder)


def sessions_key(keys: Keys, holder: str) -> str:
    """Name where a holder's sessions are; changing a user ends them in the same step."""
    return keys.house(f"sessions:{holder}")


def digest_of(secret: str) -> str:
    """Return what is stored of a secret that has 256 random bits."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _session(digest: str, raw: bytes) -> Session:
    stored = orjson.loads(raw)
    return Session(digest, stored["device"], from_us(stored["at"]))
