"""The shop's objects as GraphQL sees them: plain fields as values, everything that leads on as a function."""

import zlib
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from graphql import GraphQLError, GraphQLResolveInfo

from integrations.shopify.simulator.model import (
    NAMES,
    PHYSICAL,
    Level,
    Location,
    Product,
    Subscription,
    Transfer,
    Variant,
)
from integrations.shopify.simulator.paging import connection, search
from integrations.shopify.simulator.schema import API_VERSION
from integrations.shopify.simulator.shop import Shop

View = dict[str, Any]


def number(gid: str, kind: str) -> int | None:
    """Read the number of a gid of this kind, None for another kind or no gid at all."""
    head, _, tail = gid.partition(f"gid://shopify/{kind}/")
    return int(tail) if head == "" and tail.isdecimal() else None


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat().replace("+00:00", "Z")


def _levels(shop: Shop, rows: Callable[[], Iterable[Level]], item_first: bool) -> Callable[..., View]:
    def resolve(
        _: GraphQLResolveInfo[Any],
        first: int | None = None,
        after: str | None = None,
        query: str | None = None,
        **options: bool | None,
    ) -> View:
        kept = [row for row in rows() if options.get("includeInactive") or shop.live(row)]
        kept = search(
            kept, query, {"updated_at": lambda row: row.updated_at, "inventory_item_id": lambda row: row.item}
        )
        return connection(
            kept,
            (lambda row: (row.item, row.location)) if item_first else (lambda row: (row.location, row.item)),
            lambda row: level(shop, row),
            first=first,
            after=after,
            reverse=options.get("reverse"),
        )

    return resolve


def _one_level(shop: Shop, item: int, location: int, include_inactive: bool | None) -> View | None:
    row = shop.levels.get((item, location))
    return level(shop, row) if row is not None and (include_inactive or shop.live(row)) else None


def level(shop: Shop, row: Level) -> View:
    """One item at one location."""
    at = _iso(row.updated_at)

    def quantities(_: GraphQLResolveInfo[Any], names: list[str]) -> list[View]:
        if unknown := [name for name in names if name not in NAMES]:
            raise GraphQLError(f"The quantity names {unknown} are invalid")
        return [
            {"id": f"{row.gid}&name={name}", "name": name, "quantity": row.quantity(name), "updatedAt": at}
            for name in names
        ]

    return {
        "__typename": "InventoryLevel",
        "id": row.gid,
        "isActive": row.active,
        "canDeactivate": not any(row.quantities[state] for state in row.quantities if state != "available"),
        "updatedAt": at,
        "quantities": quantities,
        "item": lambda _: item(shop, shop.variant_by_item(row.item)),
        "location": lambda _: location(shop, shop.locations[row.location]),
    }


def item(shop: Shop, row: Variant) -> View:
    """The stock item behind a variant."""
    return {
        "__typename": "InventoryItem",
        "id": f"gid://shopify/InventoryItem/{row.item}",
        "legacyResourceId": str(row.item),
        "sku": row.sku,
        "tracked": row.tracked,
        "requiresShipping": row.requires_shipping,
        "updatedAt": _iso(row.updated_at),
        "duplicateSkuCount": lambda _: (
            sum(1 for other in shop.variants.values() if row.sku and other.sku == row.sku) - bool(row.sku)
        ),
        "inventoryLevels": _levels(shop, lambda: shop.levels_of(row.item), item_first=False),
        "inventoryLevel": lambda _, locationId, includeInactive=False: _one_level(  # noqa: N803  Shopify's names
            shop, row.item, number(locationId, "Location") or 0, includeInactive
        ),
        "variants": lambda _, first=None, after=None: connection(
            [row], lambda one: (one.id,), lambda one: variant(shop, one), first=first, after=after
        ),
    }


