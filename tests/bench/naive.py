"""N: the work as a careful beginner writes it, objects in a loop and every rule tried on every level."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from gateway.documents import load_document
from policies.columns import Slot
from policies.values import Level, Variant
from tests.bench import shop
from tests.bench.ground import default_policy, location_name

SAMPLE = 500
RULES = 13


@dataclass(slots=True)
class NaiveLevel:
    """A level as an object."""

    location: str
    kind: str
    quantity: int
    observed_at: datetime


@dataclass(slots=True)
class NaiveRule:
    """A rule as an object: where it holds and what it sets."""

    kind: str | None = None
    location: str | None = None
    tag: str | None = None
    settings: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class NaiveVariant:
    """A variant with its levels and the band it had."""

    id: str
    tags: tuple[str, ...]
    levels: list[NaiveLevel]
    band: str = "out"


def naive_rules() -> list[NaiveRule]:
    """Thirteen rules, of which two or three hold for any level."""
    house = NaiveRule(settings={"reserve": 0, "buffer": 2, "low": 8, "healthy": 12, "stale_days": 30})
    places = [NaiveRule(location=location_name(n), settings={"reserve": 1}) for n in range(0, 16, 2)]
    return [house, NaiveRule(kind="store", settings={"reserve": 1}), NaiveRule(tag="sale", settings={"buffer": 4})] + (
        places + [NaiveRule(tag="sneakers", settings={"low": 25}), NaiveRule(kind="repair", settings={"excluded": 1})]
    )


def naive_decision(variant: NaiveVariant, rules: Sequence[NaiveRule], at: datetime) -> tuple[int, str, list[str]]:
    """Decide one variant; returns units, band and why levels did not count."""
    units, reasons, settings = 0, [], {}
    for level in variant.levels:
        settings = {}
        for rule in rules:
            if rule.kind is not None and rule.kind != level.kind:
                continue
            if rule.location is not None and rule.location != level.location:
                continue
            if rule.tag is not None and rule.tag not in variant.tags:
                continue
            settings.update(rule.settings)
        if settings.get("excluded"):
            reasons.append(f"{level.location}: excluded")
        elif at - level.observed_at > timedelta(days=settings["stale_days"]):
            reasons.append(f"{level.location}: stale")
        else:
            units += max(0, level.quantity - settings["reserve"])
    units = max(0, units - settings["buffer"])
    band = "out" if units == 0 else "low" if units < settings["low"] else "healthy"
    if band == "healthy" and variant.band == "low" and units < settings["healthy"]:
        band = "low"
    return units, band, reasons


def milliseconds(size: shop.Size) -> float:
    """Decide a sample and scale to the size; nothing is loaded or stored."""
    rules = naive_rules()
    variants = [
        NaiveVariant(
            shop.variant_name(v),
            ("sale", "sneakers") if v % 7 == 0 else ("summer",),
            [NaiveLevel(location_name(n), "warehouse", v * n % 10, shop.NOON) for n in range(size.locations)],
        )
        for v in range(SAMPLE)
    ]
    begun = time.perf_counter()
    for variant in variants:
        variant.band = naive_decision(variant, rules, shop.NOON)[1]
    return 1000 * (time.perf_counter() - begun) * size.variants / SAMPLE


def one_variant(compile_document: Callable[..., Any]) -> tuple[Any, Variant, tuple[Level, ...]]:
    """The default policy compiled for 50 locations, and one variant with a level at each."""
    slots = tuple(Slot(location=location_name(n), source=shop.SOURCE) for n in range(shop.LOCATIONS))
    compiled = compile_document(load_document(default_policy(shop.LOCATIONS)), slots, {})
    levels = tuple(
        Level(slot.location, {"available": n % 10}, True, shop.NOON, slot.source) for n, slot in enumerate(slots)
    )
    return compiled, Variant("v", sku="SKU-1", published=True, tracked=True), levels
