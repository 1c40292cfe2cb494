"""Bodies of webhooks, shaped as Shopify's webhook reference 2026-07 shows them. Movements and edits emit them."""

from datetime import datetime
from typing import Any

from integrations.shopify.simulator.model import Level, Location, Product, Transfer, Variant
from integrations.shopify.simulator.shop import Shop


def level(row: Level) -> dict[str, Any]:
    """A level: only `available`; no other state, no reason, no actor."""
    return {
        "inventory_item_id": row.item,
        "location_id": row.location,
        "available": row.quantities["available"],
        "updated_at": row.updated_at.isoformat(),
        "admin_graphql_api_id": row.gid,
    }


def item(variant: Variant) -> dict[str, Any]:
    """A stock item."""
    return {
        "id": variant.item,
        "sku": variant.sku,
        "tracked": variant.tracked,
        "requires_shipping": variant.requires_shipping,
        "updated_at": variant.updated_at.isoformat(),
        "admin_graphql_api_id": f"gid://shopify/InventoryItem/{variant.item}",
    }


def product(shop: Shop, row: Product) -> dict[str, Any]:
    """A product: its first 100 variants whole, the ids of all in `variant_gids`."""
    variants = [shop.variants[number] for number in row.variants]
    return {
        "id": row.id,
        "admin_graphql_api_id": f"gid://shopify/Product/{row.id}",
        "title": row.title,
        "handle": row.handle,
        "vendor": row.vendor,
        "product_type": row.product_type,
        "tags": ", ".join(row.tags),
        "status": row.status.lower(),
        "updated_at": row.updated_at.isoformat(),
        "variants": [
            {
                "id": variant.id,
                "product_id": row.id,
                "admin_graphql_api_id": f"gid://shopify/ProductVariant/{variant.id}",
                "title": variant.title,
                "sku": variant.sku,
                "barcode": variant.barcode,
                "price": variant.price,
                "inventory_policy": variant.inventory_policy.lower(),
                "inventory_item_id": variant.item,
                "inventory_quantity": shop.total_available(variant.item),
                "updated_at": variant.updated_at.isoformat(),
            }
            for variant in variants[:100]
        ],
        "variant_gids": [
            {
                "admin_graphql_api_id": f"gid://shopify/ProductVariant/{variant.id}",
                "updated_at": variant.updated_at.isoformat(),
            }
            for variant in variants
        ],
    }


def location(row: Location) -> dict[str, Any]:
    """A location: whether it fulfils online orders and offers pickup is not told."""
    return {
        "id": row.id,
        "name": row.name,
        "city": row.city,
        "country_code": row.country_code,
        "active": row.is_active,
        "legacy": False,
        "updated_at": row.updated_at.isoformat(),
        "admin_graphql_api_id": f"gid://shopify/Location/{row.id}",
    }


def refund(shop: Shop, row: Level, units: int, restock_type: str) -> dict[str, Any]:
    """A refund of one line, cut down to the fields that the gateway subscribes to."""
    variant = shop.variant_by_item(row.item)
    line = {
        "quantity": units,
        "restock_type": restock_type,
        "line_item": {"variant_id": variant.id, "sku": variant.sku},
    }
    place = row.location if restock_type != "no_restock" else None
    number = shop.next_id()
    return {
        "id": number,
        "created_at": shop.now().isoformat(),
        "refund_line_items": [{"id": number, "location_id": place, **line}],
    }


def transfer(row: Transfer, at: datetime) -> dict[str, Any]:
    """A transfer between two locations."""
    return {
        "id": f"gid://shopify/InventoryTransfer/{row.id}",
        "happened_at": at.isoformat(),
        "origin": {"id": f"gid://shopify/Location/{row.origin}"},
        "destination": {"id": f"gid://shopify/Location/{row.destination}"},
        "status": row.status,
    }


def shipment(row: Transfer, status: str, at: datetime) -> dict[str, Any]:
    """The one shipment of a transfer."""
    return {
        "id": f"gid://shopify/InventoryShipment/{row.id}",
        "inventory_transfer_id": f"gid://shopify/InventoryTransfer/{row.id}",
        "status": status,
        "happened_at": at.isoformat(),
    }


def receipt(row: Transfer, status: str, accepted: int, rejected: int, at: datetime) -> dict[str, Any]:
    """What was received just now of a shipment; the transfer already counts it."""
    return {
        **shipment(row, status, at),
        "items_received": [
            {
                "id": f"gid://shopify/InventoryShipmentLineItem/{row.id}",
                "old_accepted_quantity": row.accepted - accepted,
                "old_rejected_quantity": row.rejected - rejected,
                "new_accepted_quantity": row.accepted,
                "new_rejected_quantity": row.rejected,
                "remaining_quantity_to_receive": row.unreceived,
            }
        ],
    }
