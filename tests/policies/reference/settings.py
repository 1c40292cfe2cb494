"""What the rules set: for the variant in a pool, and at one location."""

from datetime import datetime
from typing import Any

from .matching import has_locations, in_dates, when_matches
from .shapes import Table
from .words import DEFAULTS


class Rules:
    """The rules of a document, asked for one variant in one pool at one moment."""

    def __init__(self, document: Table, variant: Table, pool: str, at: datetime) -> None:
        self.variant = variant
        self.pool = pool
        self.current = [rule for rule in document.get("rules", []) if in_dates(document, rule, at)]

    def last(self, name: str, rules: list[Table], location: str | None = None) -> Any:
        value = DEFAULTS[name]
        for rule in rules:
            if name in rule["set"] and when_matches(rule, self.variant, self.pool, location):
                value = rule["set"][name]
        return value

    def of_the_variant(self, name: str) -> Any:
        return self.last(name, [rule for rule in self.current if not has_locations(rule)])

    def reserve_at(self, location: str | None) -> int:
        return self.last("reserve_units_per_location", self.current, location)

    def excluded_at(self, location: str | None) -> bool:
        return self.last("excluded", [rule for rule in self.current if has_locations(rule)], location)

    def settings(self) -> Table:
        """Every setting, made consistent."""
        found = {name: self.of_the_variant(name) for name in DEFAULTS}
        out_at = found["out_at_units"]
        low_at = found["low_at_units"]
        found["low_at_units"] = out_at if low_at == "auto" else max(low_at, out_at)
        restock_at = found["restock_at_units"]
        found["restock_at_units"] = out_at + 1 if restock_at == "auto" else max(restock_at, out_at + 1)
        healthy_at = found["healthy_at_units"]
        least = found["low_at_units"] + 1
        found["healthy_at_units"] = least if healthy_at == "auto" else max(healthy_at, least)
        return found