def location(shop: Shop, row: Location) -> View:
    """A place that holds stock."""

    def rows() -> Iterable[Level]:
        return (one for one in shop.levels.values() if one.location == row.id)

    pickup = row.pickup_time and {"pickupTime": row.pickup_time, "instructions": ""}
    return {
        "__typename": "Location",
        "id": f"gid://shopify/Location/{row.id}",
        "legacyResourceId": str(row.id),
        "name": row.name,
        "isActive": row.is_active,
        "activatable": True,
        "deactivatedAt": _iso(row.deactivated_at),
        "fulfillsOnlineOrders": row.fulfills_online_orders,
        "shipsInventory": True,
        "isFulfillmentService": False,
        "fulfillmentService": None,
        "hasActiveInventory": lambda _: any(one.active for one in rows()),
        "hasUnfulfilledOrders": lambda _: any(one.quantities["committed"] for one in rows()),
        "localPickupSettingsV2": pickup or None,
        "address": {"address1": "1 Main Street", "city": row.city, "countryCode": row.country_code},
        "updatedAt": _iso(row.updated_at),
        "inventoryLevels": _levels(shop, rows, item_first=True),
        "inventoryLevel": lambda _, inventoryItemId, includeInactive=False: _one_level(  # noqa: N803
            shop, number(inventoryItemId, "InventoryItem") or 0, row.id, includeInactive
        ),
    }


def variant(shop: Shop, row: Variant) -> View:
    """A variant, with Shopify's own verdicts, which speak for the whole shop."""
    return {
        "__typename": "ProductVariant",
        "id": f"gid://shopify/ProductVariant/{row.id}",
        "legacyResourceId": str(row.id),
        "title": row.title,
        "displayName": f"{shop.products[row.product].title} - {row.title}",
        "sku": row.sku,
        "barcode": row.barcode,
        "price": row.price,
        "position": row.position,
        "inventoryPolicy": row.inventory_policy,
        "requiresComponents": False,
        "selectedOptions": [{"name": "Size", "value": row.title}],
        "updatedAt": _iso(row.updated_at),
        "availableForSale": lambda _: shop.available_for_sale(row),
        "sellableOnlineQuantity": lambda _: shop.sellable_online(row.item),
        "inventoryQuantity": lambda _: shop.total_available(row.item),
        "product": lambda _: product(shop, shop.products[row.product]),
        "inventoryItem": lambda _: item(shop, row),
    }


def product(shop: Shop, row: Product) -> View:
    """A product with its variants."""
    rows = [shop.variants[one] for one in row.variants]
    return {
        "__typename": "Product",
        "id": f"gid://shopify/Product/{row.id}",
        "title": row.title,
        "handle": row.handle,
        "vendor": row.vendor,
        "productType": row.product_type,
        "tags": row.tags,
        "status": row.status,
        "isGiftCard": row.is_gift_card,
        "onlineStoreUrl": row.online_store_url,
        "publishedAt": _iso(row.created_at) if row.online_store_url else None,
        "description": lambda _, truncateAt=None: row.description[:truncateAt],  # noqa: N803
        "featuredMedia": row.image_url and {"__typename": "MediaImage", "preview": {"image": {"url": row.image_url}}},
        "collections": lambda _, first=None, after=None, reverse=None: connection(
            [(number, title) for title, number in sorted(_collections(row).items())],
            lambda one: (one[0],),
            lambda one: _collection(one[0], one[1], row.updated_at),
            first=first,
            after=after,
            reverse=reverse,
        ),
        "createdAt": _iso(row.created_at),
        "updatedAt": _iso(row.updated_at),
        "hasOnlyDefaultVariant": len(rows) == 1,
        "variantsCount": {"count": len(rows), "precision": "EXACT"},
        "tracksInventory": any(one.tracked for one in rows),
        "totalInventory": lambda _: sum(shop.total_available(one.item) for one in rows if one.tracked),
        "hasOutOfStockVariants": lambda _: any(one.tracked and shop.total_available(one.item) <= 0 for one in rows),
        "variants": lambda _, first=None, after=None, reverse=None, sortKey=None: connection(  # noqa: N803
            rows, lambda one: (one.id,), lambda one: variant(shop, one), first=first, after=after, reverse=reverse
        ),
    }


