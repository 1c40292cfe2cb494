"""A web feed's finished bytes: at most 200 items, written from what is promised now."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import orjson

from gateway.feeds.forms import number
from gateway.feeds.layout import CAP_UNITS, fresh_memory, read_memory
from gateway.feeds.pages import MEMORIES
from gateway.feeds.selection import Judge
from gateway.services import Services
from gateway.store.values import CatalogEntry
from policies.columns import BLIND_UNITS, UNLIMITED_UNITS, from_us
from policies.explain import time_text
from policies.values import Band

LARGEST_BYTES: Final = 3_300_000
"""Of a web feed (Klaviyo help, "Add a web feed to a template": 3.3 MB)."""
DESCRIPTION_LETTERS: Final = 500
AT_ONCE: Final = 200


def render(services: Services, judge: Judge, variants: Sequence[str], since_us: int) -> tuple[bytes, int]:
    """Write the feed of candidates that came back since then, best first; return it and how many items it has."""
    items: list[dict[str, Any]] = []
    products: set[str] = set()
    for product, item in _items(services, judge, variants, since_us):
        if len(items) == judge.feed.limit:
            break
        if not (judge.feed.one_per_product and product in products):
            products.add(product)
            items.append(item)
    raw = orjson.dumps({"items": items})
    while len(raw) > LARGEST_BYTES:
        items = items[: len(items) * 9 // 10]
        raw = orjson.dumps({"items": items})
    return raw, len(items)


def _items(
    services: Services, judge: Judge, variants: Sequence[str], since_us: int
) -> Iterator[tuple[str, dict[str, Any]]]:
    store = services.store
    for start in range(0, len(variants), AT_ONCE):
        some = variants[start : start + AT_ONCE]
        rows, entries = store.ledger.read(some), store.catalog.entries(some)
        memories = memories_of(services, some)
        for index, name in enumerate(some):
            entry, state = entries.get(name), rows.pools[index, judge.column]
            if memories[index]["back_us"] < since_us:
                continue
            if entry is not None and int(state["promised"]) not in (0, BLIND_UNITS):
                values = _values(judge, entry, state, memories[index])
                yield entry.variant.product or name, {field: values[field] for field in judge.feed.fields}


def memories_of(services: Services, variants: Sequence[str]) -> list[Any]:
    """Return what is remembered of variants between looks, nothing of those never looked at."""
    parts = services.store.feed_parts
    spots = parts.spots(variants)
    pages = sorted({spot[0] for spot in spots if spot})
    bodies = dict(zip(pages, parts.bodies(MEMORIES, pages), strict=True))
    return [
        fresh_memory(1)[0] if spot is None else read_memory(bodies[spot[0]], spot[1] + 1)[spot[1]] for spot in spots
    ]


def _values(judge: Judge, entry: CatalogEntry, state: Any, memory: Any) -> dict[str, Any]:
    promised, bits = int(state["promised"]), int(memory["pickup"])
    title = " / ".join(part for part in (entry.product_title.strip(), entry.title.strip()) if part)
    names = [name for bit, name in enumerate(judge.layout.place_names) if bits >> bit & 1]
    return {
        "variant": entry.variant.id,
        "product": entry.variant.product,
        "title": title or entry.variant.id,
        "url": entry.url,
        "image_url": entry.image_url,
        "price": None if entry.price is None else number(entry.price),
        "band": Band(int(state["band"])).word,
        "units": CAP_UNITS if promised == UNLIMITED_UNITS else min(promised, CAP_UNITS),
        "sku": entry.variant.sku,
        "vendor": entry.variant.vendor,
        "product_type": entry.variant.product_type,
        "description": entry.description.strip()[:DESCRIPTION_LETTERS],
        "pickup_locations": names,
        "back_at": time_text(from_us(memory["back_us"])) if memory["back_us"] else None,
    }


def checked_at(services: Services, at: datetime) -> datetime:
    """Tell since when what feeds show may be old: decisions that are due and not made are not in them."""
    late_s = services.store.due.oldest_s(at)
    return at if late_s is None else at - timedelta(seconds=late_s)
