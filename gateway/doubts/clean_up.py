"""The clean-up list of a move from another system: the open doubts that somebody should settle before they count.

The chapters are what such moves stumble over: SKUs and barcodes, products that are sold no more, places, and figures.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from gateway.services import Services
from gateway.store.values import CatalogEntry, Doubt
from policies.explain import time_text

AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Chapter:
    """One kind of untidiness: what it is, and what to do about it."""

    title: str
    advice: str
    kinds: tuple[str, ...]


CHAPTERS: Final = (
    Chapter(
        "Duplicate SKUs",
        "Give each variant a SKU of its own. Until then a file that names such a SKU cannot say which is meant.",
        ("duplicate_sku",),
    ),
    Chapter("Barcodes", "Correct them, or leave them empty.", ("barcode_mismatch", "barcode")),
    Chapter(
        "Products that are sold no more",
        "Clear their stock out, or publish them again. Nothing of them is promised.",
        ("inactive_product",),
    ),
    Chapter(
        "Stock of what nobody knows",
        "Add the product to the catalogue, or stop its source from telling of it.",
        ("unknown_item", "unknown_product"),
    ),
    Chapter(
        "Places",
        "Give each place a purpose in the policy, a name of its own, and clear out what is closed.",
        ("unmapped_location", "closed_location", "location_names"),
    ),
    Chapter(
        "Figures that cannot be right",
        "Count again, and correct them at their source.",
        ("negative_figure", "reading", "identity_mismatch", "stuck_in_hold"),
    ),
)
COLUMNS: Final = (
    "chapter", "kind", "what", "variant", "product", "sku", "location", "source", "units", "first_seen",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Listed:
    """A chapter with what is open of it, and how many of it people settled."""

    chapter: Chapter
    doubts: tuple[Doubt, ...]
    settled: int


def clean_up_list(services: Services) -> list[Listed]:
    """Gather every chapter."""
    every = services.store.doubts.every()
    settled = _settled(services)
    return [
        Listed(
            chapter,
            tuple(sorted((d for d in every if d.kind in chapter.kinds), key=lambda d: (d.kind, d.key))),
            sum(settled[kind] for kind in chapter.kinds),
        )
        for chapter in CHAPTERS
    ]


def rows_of(services: Services, listed: Sequence[Listed]) -> Iterator[tuple[str, ...]]:
    """Write the list as rows of COLUMNS: one for each variant that a doubt names, or one for the doubt."""
    for one in listed:
        for doubt in one.doubts:
            named = variants_of(doubt)
            entries = services.store.catalog.entries(named)
            for variant in named or [""]:
                yield _row(one.chapter, doubt, variant, entries)


def variants_of(doubt: Doubt) -> list[str]:
    """Name the variants that a doubt is about, as far as it names them."""
    facts = doubt.facts
    several = facts.get("variants") if isinstance(facts.get("variants"), list) else facts.get("examples")
    named = [facts["variant"]] if isinstance(facts.get("variant"), str) else several
    return [str(one) for one in named or ()]


def title_of(entry: CatalogEntry | None, variant: str) -> str:
    """Name a variant as people know it."""
    parts = (entry.product_title, entry.title) if entry else ()
    return " / ".join(part for part in parts if part) or variant


def _row(chapter: Chapter, doubt: Doubt, variant: str, entries: Mapping[str, CatalogEntry]) -> tuple[str, ...]:
    entry, facts = entries.get(variant), doubt.facts
    product = title_of(entry, "")
    sku = (entry.variant.sku or "") if entry else ""
    told = [_text(facts.get(name)) for name in ("location", "source", "units")]
    return (chapter.title, doubt.kind, doubt.sentence, variant, product, sku, *told, time_text(doubt.first_at) or "")


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def _settled(services: Services) -> Counter[str]:
    counts: Counter[str] = Counter()
    cursor: str | None = "0"
    while cursor is not None:
        words, cursor = services.store.doubts.settled(AT_ONCE, cursor)
        counts.update(word.kind for word in words)
    return counts
