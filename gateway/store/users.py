"""The people who sign in to the console, and the one-time links by which they choose a password.

A user's e-mail and name are unique and never change; nobody is deleted, so that the audit's names keep their meaning.
"""

import hmac
import secrets
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

import orjson

from gateway.store.connection import Connection
from gateway.store.keys import Keys
from gateway.store.sessions import digest_of, sessions_key
from policies.columns import from_us, to_us

LINK_LASTS: Final = timedelta(days=3)


class TakenError(ValueError):
    """Another user or token has the e-mail or the name."""


class ChangedError(ValueError):
    """The user was changed by somebody else, or the link was used, since it was read."""


@dataclass(frozen=True, slots=True)
class User:
    """Somebody who may sign in. `name` is what the audit and a policy's author line show."""

    id: str
    email: str
    name: str
    role: str
    created_us: int
    password_hash: str | None = None  # None: a link was made and not used yet, or only the identity provider is used
    disabled: bool = False

    @property
    def holder(self) -> str:
        """Whose the sessions are."""
        return f"user:{self.id}"

    def pack(self) -> bytes:
        """Write it as it is kept."""
        return orjson.dumps(asdict(self))


class Users:
    """The users, by id, by e-mail and by name."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self._connection, self._keys = connection, keys
        self._users, self._emails, self._names, self._links, self._tokens = (
            keys.house(name) for name in ("users", "users:emails", "users:names", "users:links", "tokens")
        )

    def add(self, email: str, name: str, role: str, at: datetime) -> User:
        """Add a user without a password. Raises TakenError."""
        user = User(secrets.token_hex(6), email_key(email), name, role, to_us(at))
        keys = [self._users, self._emails, self._names, self._tokens]
        added = int(self._connection.script("user_add", keys, [user.id, user.pack(), user.email, name.lower()]))
        if added != 1:
            raise TakenError("There is a user with this e-mail already." if added == 0 else f"{name} is taken.")
        return user

    def get(self, user: str) -> User | None:
        """Return a user."""
        raw = self._connection.command("HGET", self._users, user)
        return None if raw is None else _user(raw)

    def by_email(self, email: str) -> User | None:
        """Return the user of an e-mail address, however it is written."""
        found = self._connection.command("HGET", self._emails, email_key(email))
        return None if found is None else self.get(found.decode())

    def all(self) -> tuple[User, ...]:
        """Return every user, by name."""
        stored = self._connection.command("HVALS", self._users)
        return tuple(sorted((_user(raw) for raw in stored), key=lambda user: user.name.lower()))

    def any(self) -> bool:
        """Tell whether there is a user at all."""
        return bool(self._connection.command("EXISTS", self._users))

    def change(self, user: User, *, link: bytes | None = None, end_sessions: bool = False, **changes: Any) -> User:
        """Change a user as it was read; ending the sessions ends an open link too. Raises ChangedError."""
        changed = replace(user, **changes)
        keys = [self._users, self._links, sessions_key(self._keys, user.holder)]
        arguments = [user.id, user.pack(), changed.pack(), link or "", "1" if end_sessions else ""]
        if not self._connection.script("user_change", keys, arguments):
            raise ChangedError("This was changed in the meantime: look again, then decide.")
        return changed

    def make_link(self, user: User, at: datetime) -> str:
        """Return the secret of a link to choose a password; the one before works no more."""
        secret = "gw_" + secrets.token_urlsafe(32)  # so that logs and error reports filter it out
        stored = orjson.dumps({"digest": digest_of(secret), "until": to_us(at + LINK_LASTS)})
        self._connection.command("HSET", self._links, user.id, stored)
        return secret

    def link(self, user: str, secret: str, at: datetime) -> bytes | None:
        """Return an open link as it is kept, for `change`; None for one that was used, replaced or ran out."""
        raw: bytes | None = self._connection.command("HGET", self._links, user)
        if raw is None:
            return None
        stored = orjson.loads(raw)
        good = hmac.compare_digest(stored["digest"], digest_of(secret)) and from_us(stored["until"]) > at
        return raw if good else None

    def links(self, at: datetime) -> dict[str, datetime]:
        """Return when each open link ends, by user."""
        stored = self._connection.command("HGETALL", self._links)
        ends = {user.decode(): from_us(orjson.loads(raw)["until"]) for user, raw in stored.items()}
        return {user: end for user, end in ends.items() if end > at}


def email_key(email: str) -> str:
    """Write an e-mail address as it is compared."""
    return email.strip().casefold()


def _user(raw: bytes) -> User:
    return User(**orjson.loads(raw))
