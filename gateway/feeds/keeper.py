"""Keeps the feeds up to date: one process at a time, by lease, looks at what changed and swaps what it concerns.

Being the one that follows changes, it also passes on what a change means for other targets (`pipeline.consequences`).

Order makes it safe to kill: parts first, then this host's file, then the word that it is the newest, and last the
changes are forgotten. Whoever leads next begins by publishing, so nothing that was built is left lying.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import orjson
import structlog

from gateway.feeds.assemble import CatalogFeed
from gateway.feeds.copies import Copies
from gateway.feeds.definitions import WebFeed
from gateway.feeds.fixed import FixedParts
from gateway.feeds.forms import FORMS
from gateway.feeds.layout import FORMAT, HEAD, Layout, layout_of
from gateway.feeds.pages import MEMORIES, PAGES_AT_ONCE, Look
from gateway.feeds.publish import Publisher
from gateway.feeds.selection import Judge, judge_all, runs_short
from gateway.feeds.splice import Splicer
from gateway.pipeline.consequences import follow_items, follow_variants
from gateway.pipeline.destinations import ITEMS, VARIANTS
from gateway.policy_library import CompiledVersion
from gateway.services import Services
from gateway.store import StoreUnavailable
from gateway.store.feed_parts import Place
from gateway.store.keys import PARTITIONS

LOOK_EVERY: Final = timedelta(seconds=2)
PUBLISH_EVERY: Final = timedelta(seconds=10)
ALL: Final = range(PARTITIONS)
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that one look needs to know of the policy, the catalogue feeds and the web feeds."""

    version: CompiledVersion
    layout: Layout
    feeds: tuple[CatalogFeed, ...]
    judges: tuple[Judge, ...]
    epoch: str

    @property
    def forms(self) -> tuple[str, ...]:
        """The forms that parts are written in."""
        return tuple(sorted({feed.form for feed in self.feeds}))

    @property
    def digests(self) -> dict[str, str]:
        """What each shortlist depends on beside the variants."""
        return {judge.name: _digest(judge, self.layout) for judge in self.judges}


