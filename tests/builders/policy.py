"""The worked example's document and small values with only the interesting field set."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from policies.document import Authority, Document, LocationPurpose, Pool, Rule
from policies.values import Level, Variant

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)

LOCATIONS = {
    "wh-east": LocationPurpose("East warehouse", "warehouse", True, True),
    "broadway": LocationPurpose(None, "store", True, True, True),
    "soho": LocationPurpose(None, "store", True, True, True),
}
SHIP = Pool("ship", "ship", ("available", "online_reserved"), ("warehouse", "third_party"), ("broadway",))
HOUSE: dict[str, Any] = {
    "reserve_units_per_location": 1, "buffer_units": 2, "low_at_units": 8, "healthy_at_units": 12,
    "restock_at_units": 5, "settle_minutes": 10,
}  # fmt: skip
RULES = (
    Rule("House", HOUSE),
    Rule(
        "Sneakers sell fast",
        {"buffer_percent": Decimal(10), "low_at_units": 25, "healthy_at_units": 30},
        {"tags": ("sneakers",), "pools": ("ship",)},
    ),
    Rule(
        "Black Friday", {"buffer_units": 20}, {"collections": ("doorbusters",)},
        datetime(2026, 11, 27, tzinfo=UTC), datetime(2026, 12, 1, tzinfo=UTC),
    ),
)  # fmt: skip


def document(**changed: Any) -> Document:
    """Make the worked example's document."""
    fields: dict[str, Any] = {
        "name": "House policy",
        "default_pool": "ship",
        "authority": Authority("shopify", "shopify", "shopify", levels_at={"wh-east": "wms"}),
        "pools": {"ship": SHIP},
        "locations": LOCATIONS,
        "rules": RULES,
    }
    return Document(**(fields | changed))


def variant(**changed: Any) -> Variant:
    """Make a published, tracked variant without tags."""
    return Variant(**({"id": "tee-m", "published": True, "tracked": True} | changed))


def level(location: str, source: str = "shopify", at: datetime | None = NOON, **quantities: int | None) -> Level:
    """Make an active level, read at noon."""
    return Level(location, quantities, True, at, "wms" if location == "wh-east" else source)
