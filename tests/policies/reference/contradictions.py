"""What no single value can show: names that must be known, and values that contradict each other.

Read with the page: a value that is refused for itself is not compared with another, and of a section that is missing
or no table no name is missed.
"""

from typing import Any

from . import checks
from .instants import instant
from .shapes import Table
from .words import LOCATION_SETTINGS, MOST_UNITS

UNITS = checks.whole(MOST_UNITS)
CAP = checks.whole(MOST_UNITS, least=1)


def contradictions(document: Table) -> set[str]:
    paths = set()
    paths |= unknown_pools(document)
    for name, pool in tables(document.get("pools")):
        paths |= pool_places(document, f"pools.{name}", pool)
    rules = [(f"rules[{index}]", rule) for index, rule in rows(document.get("rules"))]
    guards = [(f"guards[{index}]", guard) for index, guard in rows(document.get("guards"))]
    for path, rule in rules:
        paths |= one_rule(document, path, rule)
    return paths | same_names(rules) | same_names(guards)


def tables(value: Any) -> list[tuple[str, Table]]:
    return [(key, inner) for key, inner in value.items() if isinstance(inner, dict)] if isinstance(value, dict) else []


def rows(value: Any) -> list[tuple[int, Table]]:
    return [(at, inner) for at, inner in enumerate(value) if isinstance(inner, dict)] if isinstance(value, list) else []


def texts(value: Any) -> list[tuple[int, str]]:
    return [(at, inner) for at, inner in enumerate(value) if isinstance(inner, str)] if isinstance(value, list) else []


def unknown_pools(document: Table) -> set[str]:
    named = [("default_pool", document.get("default_pool"))]
    named += [(f"guards[{index}].pool", guard.get("pool")) for index, guard in rows(document.get("guards"))]
    for index, rule in rows(document.get("rules")):
        when = rule.get("when")
        if isinstance(when, dict):
            named += [(f"rules[{index}].when.pools[{at}]", name) for at, name in texts(when.get("pools"))]
    known = document.get("pools")
    if not isinstance(known, dict):
        return set()
    return {path for path, name in named if isinstance(name, str) and name not in known}


def pool_places(document: Table, path: str, pool: Table) -> set[str]:
    mapped = document.get("locations", {})
    paths = set()
    for key in ["include", "except"] if isinstance(mapped, dict) else []:
        paths |= {f"{path}.{key}[{at}]" for at, name in texts(pool.get(key)) if name not in mapped}
    included = [name for _, name in texts(pool.get("include"))]
    paths |= {f"{path}.except[{at}]" for at, name in texts(pool.get("except")) if name in included}
    if "kinds" not in pool and pool.get("include", []) == []:
        paths.add(path)
    return paths


def one_rule(document: Table, path: str, rule: Table) -> set[str]:
    paths = set()
    wanted = rule.get("set") if isinstance(rule.get("set"), dict) else {}
    when = rule.get("when") if isinstance(rule.get("when"), dict) else {}
    if "locations" in when:
        paths |= {f"{path}.set.{key}" for key in wanted if key not in LOCATION_SETTINGS}
    floor, cap = wanted.get("floor_units"), wanted.get("cap_units")
    if UNITS(floor) and CAP(cap) and floor > cap:
        paths.add(f"{path}.set.floor_units")
    zone = document.get("time_zone", "UTC")
    if checks.date_time(rule.get("from")) and checks.date_time(rule.get("until")) and checks.zone(zone):
        begins, ends = (instant(checks.local(rule[key]), zone) for key in ["from", "until"])
        if begins >= ends:
            paths.add(f"{path}.until")
    return paths


def same_names(rows_by_path: list[tuple[str, Table]]) -> set[str]:
    paths, seen = set(), []
    for path, row in rows_by_path:
        name = row.get("name")
        if isinstance(name, str):
            if name in seen:
                paths.add(f"{path}.name")
            seen.append(name)
    return paths