def _collections(row: Product) -> dict[str, int]:
    """Give each collection the number that its title always has."""
    return {title: zlib.crc32(title.encode()) for title in row.collections}


def _collection(number: int, title: str, at: datetime) -> View:
    handle = title.lower().replace(" ", "-")
    return {
        "__typename": "Collection",
        "id": f"gid://shopify/Collection/{number}",
        "title": title,
        "handle": handle,
        "updatedAt": _iso(at),
    }


def transfer(shop: Shop, row: Transfer) -> View:
    """A transfer of one line, with one shipment once it has left."""
    shipped = row.status in ("IN_PROGRESS", "TRANSFERRED")

    def line(_: Any) -> View:
        return {
            "id": f"gid://shopify/InventoryTransferLineItem/{row.id}",
            "totalQuantity": row.units,
            "shippedQuantity": row.units if shipped else 0,
            "inventoryItem": lambda _: item(shop, shop.variant_by_item(row.item)),
        }

    return {
        "__typename": "InventoryTransfer",
        "id": f"gid://shopify/InventoryTransfer/{row.id}",
        "name": f"#T{row.id}",
        "status": row.status,
        "dateCreated": _iso(row.created_at),
        "totalQuantity": row.units,
        "receivedQuantity": row.accepted + row.rejected + row.canceled,
        "origin": lambda _: _snapshot(shop, row.origin),
        "destination": lambda _: _snapshot(shop, row.destination),
        "lineItems": _single([row], line),
        "shipments": _single([row] if shipped else [], lambda one: _shipment(shop, one)),
    }


def _snapshot(shop: Shop, number: int) -> View:
    return {"name": shop.locations[number].name, "location": location(shop, shop.locations[number])}


def _shipment(shop: Shop, row: Transfer) -> View:
    received = row.accepted + row.rejected + row.canceled
    status = "IN_TRANSIT" if not received else "PARTIALLY_RECEIVED" if row.unreceived else "RECEIVED"

    def line(_: Any) -> View:
        return {
            "id": f"gid://shopify/InventoryShipmentLineItem/{row.id}",
            "quantity": row.units,
            "acceptedQuantity": row.accepted,
            "rejectedQuantity": row.rejected,
            "canceledQuantity": row.canceled,
            "unreceivedQuantity": row.unreceived,
            "inventoryItem": lambda _: item(shop, shop.variant_by_item(row.item)),
        }

    return {
        "__typename": "InventoryShipment",
        "id": f"gid://shopify/InventoryShipment/{row.id}",
        "name": f"#S{row.id}",
        "status": status,
        "lineItemTotalQuantity": row.units,
        "lineItems": _single([row], line),
    }


def _single(rows: list[Transfer], show: Callable[[Transfer], View]) -> Callable[..., View]:
    """Serve the connection of a list that fits on a page."""
    return lambda _, first=None, after=None, reverse=None, query=None: connection(
        rows, lambda row: (row.id,), show, first=first, after=after, reverse=reverse
    )


def api_version(handle: str) -> View:
    """A version of the Admin API."""
    return {"handle": handle, "displayName": handle, "supported": True}


def subscription(row: Subscription) -> View:
    """A webhook subscription."""
    return {
        "__typename": "WebhookSubscription",
        "id": f"gid://shopify/WebhookSubscription/{row.id}",
        "topic": row.topic,
        "uri": row.uri,
        "format": "JSON",
        "includeFields": row.include_fields,
        "filter": row.filter,
        "name": row.name,
        "createdAt": _iso(row.created_at),
        "updatedAt": _iso(row.created_at),
        "apiVersion": api_version(API_VERSION),
    }


def quantity_name(name: str) -> View:
    """What a quantity name stands for."""
    physical = name in PHYSICAL
    return {
        "name": name,
        "displayName": name.replace("_", " ").capitalize(),
        "isInUse": True,
        "belongsTo": ["on_hand"] if physical else [],
        "comprises": list(PHYSICAL) if name == "on_hand" else [],
    }
