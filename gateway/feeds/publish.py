"""Swaps finished feeds in: this host's file first, then the word in the store that it is the newest."""

from datetime import datetime

import structlog

from gateway.feeds.assemble import LARGEST_BYTES, CatalogFeed, assemble, plan_of
from gateway.feeds.copies import Copies
from gateway.feeds.files import gzip_etag, put_gzip, zipped
from gateway.feeds.render import checked_at, render
from gateway.feeds.selection import Judge, back_since_us, candidates
from gateway.services import Services
from gateway.store.values import FeedState
from policies.columns import to_us

EMPTY = "Nothing matches this feed now, and its definition does not let it be empty."
log = structlog.get_logger(__name__)


class Publisher:
    """One round of publishing."""

    def __init__(self, services: Services, copies: Copies, at: datetime) -> None:
        self._services, self._copies, self._at = services, copies, at
        self._checked_at = checked_at(services, at)
        self._states = services.store.feeds.states()

    def catalog(self, feed: CatalogFeed) -> None:
        """Publish a catalogue feed. An empty one is never published: the last good copy ages instead."""
        store = self._services.store
        plan = plan_of(store.feed_parts, feed)
        if not plan.items:
            log.warning("catalogue feed is empty and was not published", feed=feed.name, left_out=plan.left_out)
            return
        trouble = None
        if plan.length > LARGEST_BYTES:
            files = 1 << (plan.length // LARGEST_BYTES).bit_length()
            trouble = (
                f"The feed is larger than 100 MB. Fetch it in files: ?part=1&of={files} to ?part={files}&of={files}."
            )
        copy = None if trouble else assemble(store.feed_parts, self._copies, plan, self._at, self._checked_at)
        if copy is None and trouble is None:
            return  # parts moved meanwhile: the next round sees them
        built_at = copy.built_at if copy else self._at
        state = FeedState(
            plan.etag, built_at, self._checked_at, plan.items, plan.length, left_out=plan.left_out, trouble=trouble
        )
        store.feeds.put_state(feed.name, state)

    def web(self, judge: Judge) -> None:
        """Publish a web feed, its bytes in the store as well."""
        store, name = self._services.store, f"web/{judge.name}"
        raw, items = render(
            self._services, judge, candidates(judge, store.shortlists, self._at), back_since_us(judge, self._at)
        )
        if not items and not judge.feed.may_be_empty:
            before = self._states.get(name)
            state = FeedState("", before.built_at if before else self._at, self._checked_at, 0, 0, trouble=EMPTY)
            store.feeds.put_state(name, state)
            return
        etag, copy = gzip_etag(raw), self._copies.current(name)
        if copy is not None and copy.etag == etag:
            self._copies.touch(name, copy, self._checked_at)
        else:
            copy = put_gzip(self._copies, name, zipped(raw), etag, self._at, self._checked_at, items, len(raw))
        known = self._states.get(name)
        state = FeedState(etag, copy.built_at, self._checked_at, items, len(raw))
        store.feeds.put_state(name, state, None if known and known.etag == etag else copy.path.read_bytes())

    def forget(self, kept: set[str]) -> None:
        """Drop the states of feeds that are no longer defined."""
        for name in self._states:
            if name not in kept:
                self._services.store.feeds.drop_state(name)

    def note_tokens(self, epoch: str) -> None:
        """Keep the tokens' digests on disk, so that the last good copy can be served while the store is away."""
        self._services.store.feeds.drop_ended_tokens(self._at)
        tokens = self._services.store.feeds.tokens()
        ends = {token.digest: None if token.ends_at is None else to_us(token.ends_at) for token in tokens}
        self._copies.note("tokens.json", {"epoch": epoch, "tokens": ends})
