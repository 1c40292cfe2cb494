"""The nouns that every room shares. Frozen, comparable, without behaviour beyond their own meaning."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import IntEnum
from typing import Final, Literal

STATES: Final = (
    "on_hand",
    "available",
    "committed",
    "held",
    "damaged",
    "quarantined",
    "safety_stock",
    "retail_reserved",
    "online_reserved",
    "incoming",
    "in_transfer",
    "receiving",
)
"""Every state a level may carry; the first nine are part of on hand, the last one is a part of `available`."""

PARTS_OF_ON_HAND: Final = STATES[2:9]
"""What is taken from `on_hand` to derive `available` where the source gives none."""

SELLABLE_STATES: Final = ("available", "safety_stock", "held", "retail_reserved", "online_reserved")
"""The states a pool may count."""

CAUSES: Final = (
    "receipt",
    "transfer",
    "return",
    "cancellation",
    "count",
    "adjustment",
    "sale",
    "unknown",
)
"""Why a source changed a level, as told by the source."""

Unlimited = Literal["unlimited"]
UNLIMITED: Final[Unlimited] = "unlimited"
Units = int | Unlimited | None
"""Marketable units; `"unlimited"` for what is not counted, None while the decision is blind."""


class Band(IntEnum):
    """Ordered: a higher band promises more. `UNKNOWN` is first sight, not a place to step up from."""

    UNKNOWN = 0
    OUT = 1
    LOW = 2
    HEALTHY = 3

    @property
    def word(self) -> str:
        """The band as the outside reads it."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Variant:
    """What a policy may know of a variant: the catalogue's facts, and whether a person blocked it."""

    id: str
    sku: str | None = None
    product: str | None = None
    vendor: str | None = None
    product_type: str | None = None
    tags: tuple[str, ...] = ()
    collections: tuple[str, ...] = ()
    published: bool | None = None  # None: the authority has not said, which counts as no
    tracked: bool | None = None  # None: not told, which counts as tracked
    inventory_policy: str | None = None  # "deny" or "continue", the source's words
    blocked: bool = False
    units_per_day: Decimal | None = None  # sales rate learned from the journal


@dataclass(frozen=True, slots=True)
class Level:
    """One variant at one location, the authority's word on it."""

    location: str
    quantities: Mapping[str, int | None] = field(default_factory=dict)  # absent: no such state; None: unknown
    active: bool | None = None  # None: not told, which counts as active
    observed_at: datetime | None = None  # aware UTC; None: no reading yet
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """Everything one source says of one level at one moment; it replaces what that source said before."""

    source: str
    variant: str
    location: str
    quantities: Mapping[str, int | None]
    observed_at: datetime  # aware UTC, the source's clock
    active: bool | None = None
    cause: str = "unknown"


@dataclass(frozen=True, slots=True)
class LocationFacts:
    """What a source says of a location. What the location is for is policy, not fact."""

    id: str
    source: str
    label: str = ""
    active: bool | None = None  # None: not told, which counts as open


@dataclass(frozen=True, slots=True)
class PoolState:
    """What the next decision needs to know of the last one, for one pool."""

    band: Band = Band.UNKNOWN
    rise_since: datetime | None = None
    proven: bool = False
    units: Units = None
    awaits_restock: bool = False  # a restock, or a return, whose number waits for a person; default pool only
    awaits_return: bool = False


@dataclass(frozen=True, slots=True)
class ProductFacts:
    """One product of a catalogue source with its variants, display fields included."""

    id: str
    source: str
    title: str = ""
    url: str | None = None
    image_url: str | None = None
    description: str = ""
    vendor: str | None = None
    product_type: str | None = None
    tags: tuple[str, ...] = ()
    collections: tuple[str, ...] = ()
    published: bool | None = None
    variants: tuple["VariantFacts", ...] = ()


@dataclass(frozen=True, slots=True)
class VariantFacts:
    """One variant as its catalogue source tells it."""

    id: str
    sku: str | None = None
    barcode: str | None = None
    title: str = ""
    price: Decimal | None = None
    tracked: bool | None = None
    inventory_policy: str | None = None
    stock_item: str | None = None  # the source's own key of the stock behind it (Shopify: inventory item id)