class FeedKeeper:
    """The state of one process that may lead. Losing it costs a look, nothing else."""

    def __init__(self, services: Services, epoch: str | None) -> None:
        """Keep the feeds of this filling of the store only: an emptied one knows no stock."""
        self._services, self._epoch = services, epoch
        self._copies = Copies(services.settings.data_dir / "feeds")
        self._lease = services.store.lease("feeds")
        self._leads = False
        self._looked_at: datetime | None = None
        self._published_at: datetime | None = None
        self._complete: tuple[object, ...] | None = None
        self._splicers: dict[tuple[str, bytes], Splicer] = {}

    def step(self, at: datetime) -> int:
        """Look if it is time and this process leads; return how many pages were written."""
        if self._looked_at is not None and at - self._looked_at < LOOK_EVERY:
            return 0
        self._looked_at = at
        if not self._lead():
            return 0
        store = self._services.store
        if self._epoch is None or store.epoch.read() != self._epoch:
            raise StoreUnavailable("The store was emptied or replaced: feeds stay as they are.")
        products = self._take_products(at)
        followed_before = not store.changes.follow(VARIANTS)
        taken = store.changes.take(VARIANTS)
        follow_variants(self._services, [variant for names in taken.values() for variant in names], at)
        written = 0
        plan = self._plan(at)
        if plan is None:
            store.feeds.keep(False)
            self._complete = None
        else:
            written = self._look(plan, taken, whole=not (followed_before and store.feeds.kept()))
            self._publish(plan, at, moved=bool(written))
        store.changes.done(VARIANTS, list(taken))
        store.changes.done(ITEMS, products)
        return written

    def _take_products(self, at: datetime) -> list[int]:
        """Follow what changed of products; return the partitions it was taken from."""
        changes = self._services.store.changes
        changes.follow(ITEMS)
        taken = changes.take(ITEMS)
        follow_items(self._services, [product for names in taken.values() for product in names], at)
        return list(taken)

    def _lead(self) -> bool:
        """Take the lease, or lengthen it; a new leader starts from nothing."""
        if self._leads:
            try:
                self._lease.reacquire()
            except ValueError:  # redis-py's LockError is one: it ran out, as after a machine's sleep
                self._leads = False
        if not self._leads and self._lease.acquire(blocking=False):
            self._leads, self._complete, self._published_at = True, None, None
        return self._leads

    def _plan(self, at: datetime) -> Plan | None:
        """Read what is to be kept; None while there is no policy or nobody may fetch a feed."""
        store = self._services.store
        version = self._services.policies.current()
        if version is None or not any(token.live(at) for token in store.feeds.tokens()):
            return None
        names = sorted({CatalogFeed("json").name, *store.feeds.wanted()})
        layout = layout_of(version)
        judges = tuple(Judge(name, WebFeed.read(stored), layout) for name, stored in store.feeds.web().items())
        return Plan(version, layout, tuple(CatalogFeed.named(name) for name in names), judges, self._epoch or "")

    def _look(self, plan: Plan, taken: dict[int, list[str]], *, whole: bool) -> int:
        """Write the parts of the pages that changed, or that are not as the plan wants them."""
        store = self._services.store
        if whole:
            for form in (MEMORIES, *FORMS):
                store.feed_parts.outdate(form, ALL)
            store.feeds.keep(True)
        judged = store.feeds.judged()
        anew = [judge for judge in plan.judges if judged.get(judge.name) != plan.digests[judge.name]]
        anew += [judge for judge in plan.judges if judge not in anew and runs_short(judge, store.shortlists)]
        for judge in anew:
            store.shortlists.clear(judge.name)
        state = (plan.layout.stamp, plan.forms, plan.epoch)
        stale: list[Place] = []
        if anew:
            stale = store.feed_parts.pages(ALL)
        elif whole or self._complete != state:
            stale = self._stale(plan)
        variants = [variant for names in taken.values() for variant in names]
        changed = sorted({spot[0] for spot in store.feed_parts.spots(variants) if spot} - set(stale))
        self._write(plan, stale, None)
        self._write(plan, changed, frozenset(variants))
        if judged != plan.digests:
            store.feeds.put_judged(plan.digests)
        self._complete = state
        return len(stale) + len(changed)

    def _stale(self, plan: Plan) -> list[Place]:
        """List the pages that lack a part of this layout."""
        parts = self._services.store.feed_parts
        offset = HEAD.fields["layout"][1] if HEAD.fields else 0
        good = set(parts.pages(ALL))
        everything = sorted(good)
        for form in (*plan.forms, MEMORIES):
            heads = parts.heads(form, ALL)
            good &= {place for place, head in heads.items() if head[offset : offset + 8] == plan.layout.stamp}
        return [place for place in everything if place not in good]

    def _write(self, plan: Plan, places: Sequence[Place], changed: frozenset[str] | None) -> None:
        root = self._services.settings.data_dir / "feeds"
        writers = {
            form: (self._splicer(form, plan.layout), FixedParts(root / f"fixed.{form}.{FORMAT}.{plan.epoch}"))
            for form in plan.forms
        }
        for start in range(0, len(places), PAGES_AT_ONCE):
            look = Look(self._services, plan.layout, plan.version, places[start : start + PAGES_AT_ONCE])
            seen = look.update(changed)
            self._lease.reacquire()
            look.write(writers)
            judge_all(plan.judges, seen, self._services.store.shortlists)

    def _splicer(self, form: str, layout: Layout) -> Splicer:
        key = (form, layout.stamp)
        if key not in self._splicers:
            self._splicers = {known: one for known, one in self._splicers.items() if known[1] == layout.stamp}
            self._splicers[key] = Splicer(FORMS[form], layout)
        return self._splicers[key]

    def _publish(self, plan: Plan, at: datetime, *, moved: bool) -> None:
        if self._published_at is not None and at - self._published_at < PUBLISH_EVERY and not moved:
            return
        publisher = Publisher(self._services, self._copies, at)
        if self._published_at is None or at - self._published_at >= PUBLISH_EVERY:
            for feed in plan.feeds:
                publisher.catalog(feed)
            self._published_at = at
        for judge in plan.judges:
            publisher.web(judge)
        publisher.forget({feed.name for feed in plan.feeds} | {f"web/{judge.name}" for judge in plan.judges})
        publisher.note_tokens(plan.epoch)


def _digest(judge: Judge, layout: Layout) -> str:
    facts: dict[str, Any] = {"feed": judge.feed.plain(), "layout": layout.stamp.hex()}
    return hashlib.sha256(orjson.dumps(facts, option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]
