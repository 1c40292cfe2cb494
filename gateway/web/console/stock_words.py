"""The words of the list and of a variant's page."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from policies.explain import time_text
from policies.values import UNLIMITED, Units

WHY_WORDS: Final = {
    "variant_unpublished": "not published",
    "variant_excluded": "excluded by a rule",
    "variant_blocked": "blocked by a person",
    "location_unmapped": "location without a purpose",
    "location_inactive": "location closed",
    "location_hidden": "location hidden",
    "location_not_in_pool": "location not in the pool",
    "method_not_offered": "location does not offer it",
    "level_inactive": "no longer stocked there",
    "level_unknown": "figure unknown",
    "level_stale": "figure too old",
    "location_excluded": "location left out by a rule",
    "reserve_kept": "reserve at locations",
    "buffer_kept": "buffer",
    "too_few_locations": "too few locations",
    "below_floor": "below the floor",
    "capped": "capped",
    "awaits_confirmation": "waits for a person",
    "out_promises_nothing": "out: too few to promise",
    "all_unknown": "nothing is known of it",
    "only_elsewhere": "only where the pool does not draw",
}
"""Every reason of `policies.withheld`, short enough for a cell."""

TELLING: Final = (
    "variant_blocked",
    "variant_unpublished",
    "variant_excluded",
    "awaits_confirmation",
    "all_unknown",
    "only_elsewhere",
    "out_promises_nothing",
    "too_few_locations",
    "below_floor",
    "capped",
    "buffer_kept",
    "reserve_kept",
    "level_stale",
    "level_unknown",
)
"""What is said first of a variant: what holds for all of it, then what somebody set, then what is said of places."""


def by_weight(reasons: Iterable[str]) -> list[str]:
    """Put reasons in the order in which a person wants to know them."""
    return sorted(reasons, key=lambda reason: TELLING.index(reason) if reason in TELLING else len(TELLING))


def number_text(units: Units, unknown: str = "–") -> str:
    """Write units for a cell."""
    return unknown if units is None else "no limit" if units == UNLIMITED else f"{units:,}"


def plain_time(at: datetime | None) -> str:
    """Write a time for a file."""
    return time_text(at) or ""
