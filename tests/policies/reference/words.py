"""The words of the language and what each setting may be."""

from typing import Any

STATES = ["available", "safety_stock", "held", "retail_reserved", "online_reserved"]
PARTS_OF_ON_HAND = ["committed", "held", "damaged", "quarantined", "safety_stock", "retail_reserved", "online_reserved"]
KINDS = ["warehouse", "store", "popup", "third_party", "wholesale", "events", "repair", "customer_service"]
METHODS = ["ship", "pickup", "in_store"]
CAUSES = ["receipt", "transfer", "return", "cancellation", "count", "adjustment", "sale", "unknown"]
ORDERS = ["oldest", "newest", "vip_first"]
CHANNELS = ["email", "sms", "push"]
TOLD_HOW = ["confirm", "publish"]

MOST_UNITS = 10_000_000
MOST_MINUTES = 5_256_000
MOST_HOURS = 87_600
MOST_DAYS = 3_650

FOLDED_KEYS = ["skus", "tags", "collections", "vendors", "product_types"]
WHEN_KEYS = ["variants", "skus", "products", "tags", "collections", "vendors", "product_types", "pools", "locations"]
LOCATION_SETTINGS = ["excluded", "reserve_units_per_location"]

DEFAULTS = {
    "excluded": False,
    "reserve_units_per_location": 0,
    "buffer_units": 0,
    "buffer_percent": 0,
    "min_locations": 1,
    "floor_units": 0,
    "cap_units": "none",
    "out_at_units": 0,
    "restock_at_units": "auto",
    "low_at_units": "auto",
    "healthy_at_units": "auto",
    "settle_minutes": 0,
    "fresh_for_minutes": "none",
    "sell_when_out": False,
    "low_days": "none",
}


def folded(word: str) -> str:
    return word.strip().casefold()


def same(key: str, value: Any) -> Any:
    """What two listed values are compared by."""
    return folded(value) if key in FOLDED_KEYS else value
