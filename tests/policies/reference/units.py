"""Objections, steps and units of a variant in a pool, section 4."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction

from .levels import counted, unknown
from .settings import Rules
from .shapes import Table
from .times import moment

MAY_STILL_BE_IN_PLAY = {"level_unknown", "level_stale"}


@dataclass
class Count:
    """What section 4 says of a variant in a pool."""

    rules: Rules
    settings: Table
    steps: list[Table] = field(default_factory=list)
    pool_units: int = 0
    buffer: int = 0
    units: object = 0
    blind: bool = False
    proves_nothing: bool = False

    def in_play(self) -> list[Table]:
        return [step for step in self.steps if set(step["objections"]) <= MAY_STILL_BE_IN_PLAY]


def variant_objections(variant: Table, settings: Table) -> list[str]:
    found = []
    if variant.get("published") is not True:
        found.append("variant_unpublished")
    if settings["excluded"]:
        found.append("variant_excluded")
    if variant.get("blocked") is True:
        found.append("variant_blocked")
    return found


def place_objections(case: Table, pool: Table, location: str) -> list[str]:
    document = case["document"]
    if location not in document.get("locations", {}):
        return ["location_unmapped"]
    place = document["locations"][location]
    found = []
    if (case.get("locations") or {}).get(location, {}).get("active") is False:
        found.append("location_inactive")
    if place.get("hidden", False):
        found.append("location_hidden")
    wanted = place.get("kind") in pool.get("kinds", []) or location in pool.get("include", [])
    if not wanted or location in pool.get("except", []):
        found.append("location_not_in_pool")
    offered = {
        "ship": place.get("sells_online", False) and place.get("ships_online_orders", False),
        "pickup": place.get("offers_pickup", False),
        "in_store": place.get("kind") in ["store", "popup"],
    }
    if not offered[pool["method"]]:
        found.append("method_not_offered")
    return found


def level_objections(level: Table, pool: Table, settings: Table, at: datetime) -> list[str]:
    found = []
    if level.get("active") is False:
        found.append("level_inactive")
    if unknown(level.get("quantities") or {}, pool["states"]):
        found.append("level_unknown")
    fresh_for = settings["fresh_for_minutes"]
    observed_at = moment(level.get("observed_at"))
    if fresh_for != "none" and observed_at is not None and at - observed_at >= timedelta(minutes=fresh_for):
        found.append("level_stale")
    return found


def count(case: Table, pool_name: str, at: datetime, was_unlimited: bool) -> Count:
    document, variant = case["document"], case["variant"]
    pool = document["pools"][pool_name]
    rules = Rules(document, variant, pool_name, at)
    settings = rules.settings()
    result = Count(rules, settings)
    objects = variant_objections(variant, settings)
    for level in sorted(case.get("levels") or [], key=lambda one: one["location"]):
        location = level["location"]
        objections = [*objects, *place_objections(case, pool, location), *level_objections(level, pool, settings, at)]
        if rules.excluded_at(location):
            objections.append("location_excluded")
        counts = 0 if objections else counted(level.get("quantities") or {}, pool["states"])
        reserve = rules.reserve_at(location)
        units = max(0, counts - reserve)
        step = {"location": location, "counted": counts, "reserve": reserve, "units": units, "objections": objections}
        result.steps.append(step)
    result.pool_units = sum(step["units"] for step in result.steps)
    result.buffer = buffer_of(result.pool_units, settings)
    result.units = whole_units(result, settings)
    if not objects and sells_without_counting(variant, settings):
        places = [name for name in document.get("locations", {}) if not place_objections(case, pool, name)]
        result.units = "unlimited" if any(not rules.excluded_at(name) for name in places) else 0
        return result
    if nothing_is_known(result, objects):
        result.units = 0 if was_unlimited else None
        result.blind = not was_unlimited
        result.proves_nothing = was_unlimited
    return result


def buffer_of(pool_units: int, settings: Table) -> int:
    share = Fraction(pool_units) * Fraction(str(settings["buffer_percent"])) / 100
    return max(settings["buffer_units"], -(-share.numerator // share.denominator))


def whole_units(result: Count, settings: Table) -> int:
    units = max(0, result.pool_units - result.buffer)
    if len([step for step in result.steps if step["units"] >= 1]) < settings["min_locations"]:
        units = 0
    return 0 if units < settings["floor_units"] else units


def sells_without_counting(variant: Table, settings: Table) -> bool:
    untracked = variant.get("tracked") is False
    return untracked or (settings["sell_when_out"] and variant.get("inventory_policy") == "continue")


def nothing_is_known(result: Count, objects: list[str]) -> bool:
    in_play = result.in_play()
    if in_play:
        return all("level_unknown" in step["objections"] for step in in_play)
    return not result.steps and not objects
