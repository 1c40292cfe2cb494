"""How a product is kept: one JSON value per product, and per variant its own facts joined with its product's.

Decimals are kept as text, so that a price comes back exactly as it was told.
"""

from dataclasses import asdict
from decimal import Decimal
from typing import Any

import orjson

from gateway.store.values import CatalogEntry
from policies.values import ProductFacts, Variant, VariantFacts


def _plain(value: object) -> str:
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(type(value).__name__)


def pack_product(product: ProductFacts) -> bytes:
    """Write a product with its variants."""
    return orjson.dumps(asdict(product), default=_plain)


def unpack_product(raw: bytes) -> ProductFacts:
    """Read a product."""
    fields = orjson.loads(raw)
    variants = tuple(_variant_facts(variant) for variant in fields.pop("variants"))
    for key in ("tags", "collections"):
        fields[key] = tuple(fields[key])
    return ProductFacts(**fields, variants=variants)


def pack_variant(product: ProductFacts, variant: VariantFacts) -> bytes:
    """Write what is known of one variant beside stock; equal facts give equal bytes."""
    fields = asdict(product)
    del fields["variants"]
    return orjson.dumps({"product": fields, "variant": asdict(variant)}, default=_plain, option=orjson.OPT_SORT_KEYS)


def unpack_variant(raw: bytes, *, delisted: bool, blocked: bool, rate: bytes | None = None) -> CatalogEntry:
    """Read one variant; one that its product no longer lists is not published. `rate`: units a day, as text."""
    stored = orjson.loads(raw)
    product, variant = stored["product"], _variant_facts(stored["variant"])
    return CatalogEntry(
        variant=Variant(
            id=variant.id,
            sku=variant.sku,
            product=product["id"],
            vendor=product["vendor"],
            product_type=product["product_type"],
            tags=tuple(product["tags"]),
            collections=tuple(product["collections"]),
            published=False if delisted else product["published"],
            tracked=variant.tracked,
            inventory_policy=variant.inventory_policy,
            blocked=blocked,
            units_per_day=Decimal(rate.decode()) if rate else None,
        ),
        title=variant.title,
        product_title=product["title"],
        description=product["description"],
        url=product["url"],
        image_url=product["image_url"],
        price=variant.price,
        barcode=variant.barcode,
        stock_item=variant.stock_item,
        source=product["source"],
    )


def _variant_facts(fields: dict[str, Any]) -> VariantFacts:
    price = fields["price"]
    return VariantFacts(**{**fields, "price": None if price is None else Decimal(price)})
