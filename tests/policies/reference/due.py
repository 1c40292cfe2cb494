"""When a pool has to be decided again though nothing was told, section 5."""

from datetime import timedelta

from .matching import edge, has_locations, when_matches
from .times import moment


def due(case, pool_name, count, since, at):
    document = case["document"]
    moments = []
    if since is not None:
        moments.append(later(since, count.settings["settle_minutes"]))
    if count.settings["fresh_for_minutes"] != "none":
        free = [step["location"] for step in count.steps if not step["objections"]]
        for level in case.get("levels") or []:
            if level["location"] in free and level.get("observed_at") is not None:
                moments.append(later(moment(level["observed_at"]), count.settings["fresh_for_minutes"]))
    levels_at = [step["location"] for step in count.steps]
    for rule in document.get("rules", []):
        if concerns(rule, case["variant"], pool_name, [*document.get("locations", {}), *levels_at]):
            moments += [edge(document, rule, "from"), edge(document, rule, "until")]
    return min((one for one in moments if one is not None and one > at), default=None)


def concerns(rule, variant, pool_name, places):
    if not has_locations(rule):
        return when_matches(rule, variant, pool_name)
    return any(when_matches(rule, variant, pool_name, place) for place in places)


def later(moment_, minutes):
    """None behind the end of the calendar: no clock will ever get there."""
    try:
        return moment_ + timedelta(minutes=minutes)
    except OverflowError:
        return None
