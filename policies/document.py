"""A policy document as a value: what `policy-language` version 1 says, after every check has passed.

The one way to make a `Document` from text is the schema in `gateway.documents`; here is only its shape. Names are the
document's own keys. Percentages and days are exact decimals; the dates of rules are already instants.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Final

SettingValue = bool | int | Decimal | str
"""A setting's value: a count, a switch, a percentage or days, or the words "none" and "auto"."""

SETTING_DEFAULTS: Final[Mapping[str, SettingValue]] = {
    "excluded": False,
    "reserve_units_per_location": 0,
    "buffer_units": 0,
    "buffer_percent": Decimal(0),
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

Receiving = int | str
"""When units that came with a transfer count: `as_accepted`, `on_complete`, or so many minutes after."""

LOCATION_SETTINGS: Final = ("excluded", "reserve_units_per_location")
"""All that a rule whose `when` has `locations` may set."""

WHEN_KEYS: Final = (
    "variants",
    "skus",
    "products",
    "tags",
    "collections",
    "vendors",
    "product_types",
    "pools",
    "locations",
)
FOLDED_KEYS: Final = ("skus", "tags", "collections", "vendors", "product_types")
"""Compared as `strip().casefold()`; the others compare exactly."""


@dataclass(frozen=True, slots=True)
class Authority:
    """Which source tells the truth, per field group; `levels_at` are exceptions by location id."""

    products: str
    variants: str
    levels: str
    transfers: str | None = None
    adjustments: str | None = None
    reporting: str | None = None
    levels_at: Mapping[str, str] = field(default_factory=dict)

    def levels_source(self, location: str) -> str:
        """Name the one source whose levels count at a location."""
        return self.levels_at.get(location, self.levels)


@dataclass(frozen=True, slots=True)
class LocationPurpose:
    """What a location is for. Missing facts are false, a missing kind is no kind."""

    label: str | None = None
    kind: str | None = None
    sells_online: bool = False
    ships_online_orders: bool = False
    offers_pickup: bool = False
    hidden: bool = False
    receiving: Receiving = "as_accepted"


@dataclass(frozen=True, slots=True)
class Pool:
    """What one kind of promise may draw on."""

    name: str
    method: str  # ship | pickup | in_store
    states: tuple[str, ...]
    kinds: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()  # the document's `except`

    def draws_on(self, location: str, kind: str | None) -> bool:
        """Tell whether a location of a kind is in the pool."""
        return (kind in self.kinds or location in self.include) and location not in self.exclude


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the policy: where and when it matches, and what it sets."""

    name: str
    set: Mapping[str, SettingValue]
    when: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # values as written, trimmed
    starts_at: datetime | None = None  # aware UTC, inclusive
    ends_at: datetime | None = None  # aware UTC, exclusive


@dataclass(frozen=True, slots=True)
class RestockTerms:
    """Which restocks alert, how many people at a time, and how soon again."""

    causes: tuple[str, ...] = ("receipt", "transfer", "return", "cancellation", "count", "adjustment", "unknown")
    customers_per_unit: int = 5
    wave_minutes: int = 60
    max_wave: int = 500
    again_after_hours: int = 168
    order: str = "oldest"


@dataclass(frozen=True, slots=True)
class GuardCondition:
    """A share of featured variants at or past a band."""

    band: str
    share_percent: Decimal


@dataclass(frozen=True, slots=True)
class Guard:
    """Which messages to hold and release, on whose word."""

    name: str
    pool: str
    hold_when: GuardCondition
    release_when: GuardCondition
    channels: tuple[str, ...] = ("email", "sms", "push")
    lead_minutes: int = 1440
    mode: str = "ask"
    release: str = "ask"
    max_hold_hours: int = 72
    cancel_when_sending: bool = False


@dataclass(frozen=True, slots=True)
class Limits:
    """Blast radius: how much one cause may move before a person is asked."""

    holds_per_hour_percent: Decimal = Decimal(10)
    source_moves_percent: Decimal = Decimal(20)


@dataclass(frozen=True, slots=True)
class Document:
    """A whole policy."""

    name: str
    default_pool: str
    authority: Authority
    pools: Mapping[str, Pool]  # in document order
    locations: Mapping[str, LocationPurpose] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    restock: RestockTerms = field(default_factory=RestockTerms)
    guards: tuple[Guard, ...] = ()
    limits: Limits = field(default_factory=Limits)
    time_zone: str = "UTC"
    catalog_restock: str = "confirm"
    catalog_return: str = "publish"
