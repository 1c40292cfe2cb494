"""Shopify's words into ours: ids, states, products, levels. Called by the stock source on each node it has read."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from integrations.errors import TemporaryError
from integrations.ports import ItemLevel
from policies.values import LocationFacts, ProductFacts, VariantFacts

SOURCE: Final = "shopify"
STATES: Final[Mapping[str, str]] = {
    "available": "available",
    "on_hand": "on_hand",
    "committed": "committed",
    "incoming": "incoming",
    "reserved": "held",
    "damaged": "damaged",
    "safety_stock": "safety_stock",
    "quality_control": "quarantined",
}
"""Shopify's state -> ours (Shopify, Apps in inventory management, 2026-11)."""
PARTS_OF_ON_HAND: Final = frozenset(STATES) - {"on_hand", "incoming"}
"""What Shopify documents on hand to be the sum of."""


def bare_id(gid: str) -> str:
    """Take the integer text out of `gid://shopify/<Type>/<integer>`."""
    digits = gid.partition("?")[0].rpartition("/")[2]
    if not (digits.isascii() and digits.isdigit()):
        raise ValueError("not an id of Shopify's")
    return digits


def gid(kind: str, bare: str) -> str:
    """Put a bare id into the form that Shopify's queries take."""
    return f"gid://shopify/{kind}/{bare}"


def location_of(node: Mapping[str, Any]) -> LocationFacts:
    """Read a location."""
    return LocationFacts(bare_id(node["id"]), SOURCE, label=node.get("name") or "", active=node.get("isActive"))


def quantities_of(rows: Sequence[Mapping[str, Any] | None] | None) -> dict[str, int | None]:
    """Read a level's figures; one that was asked for and not told is unknown, never zero."""
    told = {row["name"]: row.get("quantity") for row in rows or () if row is not None}
    return {ours: _whole(told.get(theirs)) for theirs, ours in STATES.items()}


def level_of(item: str, node: Mapping[str, Any], *, counted: bool, asked_at: datetime) -> ItemLevel:
    """Read a level. What Shopify does not count (`tracked` is false) has no figures to believe."""
    rows = node.get("quantities") if counted else None
    location, changed = bare_id(node["location"]["id"]), node.get("updatedAt")
    changed_at = datetime.fromisoformat(changed) if changed else None
    return ItemLevel(item, location, quantities_of(rows), node.get("isActive"), asked_at, changed_at)


def product_of(
    node: Mapping[str, Any],
    variants: Iterable[Mapping[str, Any]],
    collections: Iterable[Mapping[str, Any]],
    *,
    partial: bool,
) -> ProductFacts:
    """Read a product. Published: sold openly and with a page to link to, and not a gift card.

    In a partial answer a missing page is not told, which is not the same as none.

    UNLISTED is sold by direct link only and is not to be promoted (Shopify, ProductStatus, 2026-10).
    """
    url = node.get("onlineStoreUrl")
    published = node.get("status") == "ACTIVE" and url is not None and node.get("isGiftCard") is False
    return ProductFacts(
        id=bare_id(node["id"]),
        source=SOURCE,
        title=node.get("title") or "",
        url=url,
        image_url=_image(node.get("featuredMedia")),
        description=node.get("description") or "",
        vendor=node.get("vendor") or None,
        product_type=node.get("productType") or None,
        tags=tuple(node.get("tags") or ()),
        collections=tuple(sorted(row["title"] for row in collections if row.get("title"))),
        published=None if partial and url is None else published,
        variants=tuple(variant_of(variant) for variant in variants),
    )


def variant_of(node: Mapping[str, Any]) -> VariantFacts:
    """Read a variant."""
    item = node.get("inventoryItem")
    policy = node.get("inventoryPolicy")
    return VariantFacts(
        id=bare_id(node["id"]),
        sku=node.get("sku") or None,
        barcode=node.get("barcode") or None,
        title=node.get("title") or "",
        price=_price(node.get("price")),
        tracked=item.get("tracked") if item else None,
        inventory_policy=policy.lower() if policy else None,
        stock_item=bare_id(item["id"]) if item else None,
    )


def _image(media: Mapping[str, Any] | None) -> str | None:
    """Take the address of the picture that stands for any kind of media, a film's too."""
    image = ((media or {}).get("preview") or {}).get("image") or {}
    return image.get("url") or None


def _whole(value: object) -> int | None:
    if value is None:
        return None
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise TemporaryError("Shopify told a quantity that is not a whole number.")


def _price(text: object) -> Decimal | None:
    if not isinstance(text, str):
        return None
    try:
        price = Decimal(text)
    except InvalidOperation:
        return None
    return price if price.is_finite() else None
