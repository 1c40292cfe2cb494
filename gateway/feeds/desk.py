"""What people do with feeds: define and drop web feeds, make, renew and end tokens. Every step is in the audit.

Called by the API and by the console, so that both do the same thing.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from gateway.feeds.definitions import WebFeed
from gateway.feeds.serving import CATALOG_LASTS, WEB_LASTS
from gateway.services import Services
from gateway.store.values import FeedState

NAME: Final = re.compile(r"[a-z0-9_]{1,40}")
MOST_WEB_FEEDS: Final = 50
WEB: Final = "web/"
BUILDING: Final = "It is being built for the first time."


class FeedRefusedError(Exception):
    """A step that cannot be done, in words for whoever asked; `path` names what is wrong, where it is one field."""

    def __init__(self, sentence: str, path: str = "") -> None:
        super().__init__(sentence)
        self.path = path


@dataclass(frozen=True, slots=True)
class FeedLine:
    """A feed as people see it: what is newest of it, and how it is defined where people define it."""

    name: str
    state: FeedState | None  # None: not built yet
    definition: dict[str, Any] | None

    @property
    def web(self) -> str | None:
        """The name of a web feed, None for a catalogue feed."""
        return self.name.removeprefix(WEB) if self.name.startswith(WEB) else None

    @property
    def trouble(self) -> str | None:
        """Why it cannot be served, or not yet."""
        return BUILDING if self.state is None else self.state.trouble

    def age_s(self, at: datetime) -> float | None:
        """Tell since when what it says may be untrue."""
        return None if self.state is None else max(0.0, (at - self.state.checked_at).total_seconds())

    def too_old(self, at: datetime) -> bool:
        """Tell whether it is no longer served, because it may promise what is gone."""
        age_s = self.age_s(at)
        return age_s is not None and age_s > (CATALOG_LASTS if self.web is None else WEB_LASTS).total_seconds()


def feed_lines(services: Services) -> list[FeedLine]:
    """List every feed that is built or defined, by name."""
    feeds = services.store.feeds
    states, web = feeds.states(), {f"{WEB}{name}": stored for name, stored in feeds.web().items()}
    return [FeedLine(name, states.get(name), web.get(name)) for name in sorted({*web, *states})]


def define(services: Services, name: str, feed: WebFeed, by: str) -> None:
    """Define a web feed, or define it anew; it is built within seconds. Raises FeedRefusedError."""
    if not NAME.fullmatch(name):
        sentence = "Must be 1 to 40 small letters, digits and underscores: Klaviyo's templates say {{ feeds.NAME }}."
        raise FeedRefusedError(sentence, "name")
    known = services.store.feeds.web()
    if name not in known and len(known) >= MOST_WEB_FEEDS:
        raise FeedRefusedError(f"There are {MOST_WEB_FEEDS} web feeds already.")
    services.store.feeds.put_web(name, feed.plain())
    _audit(services, by, "feed.define", name, feed.plain())


def drop(services: Services, name: str, by: str) -> bool:
    """Forget a web feed; messages that still use it will wait. Tell whether there was one."""
    gone = services.store.feeds.drop_web(name)
    if gone:
        _audit(services, by, "feed.drop", name, {})
    return gone


def make_token(services: Services, name: str, by: str) -> str:
    """Make a token and return its secret, which nobody can show again. Raises ValueError when the name is taken."""
    secret = services.store.feeds.create_token(name, services.now())
    _audit(services, by, "feed_token.create", name, {})
    return secret


def renew_token(services: Services, name: str, overlap_hours: int, by: str) -> str:
    """Make a token's successor; the old one works for the overlap, so that no fetch fails. Raises KeyError."""
    secret = services.store.feeds.rotate_token(name, timedelta(hours=overlap_hours), services.now())
    _audit(services, by, "feed_token.rotate", name, {"overlap_hours": overlap_hours})
    return secret


def end_token(services: Services, name: str, by: str) -> bool:
    """End a token at once, predecessors in their overlap included. Tell whether there was one."""
    gone = services.store.feeds.revoke_token(name)
    if gone:
        _audit(services, by, "feed_token.revoke", name, {})
    return gone


def _audit(services: Services, by: str, action: str, target: str, facts: dict[str, Any]) -> None:
    services.store.audit.append(by, action, target, facts, services.now())
