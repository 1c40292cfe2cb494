"""The shop's state behind one lock, and what Shopify derives from it. Staff actions, life and GraphQL stand on it."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from integrations.shopify.simulator.model import (
    Level,
    Location,
    Product,
    RefusedError,
    Subscription,
    Transfer,
    Variant,
)

Emit = Callable[[str, dict[str, Any]], None]


def _nobody(topic: str, payload: dict[str, Any]) -> None:
    """Hear nothing: the shop before it is connected to its webhooks."""


@dataclass
class Shop:
    """One shop. Whoever changes or reads more than one value holds `lock`."""

    now: Callable[[], datetime]
    domain: str = "sample.myshopify.com"
    name: str = "Sample Shop"
    locations: dict[int, Location] = field(default_factory=dict)
    products: dict[int, Product] = field(default_factory=dict)
    variants: dict[int, Variant] = field(default_factory=dict)
    levels: dict[tuple[int, int], Level] = field(default_factory=dict)  # (item, location)
    transfers: dict[int, Transfer] = field(default_factory=dict)
    subscriptions: dict[int, Subscription] = field(default_factory=dict)
    last_id: int = 70_000
    emit: Emit = _nobody
    lock: threading.RLock = field(default_factory=threading.RLock)
    variant_of_item: dict[int, int] = field(default_factory=dict)
    locations_of_item: dict[int, list[int]] = field(default_factory=dict)

    def add_variant(self, variant: Variant) -> None:
        """Put a variant into its product."""
        self.variants[variant.id] = variant
        self.variant_of_item[variant.item] = variant.id
        product = self.products[variant.product]
        if variant.id not in product.variants:
            product.variants.append(variant.id)

    def add_level(self, level: Level) -> None:
        """Stock an item at a location."""
        if (level.item, level.location) not in self.levels:
            self.locations_of_item.setdefault(level.item, []).append(level.location)
        self.levels[level.item, level.location] = level

    def next_id(self) -> int:
        """Give out an id nobody has had."""
        self.last_id += 1
        return self.last_id

    def levels_of(self, item: int) -> Iterator[Level]:
        """Read every level of an item, inactive ones included."""
        return (self.levels[item, location] for location in self.locations_of_item.get(item, ()))

    def live(self, level: Level) -> bool:
        """Tell whether a level is stock: active, at an active location."""
        return level.active and self.locations[level.location].is_active

    def level(self, item: int, location: int) -> Level:
        """Find a level; an item never stocked at the location is refused."""
        if (found := self.levels.get((item, location))) is None:
            raise RefusedError(f"item {item} is not stocked at location {location}")
        return found

    def variant_by_item(self, item: int) -> Variant:
        """Find the variant behind a stock item."""
        if (variant := self.variant_of_item.get(item)) is None:
            raise RefusedError(f"there is no inventory item {item}")
        return self.variants[variant]

    def total_available(self, item: int) -> int:
        """Sum `available` over every live level, as Shopify's inventoryQuantity does: marketing must not read it."""
        return sum(level.quantities["available"] for level in self.levels_of(item) if self.live(level))

    def sellable_online(self, item: int) -> int:
        """Sum `available` over the live levels whose location fulfils online orders."""
        return sum(
            level.quantities["available"]
            for level in self.levels_of(item)
            if self.live(level) and self.locations[level.location].fulfills_online_orders
        )

    def available_for_sale(self, variant: Variant) -> bool:
        """Shopify's own verdict: a sum over all shelves first, then the online ones (community.shopify.dev/t/27953)."""
        if not variant.tracked or variant.inventory_policy == "CONTINUE":
            return True
        return self.total_available(variant.item) > 0 and self.sellable_online(variant.item) > 0
