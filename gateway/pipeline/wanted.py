"""What Klaviyo should hold of a product or a variant now: decision and catalogue facts, with their digest."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime

import numpy as np
import orjson

from gateway.pipeline.destinations import UNCOUNTED_UNITS
from gateway.policy_library import CompiledVersion
from gateway.services import Services
from gateway.store import Rows
from gateway.store.values import CatalogEntry
from integrations.ports import CatalogItem, CatalogVariant
from policies.columns import BLIND_UNITS, UNLIMITED_UNITS, from_us
from policies.values import Band, ProductFacts


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
    return {name: _with_digest(_item(facts), None) for name, facts in found.items()}


def wanted_variants(services: Services, variants: Sequence[str], version: CompiledVersion) -> dict[str, Wanted]:
    """Build the variants that were decided and are not blind; of the others nothing is said."""
    rows, entries = services.store.ledger.read(variants), services.store.catalog.entries(variants)
    wanted = {}
    for index, name in enumerate(variants):
        if (entry := entries.get(name)) is None or not rows.sequences[index]:
            continue
        promised = int(rows.pools[index, version.default_column]["promised"])
        if promised == BLIND_UNITS:
            continue
        units = UNCOUNTED_UNITS if promised == UNLIMITED_UNITS else promised
        record = _variant(entry, units, promised == UNLIMITED_UNITS, _pools(rows, index, version))
        wanted[name] = _with_digest(record, units, from_us(rows.decided_us[index]))
    return wanted


def _pools(rows: Rows, index: int, version: CompiledVersion) -> dict[str, str | int | float | bool]:
    told: dict[str, str | int | float | bool] = {"policy_version": version.number}
    for pool, column in zip(version.compiled.pools, version.pool_columns, strict=True):
        state: np.void = rows.pools[index, column]
        told[f"{pool}_band"] = Band(int(state["band"])).word
        promised = int(state["promised"])
        if promised != BLIND_UNITS:
            told[f"{pool}_units"] = "unlimited" if promised == UNLIMITED_UNITS else promised
    return told


def _item(facts: ProductFacts) -> CatalogItem:
    prices = [variant.price for variant in facts.variants if variant.price is not None]
    return CatalogItem(
        product=facts.id,
        title=facts.title or facts.id,
        description=facts.description or facts.title or facts.id,
        url=facts.url or "",
        image_url=facts.image_url,
        price=min(prices, default=None),
        published=bool(facts.published),
    )


def _variant(
    entry: CatalogEntry, units: int, unlimited: bool, metadata: Mapping[str, str | int | float | bool]
) -> CatalogVariant:
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
    content["metadata"] = {key: value for key, value in record.metadata.items() if key != "policy_version"}
    text = orjson.dumps(content, option=orjson.OPT_SORT_KEYS, default=str)
    return Wanted(record, hashlib.sha256(text).hexdigest()[:16], units, since)
