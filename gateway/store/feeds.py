"""What every host must agree on about feeds: tokens, definitions of web feeds, and which bytes are the newest.

The finished files lie on each host's disk (`gateway.feeds.copies`); small feeds are kept here as well, and the parts of
the catalogue in `feed_parts`, so that a host that built nothing can make itself the same file.
"""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson

from gateway.store.connection import Connection
from gateway.store.keys import Keys
from gateway.store.values import FeedState, FeedToken
from policies.columns import from_us, to_us


@dataclass(frozen=True, slots=True)
class Look:
    """All that one request must know, read in one round trip."""

    token: FeedToken | None
    state: FeedState | None
    epoch: str | None


class Feeds:
    """Tokens, definitions and states of feeds. A look-up goes by digest, so that no secret is ever compared."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self._connection = connection
        self._tokens, self._web, self._states = keys.house("feed:tokens"), keys.house("feed:web"), keys.house("feeds")
        self._epoch, self._bytes, self._wanted = (
            keys.house("epoch"),
            keys.house("feed:bytes"),
            keys.house("feed:wanted"),
        )
        self._judged, self._kept = keys.house("feed:judged"), keys.house("feed:kept")

    def create_token(self, name: str, at: datetime) -> str:
        """Make a token and return its secret. Raises ValueError when a live token has the name."""
        if any(token.name == name and token.live(at) for token in self.tokens()):
            raise ValueError(f"There is a feed token named {name!r} already.")
        return self._add_token(name, at)

    def rotate_token(self, name: str, overlap: timedelta, at: datetime) -> str:
        """Make a token's successor and return its secret; the old one lives on for the overlap. Raises KeyError."""
        old = [token for token in self.tokens() if token.name == name and token.live(at)]
        if not old:
            raise KeyError(name)
        secret = self._add_token(name, at)
        for token in old:
            ends_at = min(token.ends_at or at + overlap, at + overlap)
            self._keep_token(FeedToken(token.digest, name, token.created_at, ends_at))
        return secret

    def revoke_token(self, name: str) -> bool:
        """End every token of a name at once; tell whether there was one."""
        digests = [token.digest for token in self.tokens() if token.name == name]
        return bool(digests and self._connection.command("HDEL", self._tokens, *digests))

    def tokens(self) -> tuple[FeedToken, ...]:
        """Return every token, by name and age."""
        stored = self._connection.command("HGETALL", self._tokens)
        tokens = [_token(digest.decode(), raw) for digest, raw in stored.items()]
        return tuple(sorted(tokens, key=lambda token: (token.name, token.created_at)))

    def drop_ended_tokens(self, at: datetime) -> None:
        """Forget tokens whose overlap is over."""
        if ended := [token.digest for token in self.tokens() if not token.live(at)]:
            self._connection.command("HDEL", self._tokens, *ended)

    def look(self, digest: str, feed: str) -> Look:
        """Return whom a token's digest speaks for, what is newest of a feed, and the filling of the server."""
        token, state, epoch = self._connection.many(
            [("HGET", self._tokens, digest), ("HGET", self._states, feed), ("GET", self._epoch)]
        )
        return Look(
            None if token is None else _token(digest, token),
            None if state is None else _state(state),
            None if epoch is None else epoch.decode(),
        )

    def put_web(self, name: str, definition: Mapping[str, Any]) -> None:
        """Define a web feed, or define it anew."""
        self._connection.command("HSET", self._web, name, orjson.dumps(dict(definition)))

    def drop_web(self, name: str) -> bool:
        """Forget a web feed with its bytes; tell whether there was one."""
        commands = [("HDEL", key, field) for key, field in self._of_web(name)]
        return bool(self._connection.many(commands, atomic=True)[0])

    def web(self) -> dict[str, dict[str, Any]]:
        """Return every definition, by name."""
        stored = self._connection.command("HGETALL", self._web)
        return {name.decode(): orjson.loads(raw) for name, raw in sorted(stored.items())}

    def want(self, feed: str) -> None:
        """Note that somebody asked for a form of the catalogue that nobody builds yet."""
        self._connection.command("SADD", self._wanted, feed)

    def wanted(self) -> tuple[str, ...]:
        """Return the forms of the catalogue that somebody asked for."""
        return tuple(sorted(raw.decode() for raw in self._connection.command("SMEMBERS", self._wanted)))

    def judged(self) -> dict[str, str]:
        """Return under which definition each web feed's shortlist was made."""
        stored = self._connection.command("HGETALL", self._judged)
        return {name.decode(): digest.decode() for name, digest in stored.items()}

    def put_judged(self, digests: Mapping[str, str]) -> None:
        """Say under which definitions all shortlists are made, instead of what was said before."""
        commands: list[tuple[Any, ...]] = [("DEL", self._judged)]
        commands += [("HSET", self._judged, name, digest) for name, digest in digests.items()]
        self._connection.many(commands, atomic=True)

    def kept(self) -> bool:
        """Tell whether parts and shortlists have been kept up to date until now."""
        return bool(self._connection.command("EXISTS", self._kept))

    def keep(self, yes: bool) -> None:
        """Say whether they are; while nobody may fetch feeds, they are not."""
        self._connection.command(*(("SET", self._kept, 1) if yes else ("DEL", self._kept)))

    def states(self) -> dict[str, FeedState]:
        """Return what is newest, by feed."""
        stored = self._connection.command("HGETALL", self._states)
        return {feed.decode(): _state(raw) for feed, raw in sorted(stored.items())}

    def put_state(self, feed: str, state: FeedState, body: bytes | None = None) -> None:
        """Say what is newest of a feed, with its finished bytes where it is small."""
        commands: list[tuple[Any, ...]] = [("HSET", self._states, feed, _packed(state))]
        if body is not None:
            commands.insert(0, ("HSET", self._bytes, feed, body))
        self._connection.many(commands, atomic=True)

    def drop_state(self, feed: str) -> None:
        """Forget a feed that is no longer built."""
        self._connection.many([("HDEL", self._states, feed), ("HDEL", self._bytes, feed)], atomic=True)

    def body(self, feed: str) -> bytes | None:
        """Return the finished bytes of a small feed."""
        found: bytes | None = self._connection.command("HGET", self._bytes, feed)
        return found

    def _of_web(self, name: str) -> list[tuple[str, str]]:
        return [(self._web, name), (self._states, f"web/{name}"), (self._bytes, f"web/{name}")]

    def _add_token(self, name: str, at: datetime) -> str:
        secret = "gw_feed_" + secrets.token_urlsafe(32)
        self._keep_token(FeedToken(token_digest(secret), name, at, None))
        return secret

    def _keep_token(self, token: FeedToken) -> None:
        ends = None if token.ends_at is None else to_us(token.ends_at)
        stored = orjson.dumps([token.name, to_us(token.created_at), ends])
        self._connection.command("HSET", self._tokens, token.digest, stored)


def token_digest(secret: str) -> str:
    """Return what is stored of a token."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _token(digest: str, raw: bytes) -> FeedToken:
    name, created_us, ends_us = orjson.loads(raw)
    return FeedToken(digest, name, from_us(created_us), None if ends_us is None else from_us(ends_us))


def _packed(state: FeedState) -> bytes:
    fields = asdict(state)
    fields["built_at"], fields["checked_at"] = to_us(state.built_at), to_us(state.checked_at)
    return orjson.dumps(fields)


def _state(raw: bytes) -> FeedState:
    fields = orjson.loads(raw)
    fields["built_at"], fields["checked_at"] = from_us(fields["built_at"]), from_us(fields["checked_at"])
    return FeedState(**fields)
