"""Which rules match: in their dates, and every key of `when`."""

from datetime import datetime
from typing import Any

from . import checks
from .instants import instant
from .shapes import Table
from .words import same

ONE_VALUE = {
    "variants": "id",
    "skus": "sku",
    "products": "product",
    "vendors": "vendor",
    "product_types": "product_type",
}
MANY_VALUES = {"tags": "tags", "collections": "collections"}


def edge(document: Table, rule: Table, key: str) -> datetime | None:
    """The instant at which a rule begins (`from`) or ends (`until`), or None."""
    if key not in rule:
        return None
    return instant(checks.local(rule[key]), document.get("time_zone", "UTC"))


def in_dates(document: Table, rule: Table, at: datetime) -> bool:
    begins, ends = edge(document, rule, "from"), edge(document, rule, "until")
    return (begins is None or begins <= at) and (ends is None or at < ends)


def when_matches(rule: Table, variant: Table, pool: str, location: str | None = None) -> bool:
    """Whether every key of `when` matches; `locations` is asked of `location`, which is None for the variant itself."""
    return all(key_matches(key, listed, variant, pool, location) for key, listed in rule.get("when", {}).items())


def key_matches(key: str, listed: list[Any], variant: Table, pool: str, location: str | None) -> bool:
    if key == "pools":
        has = [pool]
    elif key == "locations":
        has = [location]
    elif key in MANY_VALUES:
        has = variant.get(MANY_VALUES[key]) or []
    else:
        has = [variant.get(ONE_VALUE[key])]
    has = [same(key, value) for value in has if value is not None]
    return any(same(key, value) in has for value in listed)


def has_locations(rule: Table) -> bool:
    return "locations" in rule.get("when", {})
