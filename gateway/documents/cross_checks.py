"""Checks across sections: names that must exist, names that must not repeat, values that contradict each other.

They read the document as written for which keys are there, and what passed the schema for values; what the schema
refused is None or absent, and is not judged twice.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC
from typing import Any, Final
from zoneinfo import ZoneInfo

from gateway.documents.dates import to_instant
from gateway.documents.problems import Problem, join_path
from policies.document import LOCATION_SETTINGS, SETTING_DEFAULTS

Raw = Mapping[str, Any]
NO_LOCATION: Final = "there is no [locations.{name}]"
NO_POOL: Final = "there is no [pools.{name}]"


def check_across(raw: Raw, passed: Raw) -> Iterator[Problem]:
    """List what is wrong between sections; `passed` is what the schema let through."""
    pools = names_in(raw, "pools") if "pools" in raw else None
    yield from _unknown(NO_POOL, "default_pool", passed.get("default_pool"), pools)
    yield from _check_pools(raw, passed)
    yield from _repeated_names("rules", passed)
    yield from _check_rules(raw, passed, pools)
    yield from _repeated_names("guards", passed)
    for index, guard in enumerate(passed.get("guards", ())):
        yield from _unknown(NO_POOL, f"guards[{index}].pool", (guard or {}).get("pool"), pools)


def names_in(raw: Raw, section: str) -> frozenset[str] | None:
    """Name the entries of a section; None where it is no table, so that nothing can be said of its names."""
    entries = raw.get(section, {})
    return frozenset(entries) if isinstance(entries, Mapping) else None


def _unknown(message: str, path: str, name: str | None, known: frozenset[str] | None) -> Iterator[Problem]:
    if name is not None and known is not None and name not in known:
        yield Problem(path, message.format(name=name))


def _check_pools(raw: Raw, passed: Raw) -> Iterator[Problem]:
    locations = names_in(raw, "locations")
    for name, pool in passed.get("pools", {}).items():
        path = join_path("pools", name)
        written = raw["pools"][name]
        if isinstance(written, Mapping) and "kinds" not in written and written.get("include", []) == []:
            yield Problem(path, "draws on no location: name `kinds`, or locations to `include`")
        included = [location for location in pool.get("include", ()) if location is not None]
        for index, location in enumerate(pool.get("include", ())):
            yield from _unknown(NO_LOCATION, f"{path}.include[{index}]", location, locations)
        for index, location in enumerate(pool.get("exclude", ())):
            yield from _unknown(NO_LOCATION, f"{path}.except[{index}]", location, locations)
            if location in included:
                yield Problem(f"{path}.except[{index}]", "is included and excepted")


def _repeated_names(section: str, passed: Raw) -> Iterator[Problem]:
    first: dict[str, int] = {}
    for index, entry in enumerate(passed.get(section, ())):
        name = (entry or {}).get("name")
        if name is None:
            continue
        if name in first:
            yield Problem(f"{section}[{index}].name", f"is already the name of {section}[{first[name]}]")
        first.setdefault(name, index)


def _check_rules(raw: Raw, passed: Raw, pools: frozenset[str] | None) -> Iterator[Problem]:
    zone = _zone(raw, passed)
    for index, rule in enumerate(passed.get("rules", ())):
        path = f"rules[{index}]"
        written = raw["rules"][index]
        if not isinstance(written, Mapping):
            continue
        kept = rule or {}
        for position, pool in enumerate(kept.get("when", {}).get("pools", ())):
            yield from _unknown(NO_POOL, f"{path}.when.pools[{position}]", pool, pools)
        yield from _check_dates(path, kept, zone)
        yield from _check_set(f"{path}.set", kept.get("set", {}))
        yield from _check_location_rule(path, written)


def _zone(raw: Raw, passed: Raw) -> ZoneInfo | None:
    """Return the document's zone, or None where the one it names does not exist."""
    name = passed.get("time_zone", None if "time_zone" in raw else "UTC")
    return ZoneInfo(name) if name else None


def _check_dates(path: str, rule: Raw, zone: ZoneInfo | None) -> Iterator[Problem]:
    if zone is None or "starts_at" not in rule or "ends_at" not in rule:
        return
    starts_at = to_instant(rule["starts_at"], zone)
    if starts_at >= to_instant(rule["ends_at"], zone):
        yield Problem(f"{path}.until", f"must be after `from`, which is {starts_at.astimezone(UTC).isoformat()}")


def _check_set(path: str, settings: Raw) -> Iterator[Problem]:
    floor, cap = settings.get("floor_units"), settings.get("cap_units")
    if isinstance(floor, int) and isinstance(cap, int) and floor > cap:
        yield Problem(f"{path}.floor_units", f"must not be above `cap_units`, which is {cap}")


def _check_location_rule(path: str, written: Raw) -> Iterator[Problem]:
    """Refuse what a rule for some locations cannot set, since it is resolved once for all of a pool."""
    when, settings = written.get("when"), written.get("set")
    if not isinstance(when, Mapping) or "locations" not in when or not isinstance(settings, Mapping):
        return
    allowed = " and ".join(f"`{name}`" for name in LOCATION_SETTINGS)
    for name in settings:
        if name in SETTING_DEFAULTS and name not in LOCATION_SETTINGS:
            yield Problem(f"{path}.set.{name}", f"a rule with `when.locations` may set only {allowed}")
