"""What the simulated shop is made of, and Shopify's arithmetic of one level. Read by every file of the simulator."""

from dataclasses import dataclass, field
from datetime import datetime

PHYSICAL = ("available", "committed", "reserved", "damaged", "safety_stock", "quality_control")
STATES = (*PHYSICAL, "incoming")
NAMES = (*STATES, "on_hand")


class RefusedError(Exception):
    """Shopify would refuse this; the text says why."""


@dataclass(slots=True)
class Location:
    """A place that holds stock."""

    id: int
    name: str
    updated_at: datetime
    city: str = ""
    country_code: str = "US"
    is_active: bool = True
    fulfills_online_orders: bool = False
    pickup_time: str | None = None
    deactivated_at: datetime | None = None


@dataclass(slots=True)
class Level:
    """One item at one location. Quantities stay when the level is inactive (since 2026-04)."""

    item: int
    location: int
    updated_at: datetime
    active: bool = True
    quantities: dict[str, int] = field(default_factory=lambda: dict.fromkeys(STATES, 0))

    @property
    def on_hand(self) -> int:
        """The physical count: derived, so the identity of Shopify's inventory states cannot break."""
        return sum(self.quantities[state] for state in PHYSICAL)

    def quantity(self, name: str) -> int:
        """Read one documented name; `incoming` stands outside `on_hand`."""
        return self.on_hand if name == "on_hand" else self.quantities[name]

    @property
    def gid(self) -> str:
        """The id as Shopify writes it; its number is not the location's id, and must not be read as one."""
        return f"gid://shopify/InventoryLevel/{510_000 + self.location * 7}?inventory_item_id={self.item}"


@dataclass(slots=True)
class Variant:
    """A variant and the stock item behind it."""

    id: int
    product: int
    item: int
    title: str
    sku: str | None
    price: str
    updated_at: datetime
    barcode: str | None = None
    position: int = 1
    inventory_policy: str = "DENY"
    tracked: bool = True
    requires_shipping: bool = True


@dataclass(slots=True)
class Product:
    """A product; its variants are ids, in order."""

    id: int
    title: str
    handle: str
    vendor: str
    product_type: str
    updated_at: datetime
    created_at: datetime
    tags: list[str] = field(default_factory=list)
    status: str = "ACTIVE"
    online_store_url: str | None = None
    is_gift_card: bool = False
    variants: list[int] = field(default_factory=list)
    description: str = ""
    image_url: str | None = None
    collections: list[str] = field(default_factory=list)  # by title


@dataclass(slots=True)
class Transfer:
    """Units on their way from one location to another, one line, one shipment."""

    id: int
    item: int
    origin: int
    destination: int
    units: int
    status: str = "DRAFT"
    accepted: int = 0
    rejected: int = 0
    canceled: int = 0
    created_at: datetime | None = None

    @property
    def unreceived(self) -> int:
        """Units still to be received; never below zero, although more than sent may be accepted."""
        return max(0, self.units - self.accepted - self.rejected - self.canceled)


@dataclass(slots=True)
class Subscription:
    """A webhook subscription made through the Admin API."""

    id: int
    topic: str  # as the enum spells it: INVENTORY_LEVELS_UPDATE
    uri: str
    created_at: datetime
    include_fields: list[str] = field(default_factory=list)
    filter: str | None = None
    name: str | None = None
    failures: int = 0
