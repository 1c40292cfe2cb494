"""Warnings about a policy, held against the shop as the store knows it. Called by the console and the API.

A look at the shop is bounded: each call walks a few thousand variants of the catalogue on, and reads the stock of a
thousand at most once a minute. What is said of the whole shop is said only when the walk has been all around it.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import zip_longest
from threading import Lock
from typing import Final

from gateway.store import Store
from gateway.store.values import CatalogEntry
from policies.conversion import levels_at_columns
from policies.document import Document
from policies.lint import PolicyWarning, ShopView, lint
from policies.rules import fold
from policies.values import Level, Variant

WALKED_PER_CALL: Final = 2_000
MOST_VIEWED: Final = 3_000
MOST_READ: Final = 1_000
MOST_NAMED: Final = 300
MOST_ALIKE: Final = 300
"""Variants kept of one set of attributes; a shop whose products carry none is all of one."""
MOST_KEPT: Final = 10_000
WALK_AGAIN_AFTER: Final = timedelta(minutes=10)
READ_AGAIN_AFTER: Final = timedelta(minutes=1)

Attributes = tuple[object, ...]
"""What rules may ask of a variant, its own ids aside."""


class CatalogWalk:
    """A walk over the catalogue that keeps some variants of every kind."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._place: tuple[int, int] | None = None
        self._kinds: dict[Attributes, list[Variant]] = {}
        self._kept = 0
        self.titles: dict[str, str] = {}
        self.skus: dict[str, str] = {}  # folded SKU -> one variant that has it
        self.done = False
        self.whole = True
        """Whether everything that was met could be kept in mind."""

    def go_on(self) -> None:
        """Look at the next variants."""
        page = self._store.catalog.variants(self._place, WALKED_PER_CALL)
        for entry in self._store.catalog.entries([name for _, _, name in page]).values():
            self._meet(entry)
        self.done = len(page) < WALKED_PER_CALL
        if page:
            self._place = page[-1][:2]

    def variants(self) -> list[Variant]:
        """Give what was kept: one of every kind, then a second of every kind, and so on."""
        turns = zip_longest(*self._kinds.values())
        return [variant for turn in turns for variant in turn if variant is not None]

    def _meet(self, entry: CatalogEntry) -> None:
        variant = entry.variant
        if variant.sku:
            self.skus.setdefault(fold("skus", variant.sku), variant.id)
        attributes = _attributes(variant)
        new = attributes not in self._kinds
        if new and len(self._kinds) == MOST_VIEWED:
            self.whole = False
        elif new or (len(self._kinds[attributes]) < MOST_ALIKE and self._kept < MOST_KEPT):
            self._kinds.setdefault(attributes, []).append(variant)
            self._kept += 1
            self.titles[variant.id] = title_of(entry)


class PolicyAdvisor:
    """Lints documents against the shop; one per process, so that a look at the shop serves many keystrokes."""

    def __init__(self, store: Store) -> None:
        self._store, self._lock = store, Lock()
        self._walking: CatalogWalk | None = None
        self._walked: CatalogWalk | None = None
        self._walked_at: datetime | None = None
        self._levels: dict[str, tuple[Level, ...]] = {}
        self._levels_at: datetime | None = None

    def advise(self, document: Document, *, at: datetime) -> tuple[PolicyWarning, ...]:
        """List what is worth a second look in a document, each with a live product where one shows it."""
        return lint(document, self.view(document, at=at), at=at)

    def view(self, document: Document, *, at: datetime) -> ShopView:
        """Look at the shop as far as a document asks about it."""
        with self._lock:
            walk = self._walk(at)
            viewed = walk.variants()[:MOST_VIEWED]
            named, all_named = self._named(document, walk)
            levels = self._read(viewed, at) | self._levels_of([entry.variant for entry in named])
        known = {variant.id for variant in viewed}
        slots, locations = self._store.ledger.slots(), self._store.catalog.locations()
        return ShopView(
            variants=(*viewed, *(entry.variant for entry in named if entry.variant.id not in known)),
            levels=levels,
            locations=locations,
            sources=frozenset(
                [slot.source for slot in slots]
                + [facts.source for facts in locations]
                + [source.name for source in self._store.sources.all()]
            ),
            titles={**walk.titles, **{entry.variant.id: title_of(entry) for entry in named}},
            complete=walk.done and walk.whole and all_named,
        )

    def _walk(self, at: datetime) -> CatalogWalk:
        """Go a little further; until the first walk is done, what it has met so far is all that is known."""
        if self._walked_at is None or at - self._walked_at >= WALK_AGAIN_AFTER:
            self._walking = self._walking or CatalogWalk(self._store)
            self._walking.go_on()
            if self._walking.done:
                self._walked, self._walked_at, self._walking = self._walking, at, None
                self._levels_at = None  # other variants are looked at from now on
        return self._walked or self._walking or CatalogWalk(self._store)

    def _named(self, document: Document, walk: CatalogWalk) -> tuple[list[CatalogEntry], bool]:
        """Find the variants that rules name by an id of theirs; tell whether all names were looked up."""
        ids = _listed(document, "variants")
        ids += [walk.skus[sku] for name in _listed(document, "skus") if (sku := fold("skus", name)) in walk.skus]
        products = _listed(document, "products")
        for product in self._store.catalog.products(products[:MOST_NAMED]).values() if products else ():
            ids += [variant.id for variant in product.variants[:1]]
        wanted = list(dict.fromkeys(ids))
        entries = self._store.catalog.entries(wanted[:MOST_NAMED])
        return list(entries.values()), max(len(wanted), len(products)) <= MOST_NAMED

    def _read(self, viewed: Sequence[Variant], at: datetime) -> dict[str, tuple[Level, ...]]:
        if self._levels_at is None or at - self._levels_at >= READ_AGAIN_AFTER:
            self._levels, self._levels_at = self._levels_of(viewed[:MOST_READ]), at
        return self._levels

    def _levels_of(self, variants: Sequence[Variant]) -> dict[str, tuple[Level, ...]]:
        if not variants:
            return {}
        slots = self._store.ledger.slots()
        rows = self._store.ledger.read([variant.id for variant in variants])
        return {
            name: levels_at_columns(slots, rows.levels, row, range(len(slots)))
            for row, name in enumerate(rows.variants)
        }


def title_of(entry: CatalogEntry) -> str:
    """Name a variant as people read it."""
    return " ".join(part for part in (entry.product_title, entry.title) if part)


def _attributes(variant: Variant) -> Attributes:
    return (
        variant.vendor,
        variant.product_type,
        variant.tags,
        variant.collections,
        variant.tracked,
        variant.inventory_policy,
        variant.published,
    )


def _listed(document: Document, key: str) -> list[str]:
    lists: Iterable[tuple[str, ...]] = (rule.when.get(key, ()) for rule in document.rules)
    return [name for names in lists for name in names]
