"""What Klaviyo should hold of a product or a variant now: decision and catalogue facts, with their digest.

The digest covers what a difference is made of. The policy's version and the decision's number are told with it and left
out of it, so a new policy that moves no promise sends nothing.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime

import numpy as np
import orjson

from gateway.pipeline.destinations import CATEGORIES, UNCOUNTED_UNITS, VARIANTS
from gateway.pipeline.pickup import offered_at, place_names
from gateway.policy_library import CompiledVersion
from gateway.services import Services
from gateway.store import Rows
from gateway.store.values import CatalogEntry
from integrations.ports import CatalogItem, CatalogVariant
from policies.columns import BLIND_UNITS, UNLIMITED_UNITS, from_us
from policies.values import Band, ProductFacts

Metadata = dict[str, str | int | float | bool]
RIDES_ALONG = frozenset({"policy_version", "decision"})
"""Metadata that causes no sending by itself."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One record as it should be, and its digest: equal digests need no sending."""

    record: CatalogItem | CatalogVariant
    digest: str
    units: int | None
    since: datetime | None = None  # of the decision behind it


def wanted_items(services: Services, products: Sequence[str]) -> dict[str, Wanted]:
    """Build the items of products; one that the catalogue does not know is missing."""
    found = services.store.catalog.products(products)
    collections = sorted({collection for facts in found.values() for collection in facts.collections})
    there = services.store.told.get(CATEGORIES, collections) if collections else {}
    known = frozenset(collection for collection, told in there.items() if told.exists)
    out = _all_out(services, list(found.values())) if services.settings.klaviyo_unpublish_out else frozenset()
    return {name: _with_digest(_item(facts, known, out), None) for name, facts in found.items()}


def wanted_variants(services: Services, variants: Sequence[str], version: CompiledVersion) -> dict[str, Wanted]:
    """Build the variants that were decided and are not blind; of the others nothing is said.

    Neither of one that its product no longer lists and that Klaviyo does not hold: it is not to come back.
    """
    rows, entries = services.store.ledger.read(variants), services.store.catalog.entries(variants)
    delisted = services.store.catalog.delisted(variants)
    there = services.store.told.get(VARIANTS, sorted(delisted)) if delisted else {}
    wanted = {}
    for index, name in enumerate(variants):
        if (entry := entries.get(name)) is None or not rows.sequences[index]:
            continue
        if name in delisted and not (name in there and there[name].exists):
            continue
        promised = int(rows.pools[index, version.default_column]["promised"])
        if promised == BLIND_UNITS:
            continue
        units = UNCOUNTED_UNITS if promised == UNLIMITED_UNITS else promised
        metadata = _promises(rows, index, version) | _origin(rows, index, entry, version)
        record = _variant(entry, units, promised == UNLIMITED_UNITS, metadata)
        wanted[name] = _with_digest(record, units, from_us(rows.decided_us[index]))
    return wanted


def _all_out(services: Services, products: Sequence[ProductFacts]) -> frozenset[str]:
    """Name the products without a variant to promise. One that was never seen counts as one: unknown is not zero."""
    version = services.policies.current()
    variants = [variant.id for facts in products for variant in facts.variants]
    if version is None or not variants:
        return frozenset()
    default = services.store.ledger.read(variants).pools[:, version.default_column]
    gone = (default["band"] == Band.OUT) | ((default["promised"] == 0) & (default["band"] != Band.UNKNOWN))
    out = dict(zip(variants, gone.tolist(), strict=True))
    return frozenset(facts.id for facts in products if facts.variants and all(out[v.id] for v in facts.variants))


def _promises(rows: Rows, index: int, version: CompiledVersion) -> Metadata:
    told: Metadata = {}
    for pool, column in zip(version.compiled.pools, version.pool_columns, strict=True):
        state: np.void = rows.pools[index, column]
        told[f"{pool}_band"] = Band(int(state["band"])).word
        promised = int(state["promised"])
        if promised != BLIND_UNITS:
            told[f"{pool}_units"] = "unlimited" if promised == UNLIMITED_UNITS else promised
    return told


def _origin(rows: Rows, index: int, entry: CatalogEntry, version: CompiledVersion) -> Metadata:
    """Say where it can be collected, and what the promise was made of."""
    at = from_us(rows.decided_us[index])
    places = place_names(version.document, offered_at(rows, index, entry, version, at))
    origin: Metadata = {"policy_version": int(rows.policies[index]), "decision": int(rows.sequences[index])}
    return ({"pickup_locations": places} if places else {}) | origin


def _item(facts: ProductFacts, known: frozenset[str], out: frozenset[str]) -> CatalogItem:
    prices = [variant.price for variant in facts.variants if variant.price is not None]
    return CatalogItem(
        product=facts.id,
        title=facts.title or facts.id,
        description=facts.description or facts.title or facts.id,
        url=facts.url or "",
        image_url=facts.image_url,
        price=min(prices, default=None),
        published=bool(facts.published) and facts.id not in out,
        categories=tuple(collection for collection in facts.collections if collection in known),
    )


def _variant(entry: CatalogEntry, units: int, unlimited: bool, metadata: Metadata) -> CatalogVariant:
    title = " / ".join(part for part in (entry.product_title, entry.title) if part) or entry.variant.id
    return CatalogVariant(
        variant=entry.variant.id,
        product=entry.variant.product or "",
        title=title,
        description=entry.description or title,
        sku=entry.variant.sku or entry.variant.id,
        url=entry.url or "",
        units=units,
        price=entry.price,
        image_url=entry.image_url,
        sells_when_out=unlimited,
        published=bool(entry.variant.published),
        metadata=metadata,
    )


def _with_digest(record: CatalogItem | CatalogVariant, units: int | None, since: datetime | None = None) -> Wanted:
    content: dict[str, object] = {field.name: getattr(record, field.name) for field in fields(record)}
    content["metadata"] = _lasting(record.metadata)
    text = orjson.dumps(content, option=orjson.OPT_SORT_KEYS, default=str)
    return Wanted(record, hashlib.sha256(text).hexdigest()[:16], units, since)


def _lasting(metadata: Mapping[str, str | int | float | bool]) -> Metadata:
    return {name: value for name, value in metadata.items() if name not in RIDES_ALONG}
