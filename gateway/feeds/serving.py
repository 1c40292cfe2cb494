"""Finds the bytes that answer a request: a look-up and a file, never a computation.

One round trip tells whether the token is good and what is newest. Usually this host's disk has it. Where it has not
(the builder runs on another host), the parts are fetched once and the file is made here, the same byte for byte. While
the store is away or was emptied, the last good copy is served with its age, for as long as it may be trusted.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, Final

from gateway.feeds.assemble import CatalogFeed, assemble, plan_of
from gateway.feeds.copies import Copies, Copy
from gateway.feeds.files import put_gzip
from gateway.services import Services
from gateway.store import StoreUnavailable
from gateway.store.feeds import Look, token_digest
from gateway.store.values import FeedState
from policies.columns import from_us

WEB_LASTS: Final = timedelta(hours=1)
CATALOG_LASTS: Final = timedelta(hours=6)
"""How long a copy may be served unchecked: Klaviyo fetches a catalogue feed every 6 hours, a web feed every 15 minutes.
Beyond it, a message that waits (Klaviyo tries for three days) is better than one that promises old stock."""


class UnknownFeedError(Exception):
    """The token or the feed is not known; which of them is not said."""


class FeedTroubleError(Exception):
    """There is nothing that may be served now."""


@dataclass(frozen=True, slots=True)
class Served:
    """A file to send, and how long ago it was known to be true."""

    copy: Copy
    age_s: int


class FeedServer:
    """One process' way to the feeds."""

    def __init__(self, services: Services) -> None:
        self._services, self._copies = services, Copies(services.settings.data_dir / "feeds")
        self._making = Lock()

    def catalog(self, secret: str, feed: CatalogFeed, at: datetime) -> Served:
        """Find a catalogue feed; a form that nobody builds yet is wanted from now on."""
        look = self._authorised(secret, feed.name, at)
        if look is not None and look.state is None and self._copies.current(feed.name) is None:
            self._services.store.feeds.want(feed.name)
            raise FeedTroubleError("This feed is being built for the first time; fetch it again in a minute.")
        return self._served(feed.name, look, CATALOG_LASTS, at)

    def web(self, secret: str, name: str, at: datetime) -> Served:
        """Find a web feed."""
        feed = f"web/{name}"
        look = self._authorised(secret, feed, at)
        if look is not None and look.state is None:
            if name not in self._services.store.feeds.web():
                raise UnknownFeedError
            raise FeedTroubleError("This feed is being built for the first time; fetch it again in a minute.")
        return self._served(feed, look, WEB_LASTS, at)

    def _authorised(self, secret: str, feed: str, at: datetime) -> Look | None:
        """Look everything up; None while only the disk can be trusted. Raises UnknownFeedError."""
        digest, noted = token_digest(secret), self._noted()
        try:
            look = self._services.store.feeds.look(digest, feed)
        except StoreUnavailable:
            look = None
        if look is not None and (look.epoch == noted["epoch"] or noted["epoch"] is None or look.token is not None):
            if look.token is None or not look.token.live(at):
                raise UnknownFeedError
            return look
        for known, ends_us in noted["tokens"].items():
            if hmac.compare_digest(known, digest) and (ends_us is None or at < from_us(ends_us)):
                return None
        raise UnknownFeedError

    def _noted(self) -> dict[str, Any]:
        noted = self._copies.noted("tokens.json")
        return noted if isinstance(noted, dict) else {"epoch": None, "tokens": {}}

    def _served(self, feed: str, look: Look | None, lasts: timedelta, at: datetime) -> Served:
        state = None if look is None else look.state
        if state is not None and state.trouble:
            raise FeedTroubleError(state.trouble)
        copy = self._copies.current(feed)
        if state is not None and (copy is None or (copy.etag != state.etag and copy.built_at <= state.built_at)):
            copy = self._make(feed, state, at) or copy
        if copy is None:
            raise FeedTroubleError("This host has no copy of the feed yet.")
        checked_at = copy.checked_at
        if state is not None and state.etag == copy.etag:
            checked_at = max(checked_at, state.checked_at)
        if at - checked_at > lasts:
            hours = lasts // timedelta(hours=1)
            raise FeedTroubleError(f"The last good copy is older than {hours} h: it may promise what is gone.")
        return Served(copy, max(0, int((at - checked_at).total_seconds())))

    def _make(self, feed: str, state: FeedState, at: datetime) -> Copy | None:
        """Make this host's file out of what the store keeps; None where that cannot be had now."""
        with self._making:
            copy = self._copies.current(feed)
            if copy is not None and copy.etag == state.etag:
                return copy
            try:
                if feed.startswith("web/"):
                    body = self._services.store.feeds.body(feed)
                    if body is None:
                        return None
                    items, length = state.items, state.length
                    return put_gzip(
                        self._copies, feed, body, state.etag, state.built_at, state.checked_at, items, length
                    )
                plan = plan_of(self._services.store.feed_parts, CatalogFeed.named(feed))
                if plan.etag != state.etag:
                    return None
                return assemble(self._services.store.feed_parts, self._copies, plan, state.built_at, state.checked_at)
            except StoreUnavailable:
                return None
