"""Every problem of a document, by its path: `problems(document)` is the set of paths, empty for a good one."""

from collections.abc import Sequence
from typing import Any

from . import checks
from .contradictions import contradictions
from .shapes import Check, Look, Table
from .words import (
    CAUSES,
    CHANNELS,
    KINDS,
    METHODS,
    MOST_DAYS,
    MOST_HOURS,
    MOST_MINUTES,
    MOST_UNITS,
    ORDERS,
    STATES,
    TOLD_HOW,
    WHEN_KEYS,
    same,
)

UNITS = checks.whole(MOST_UNITS)
MINUTES = checks.whole(MOST_MINUTES)
HOURS = checks.whole(MOST_HOURS)
PERCENT = checks.decimal(100)
SHARE = checks.decimal(100, above=0)

SETTINGS = {
    "excluded": checks.truth,
    "reserve_units_per_location": UNITS,
    "buffer_units": UNITS,
    "buffer_percent": PERCENT,
    "min_locations": UNITS,
    "floor_units": UNITS,
    "cap_units": checks.either("none", checks.whole(MOST_UNITS, least=1)),
    "out_at_units": UNITS,
    "restock_at_units": checks.either("auto", UNITS),
    "low_at_units": checks.either("auto", UNITS),
    "healthy_at_units": checks.either("auto", UNITS),
    "settle_minutes": MINUTES,
    "fresh_for_minutes": checks.either("none", checks.whole(MOST_MINUTES, least=1)),
    "sell_when_out": checks.truth,
    "low_days": checks.either("none", checks.decimal(MOST_DAYS)),
}


class Paths(set):
    """The problem paths found so far; each method looks at one shape of value."""

    def value(self, path: str, value: Any, check: Check) -> None:
        if not check(value):
            self.add(path)

    def table(self, path: str, value: Any, keys: dict[str, Look], required: Sequence[str] = ()) -> None:
        """A table whose keys are known: each key's own look is called as look(path, value)."""
        if not isinstance(value, dict):
            self.add(path)
            return
        for key, inner in value.items():
            own = f"{path}.{key}" if path else key
            if key not in keys:
                self.add(own)
            else:
                keys[key](own, inner)
        for key in required:
            if key not in value:
                self.add(f"{path}.{key}" if path else key)

    def named(self, path: str, value: Any, look: Look) -> None:
        """A table whose keys are names or ids that the house chose."""
        if not isinstance(value, dict):
            self.add(path)
            return
        for key, inner in value.items():
            if key.strip() == "":
                self.add(f"{path}.{key}")
            look(f"{path}.{key}", inner)

    def items(self, path: str, value: Any, look: Look) -> None:
        if not isinstance(value, list):
            self.add(path)
            return
        for index, inner in enumerate(value):
            look(f"{path}[{index}]", inner)

    def listed(self, path: str, value: Any, check: Check, may_be_empty: bool = False, key: str = "") -> None:
        """A list of words or ids, none twice."""
        if not isinstance(value, list) or (not value and not may_be_empty):
            self.add(path)
            return
        seen = []
        for index, inner in enumerate(value):
            if not check(inner) or same(key, inner) in seen:
                self.add(f"{path}[{index}]")
            else:
                seen.append(same(key, inner))

    def is_a(self, check: Check) -> Look:
        return lambda path, value: self.value(path, value, check)

    def is_a_list_of(self, check: Check, may_be_empty: bool = False, key: str = "") -> Look:
        return lambda path, value: self.listed(path, value, check, may_be_empty, key)


def problems(document: Table) -> set[str]:
    paths = Paths()
    top = {
        "schema": paths.is_a(lambda value: checks.is_whole(value) and value == 1),
        "name": paths.is_a(checks.text),
        "time_zone": paths.is_a(checks.zone),
        "default_pool": paths.is_a(checks.text),
        "catalog_restock": paths.is_a(checks.one_of(*TOLD_HOW)),
        "catalog_return": paths.is_a(checks.one_of(*TOLD_HOW)),
        "authority": lambda path, value: authority(paths, path, value),
        "locations": lambda path, value: paths.named(path, value, lambda *one: location(paths, *one)),
        "pools": lambda path, value: pools(paths, path, value),
        "rules": lambda path, value: paths.items(path, value, lambda *one: rule(paths, *one)),
        "restock": lambda path, value: restock(paths, path, value),
        "guards": lambda path, value: paths.items(path, value, lambda *one: guard(paths, *one)),
        "limits": lambda path, value: limits(paths, path, value),
    }
    paths.table("", document, top, required=["schema", "name", "default_pool", "authority", "pools"])
    if isinstance(document, dict):
        paths.update(contradictions(document))
    return set(paths)


