"""Our catalogue values in Klaviyo's words: compound ids, bodies, and the codes of `inventory_policy`."""

from typing import Any, Final

from integrations.ports import CatalogItem, CatalogVariant

PREFIX: Final = "$custom:::$default:::"
"""The only integration and catalogue that the API may write (Klaviyo, Create Catalog Item)."""

HIDDEN_WHEN_OUT: Final = 1
SHOWN_WHEN_OUT: Final = 2
"""`inventory_policy`: whether dynamic feeds show a variant whose quantity is 0 (Klaviyo, Create Catalog Variant)."""


NOTHING: Final[dict[str, Any]] = {"image_full_url": None, "images": [], "price": None}
"""Null clears a picture or a price that is gone; on creation neither may be null."""


def compound_id(external_id: str) -> str:
    """Write an id of ours as Klaviyo addresses it."""
    return PREFIX + external_id


def external_id(compound: str) -> str:
    """Read an id of ours out of Klaviyo's address."""
    return compound.removeprefix(PREFIX)


def new_category(name: str) -> dict[str, Any]:
    """Describe a category that Klaviyo does not know; a collection's name is also its id."""
    names = {"external_id": name, "integration_type": "$custom", "catalog_type": "$default"}
    return {"type": "catalog-category", "attributes": names | {"name": name}}


def new_item(item: CatalogItem) -> dict[str, Any]:
    """Describe a product that Klaviyo does not know."""
    names = {"external_id": item.product, "integration_type": "$custom", "catalog_type": "$default"}
    return {"type": "catalog-item", "attributes": names | _item_attributes(item), "relationships": _categories(item)}


def changed_item(item: CatalogItem) -> dict[str, Any]:
    """Describe a product that Klaviyo knows, whole: its categories replace those it had."""
    attributes = NOTHING | _item_attributes(item)
    return {
        "type": "catalog-item",
        "id": compound_id(item.product),
        "attributes": attributes,
        "relationships": _categories(item),
    }


def new_variant(variant: CatalogVariant) -> dict[str, Any]:
    """Describe a variant that Klaviyo does not know; its item must be there. A price is required: unknown is 0."""
    names = {"external_id": variant.variant, "integration_type": "$custom", "catalog_type": "$default", "price": 0.0}
    item = {"data": {"type": "catalog-item", "id": compound_id(variant.product)}}
    return {
        "type": "catalog-variant",
        "attributes": names | _variant_attributes(variant),
        "relationships": {"item": item},
    }


def changed_variant(variant: CatalogVariant) -> dict[str, Any]:
    """Describe a variant that Klaviyo knows, whole but for its item, which no operation can change."""
    attributes = NOTHING | _variant_attributes(variant)
    return {"type": "catalog-variant", "id": compound_id(variant.variant), "attributes": attributes}


def gone(kind: str, id_: str) -> dict[str, Any]:
    """Name a record to delete; `kind` is `catalog-item` or `catalog-variant`."""
    return {"type": kind, "id": compound_id(id_)}


def _categories(item: CatalogItem) -> dict[str, Any]:
    data = [{"type": "catalog-category", "id": compound_id(name)} for name in item.categories]
    return {"categories": {"data": data}}


def _item_attributes(item: CatalogItem) -> dict[str, Any]:
    title = item.title.strip() or item.product
    return {
        "title": title,
        "description": item.description.strip() or title,
        "url": item.url,
        "published": item.published,
        "custom_metadata": dict(item.metadata),
    } | _optional(item)


def _variant_attributes(variant: CatalogVariant) -> dict[str, Any]:
    title = variant.title.strip() or variant.sku.strip() or variant.variant
    return {
        "title": title,
        "description": variant.description.strip() or title,
        "sku": variant.sku.strip() or variant.variant,
        "url": variant.url,
        "inventory_quantity": variant.units,
        "inventory_policy": SHOWN_WHEN_OUT if variant.sells_when_out else HIDDEN_WHEN_OUT,
        "published": variant.published,
        "custom_metadata": dict(variant.metadata),
    } | _optional(variant)


def _optional(record: CatalogItem | CatalogVariant) -> dict[str, Any]:
    values = {
        "price": None if record.price is None else float(record.price),  # the API takes JSON numbers only
        "image_full_url": record.image_url or None,
        "images": [record.image_url] if record.image_url else None,
    }
    return {name: value for name, value in values.items() if value is not None}
