"""When a pool has to be decided again though nothing was told, section 5."""

from datetime import datetime, timedelta

from .matching import edge, has_locations, when_matches
from .shapes import Table
from .times import moment
from .units import Count


def due(case: Table, pool_name: str, count: Count, since: datetime | None, at: datetime) -> datetime | None:
    document = case["document"]
    moments = []
    if since is not None:
        moments.append(later(since, count.settings["settle_minutes"]))
    if count.settings["fresh_for_minutes"] != "none":
        free = [step["location"] for step in count.steps if not step["objections"]]
        read = [moment(level.get("observed_at")) for level in case.get("levels") or [] if level["location"] in free]
        moments += [later(at_, count.settings["fresh_for_minutes"]) for at_ in read if at_ is not None]
    levels_at = [step["location"] for step in count.steps]
    for rule in document.get("rules", []):
        if concerns(rule, case["variant"], pool_name, [*document.get("locations", {}), *levels_at]):
            moments += [edge(document, rule, "from"), edge(document, rule, "until")]
    return min((one for one in moments if one is not None and one > at), default=None)


def concerns(rule: Table, variant: Table, pool_name: str, places: list[str]) -> bool:
    if not has_locations(rule):
        return when_matches(rule, variant, pool_name)
    return any(when_matches(rule, variant, pool_name, place) for place in places)


def later(moment_: datetime, minutes: int) -> datetime | None:
    """None behind the end of the calendar: no clock will ever get there."""
    try:
        return moment_ + timedelta(minutes=minutes)
    except OverflowError:
        return None