def authority(paths: Paths, path: str, value: Any) -> None:
    source = paths.is_a(checks.text)
    keys = dict.fromkeys(["products", "variants", "levels", "transfers", "adjustments", "reporting"], source)
    keys["levels_at"] = lambda own, inner: paths.named(own, inner, source)
    paths.table(path, value, keys, required=["products", "variants", "levels"])


def location(paths: Paths, path: str, value: Any) -> None:
    keys = dict.fromkeys(["sells_online", "ships_online_orders", "offers_pickup", "hidden"], paths.is_a(checks.truth))
    keys["label"] = paths.is_a(checks.text)
    keys["kind"] = paths.is_a(checks.one_of(*KINDS))
    keys["receiving"] = paths.is_a(checks.receiving)
    paths.table(path, value, keys)


def pools(paths: Paths, path: str, value: Any) -> None:
    paths.named(path, value, lambda *one: pool(paths, *one))
    if value == {}:
        paths.add(path)


def pool(paths: Paths, path: str, value: Any) -> None:
    keys = {
        "method": paths.is_a(checks.one_of(*METHODS)),
        "states": paths.is_a_list_of(checks.one_of(*STATES)),
        "kinds": paths.is_a_list_of(checks.one_of(*KINDS)),
        "include": paths.is_a_list_of(checks.text, may_be_empty=True),
        "except": paths.is_a_list_of(checks.text, may_be_empty=True),
    }
    paths.table(path, value, keys, required=["method", "states"])


def rule(paths: Paths, path: str, value: Any) -> None:
    when = {key: paths.is_a_list_of(checks.text, key=key) for key in WHEN_KEYS}
    setting = {key: paths.is_a(check) for key, check in SETTINGS.items()}

    def filled(keys: dict[str, Look]) -> Look:
        def look(own: str, inner: Any) -> None:
            paths.table(own, inner, keys)
            if inner == {}:
                paths.add(own)

        return look

    keys = {
        "name": paths.is_a(checks.text),
        "from": paths.is_a(checks.date_time),
        "until": paths.is_a(checks.date_time),
        "when": filled(when),
        "set": filled(setting),
    }
    paths.table(path, value, keys, required=["name", "set"])


def restock(paths: Paths, path: str, value: Any) -> None:
    keys = {
        "causes": paths.is_a_list_of(checks.one_of(*CAUSES)),
        "customers_per_unit": paths.is_a(UNITS),
        "wave_minutes": paths.is_a(MINUTES),
        "max_wave": paths.is_a(UNITS),
        "again_after_hours": paths.is_a(HOURS),
        "order": paths.is_a(checks.one_of(*ORDERS)),
    }
    paths.table(path, value, keys)


def guard(paths: Paths, path: str, value: Any) -> None:
    def when(*bands: str) -> Look:
        keys = {"band": paths.is_a(checks.one_of(*bands)), "share_percent": paths.is_a(SHARE)}
        return lambda own, inner: paths.table(own, inner, keys, required=["band", "share_percent"])

    keys = {
        "name": paths.is_a(checks.text),
        "channels": paths.is_a_list_of(checks.one_of(*CHANNELS)),
        "pool": paths.is_a(checks.text),
        "hold_when": when("low", "out"),
        "release_when": when("low", "healthy"),
        "lead_minutes": paths.is_a(MINUTES),
        "mode": paths.is_a(checks.one_of("watch", "ask", "act")),
        "release": paths.is_a(checks.one_of("ask", "act", "never")),
        "max_hold_hours": paths.is_a(HOURS),
        "cancel_when_sending": paths.is_a(checks.truth),
    }
    paths.table(path, value, keys, required=["name", "pool", "hold_when", "release_when"])


def limits(paths: Paths, path: str, value: Any) -> None:
    keys = dict.fromkeys(["holds_per_hour_percent", "source_moves_percent"], paths.is_a(PERCENT))
    paths.table(path, value, keys)
