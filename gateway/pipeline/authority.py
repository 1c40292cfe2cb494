"""Whose word on products goes into the catalogue: the policy's authority by field group, never the last who wrote.

The owner of products introduces them and says what they are; the owner of variants says whether they are published,
their SKUs and barcodes. What anybody else tells is evidence: kept, compared, shown as drift, never applied.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from gateway.services import Services
from gateway.store.values import CatalogEntry
from policies.document import Authority
from policies.values import ProductFacts, VariantFacts

EXAMPLES: Final = 3


def applied(services: Services, source: str, products: Sequence[ProductFacts], at: datetime) -> Sequence[ProductFacts]:
    """Return the products as they go into the catalogue; what does not is kept as evidence."""
    version = services.policies.current()
    if version is None:
        return products
    authority = version.document.authority
    if source == authority.products == authority.variants:
        return products
    services.store.evidence.keep(source, products)
    if source not in (authority.products, authority.variants):
        _compare(services, source, authority, products, at)
        return []
    ids = [product.id for product in products]
    introduced, owned = _told(services, authority.products, ids), _told(services, authority.variants, ids)
    strange = [name for name in ids if name not in introduced]
    if strange:
        _introduced(services, source, authority, strange, at)
    return [_joined(introduced[name], owned.get(name)) for name in ids if name in introduced]


def _told(services: Services, source: str, ids: Sequence[str]) -> dict[str, ProductFacts]:
    """Return what a source tells of products; before it shared them with another, it stood in the catalogue."""
    return services.store.catalog.products((source, name) for name in ids) | services.store.evidence.told(source, ids)


def _joined(product: ProductFacts, variants: ProductFacts | None) -> ProductFacts:
    """Take what a product is from one source, and its variants and whether they are published from another."""
    if variants is None:
        return replace(product, published=None)
    return replace(
        variants,
        title=product.title,
        description=product.description,
        url=product.url,
        image_url=product.image_url,
        vendor=product.vendor,
        product_type=product.product_type,
        tags=product.tags,
        collections=product.collections,
    )


def _compare(
    services: Services, source: str, authority: Authority, products: Sequence[ProductFacts], at: datetime
) -> None:
    told = {variant.id: (product, variant) for product in products for variant in product.variants}
    entries = services.store.catalog.entries(list(told))
    strange = sorted(told.keys() - entries.keys())
    if strange:
        _introduced(services, source, authority, strange, at)
    drift = [
        f"{name} ({', '.join(fields)})"
        for name, (product, variant) in sorted(told.items())
        if name in entries and (fields := list(_differences(product, variant, entries[name])))
    ]
    if drift:
        sentence = f"{source} says otherwise than {authority.variants} of {_some(drift)}: {authority.variants} counts."
        facts = {"source": source, "owner": authority.variants, "variants": len(drift)}
        services.store.doubts.raise_("catalogue_drift", source, sentence, facts, at)


def _differences(product: ProductFacts, variant: VariantFacts, entry: CatalogEntry) -> Iterator[str]:
    """Name what differs, of that which is told."""
    pairs = (
        ("SKU", variant.sku, entry.variant.sku),
        ("barcode", variant.barcode, entry.barcode),
        ("published", product.published, entry.variant.published),
        ("title", product.title or None, entry.product_title),
    )
    for name, theirs, ours in pairs:
        if theirs is not None and theirs != ours:
            yield name


def _introduced(services: Services, source: str, authority: Authority, names: Sequence[str], at: datetime) -> None:
    """Say that only the owner of products introduces any."""
    sentence = f"{source} tells of {_some(names)}, which {authority.products} has not introduced: kept out."
    facts = {"source": source, "owner": authority.products, "items": len(names)}
    services.store.doubts.raise_("unknown_product", source, sentence, facts, at)


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - EXAMPLES} more" if len(names) > EXAMPLES else ""
    return ", ".join(names[:EXAMPLES]) + more
