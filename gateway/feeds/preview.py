"""What Klaviyo gets, for people to see: the first items of a feed as it is, and a definition before it is kept.

Called by the console. A feed itself is never computed on request; a preview is, and looks at so many variants at most.
"""

import gzip
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np
import orjson

from gateway.feeds.assemble import CatalogFeed
from gateway.feeds.definitions import WebFeed
from gateway.feeds.forms import JSON
from gateway.feeds.layout import HEAD, layout_of
from gateway.feeds.pages import Seen
from gateway.feeds.render import memories_of, render
from gateway.feeds.selection import Judge, back_since_us
from gateway.services import Services
from gateway.stock_index import Wanted
from gateway.store.feed_parts import FeedParts

LOOKED_AT: Final = 2_000
LOOK_S: Final = 0.5
PARTITIONS_AT_ONCE: Final = 8


@dataclass(frozen=True, slots=True)
class Preview:
    """What a definition would list now."""

    items: tuple[dict[str, Any], ...]
    looked_at: int
    candidates: int  # more than were looked at: the preview is of a part of them

    @property
    def partial(self) -> bool:
        """Tell whether there are candidates that the preview did not look at."""
        return self.candidates > self.looked_at


def preview(services: Services, feed: WebFeed, at: datetime) -> Preview | None:
    """List what a definition would list now; None while no policy says what may be promised."""
    version = services.policies.current()
    if version is None:
        return None
    judge = Judge("", feed, layout_of(version))
    variants, candidates = _candidates(services, judge)
    raw, _ = render(services, judge, _best_first(services, judge, variants), back_since_us(judge, at))
    return Preview(tuple(orjson.loads(raw)["items"]), len(variants), candidates)


def published_items(services: Services, name: str) -> tuple[dict[str, Any], ...]:
    """Return the items of a web feed as Klaviyo gets them now."""
    body = services.store.feeds.body(f"web/{name}")
    return () if body is None else tuple(orjson.loads(gzip.decompress(body))["items"])


def first_items(parts: FeedParts, most: int) -> tuple[dict[str, Any], ...]:
    """Return the first items of the catalogue feed, out of its first parts that have any."""
    items: list[dict[str, Any]] = []
    for body in _filled(parts):
        raw = zlib.decompressobj(-zlib.MAX_WBITS).decompress(body)
        items += orjson.loads(JSON.opening + raw + JSON.closing)
        if len(items) >= most:
            break
    return tuple(items[:most])


def _filled(parts: FeedParts) -> Iterator[bytes]:
    partitions = CatalogFeed(JSON.name).partitions
    for start in range(0, len(partitions), PARTITIONS_AT_ONCE):
        heads = parts.heads(JSON.name, partitions[start : start + PARTITIONS_AT_ONCE])
        for place, head in heads.items():
            if np.frombuffer(head, HEAD)["items"][0] and (body := parts.bodies(JSON.name, [place])[0]) is not None:
                yield body


def _candidates(services: Services, judge: Judge) -> tuple[list[str], int]:
    """List variants of the feed's bands, narrowed by what names one thing only; and count all of them."""
    feed, found, count = judge.feed, [], 0
    sort, descending = {"units_desc": ("promised", True), "units_asc": ("promised", False)}.get(
        feed.sort, ("place", False)
    )
    for band in feed.bands:
        wanted = Wanted(
            band=band, pool=judge.pool.name, tag=_only(feed.tags), collection=_only(feed.collections),
            vendor=_only(feed.vendors), sort=sort, descending=descending,
        )  # fmt: skip
        listing = services.stock.listing(
            services.store, services.policies, wanted, limit=LOOKED_AT, elapsed=services.elapsed, budget_s=LOOK_S
        )
        found += [line.variant for line in listing.lines]
        count += listing.total
    return found, count


def _best_first(services: Services, judge: Judge, variants: list[str]) -> list[str]:
    rows, entries = services.store.ledger.read(variants), services.store.catalog.entries(variants)
    scores = {}
    for index, (name, memory) in enumerate(zip(variants, memories_of(services, variants), strict=True)):
        score = judge.score(Seen(name, entries.get(name), rows.pools[index], memory))
        if score is not None:
            scores[name] = score
    return sorted(scores, key=lambda name: (scores[name], name))


def _only(words: tuple[str, ...]) -> str | None:
    return words[0] if len(words) == 1 else None
