"""Reading Klaviyo's side back: how a record there differs from what it should be."""

from collections.abc import Mapping
from typing import Any, Final

from integrations.klaviyo import mapping
from integrations.ports import CatalogItem, CatalogVariant, Drift

RIDES_ALONG: Final = frozenset({"policy_version", "decision"})
"""Metadata that is told with the next difference and is none by itself."""
OF_ITEMS: Final = (
    *("external_id", "title", "description", "price", "url", "image_full_url", "images"),
    *("custom_metadata", "published"),
)
WHOLE: Final = (*OF_ITEMS, "sku", "inventory_policy", "inventory_quantity")
"""The attributes that are read back."""


def drift_of(held: Mapping[str, Any], wanted: CatalogItem | CatalogVariant) -> frozenset[Drift]:
    """Compare the attributes that Klaviyo holds with those it would be sent now."""
    if isinstance(wanted, CatalogItem):
        expected = mapping.changed_item(wanted)["attributes"]
    else:
        expected = mapping.changed_variant(wanted)["attributes"]
    found: set[Drift] = set()
    for name, value in expected.items():
        if _same(name, held.get(name), value):
            continue
        match name:
            case "inventory_quantity":
                found.add("number")
            case "published":
                found.add("published")
            case _:
                found.add("edited")
    return frozenset(found)


def _same(name: str, held: Any, wanted: Any) -> bool:
    if name == "custom_metadata":
        return _told(held) == _told(wanted)
    if name in ("price", "inventory_quantity"):
        tolerance = 0.005  # half a cent: prices are decimal numbers there
        return bool(abs((held or 0) - (wanted or 0)) < tolerance)
    return bool((held or None) == (wanted or None))


def _told(metadata: Any) -> dict[str, Any]:
    return {name: value for name, value in (metadata or {}).items() if name not in RIDES_ALONG}
