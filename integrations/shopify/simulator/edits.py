"""What staff change besides quantities: products, tracking, locations."""

from integrations.shopify.simulator import payloads
from integrations.shopify.simulator.model import Location, Product, RefusedError, Variant
from integrations.shopify.simulator.shop import Shop

EDITABLE = {
    "title": str,
    "vendor": str,
    "product_type": str,
    "status": str,
    "tags": list,
    "online_store_url": str,
    "description": str,
    "image_url": str,
    "collections": list,
}
STATUSES = ("ACTIVE", "ARCHIVED", "DRAFT", "UNLISTED")


def edit_product(shop: Shop, product: int, changes: dict[str, object]) -> Product:
    """Change a product's own fields; an unknown field or a wrong type is refused before anything changes."""
    if (found := shop.products.get(product)) is None:
        raise RefusedError(f"there is no product {product}")
    for name, value in changes.items():
        unpublished = name == "online_store_url" and value is None
        if name not in EDITABLE or not (unpublished or isinstance(value, EDITABLE[name])):
            raise RefusedError(f"{name} cannot be set to {value!r}")
    if "status" in changes and changes["status"] not in STATUSES:
        raise RefusedError(f"status must be one of {', '.join(STATUSES)}")
    for name, value in changes.items():
        setattr(found, name, value)
    found.updated_at = shop.now()
    shop.emit("products/update", payloads.product(shop, found))
    return found


def set_tracked(shop: Shop, item: int, tracked: bool) -> Variant:
    """Let Shopify count an item, or not."""
    variant = shop.variant_by_item(item)
    variant.tracked, variant.updated_at = tracked, shop.now()
    shop.emit("inventory_items/update", payloads.item(variant))
    return variant


def set_location_active(shop: Shop, location: int, active: bool) -> Location:
    """Open or close a location; its levels stay as they are."""
    if (found := shop.locations.get(location)) is None:
        raise RefusedError(f"there is no location {location}")
    found.is_active, found.updated_at = active, shop.now()
    found.deactivated_at = None if active else found.updated_at
    shop.emit("locations/activate" if active else "locations/deactivate", payloads.location(found))
    return found
