"""One case decided from the page: `decide(case)` answers what the engine must answer."""

from datetime import datetime
from typing import Any

from .bands import step
from .document import problems
from .due import due
from .shapes import Table
from .times import moment, written
from .units import Count, count

FIRST_SIGHT = {"band": "unknown", "since": None, "proven": False, "was_unlimited": False}


def decide(case: Table) -> Table:
    found = problems(case["document"])
    if found:
        return {"problems": found}
    document, at = case["document"], moment(case["at"])
    told = case.get("previous") or {}
    answer = {name: pool(case, name, previous_of(told.get(name)), at) for name in document["pools"]}
    answer["_catalog_units"] = answer[document["default_pool"]]["promised_units"]
    return answer


def previous_of(told: Table | None) -> Table:
    """What a decision may know of the one before it: `rise` of a band below healthy, `proven` of the band out."""
    if told is None:
        return FIRST_SIGHT
    band = told["band"]
    rise = told.get("rise") if band in ["out", "low"] else None
    return {
        "band": band,
        "since": moment(rise["since"]) if rise else None,
        "proven": band == "out" and told.get("proven") is True,
        "was_unlimited": told.get("units") == "unlimited",
    }


def pool(case: Table, name: str, previous: Table, at: datetime) -> Table:
    counted = count(case, name, at, previous["was_unlimited"])
    if counted.blind:
        band, since, proven = previous["band"], None, previous["proven"]
    else:
        units_per_day = case["variant"].get("units_per_day")
        band, since = step(counted.units, counted.settings, previous, units_per_day, at)
        proven = band == "out" and (previous["proven"] or proves(counted))
    up = previous["band"] == "out" and band in ["low", "healthy"] and counted.units != "unlimited"
    answer = {
        "steps": counted.steps,
        "pool_units": counted.pool_units,
        "buffer": counted.buffer,
        "units": counted.units,
        "band": band,
        "rise": {"since": written(since)} if since else None,
        "proven": proven,
        "blind": counted.blind,
        "restock": up and previous["proven"],
        "return": up and not previous["proven"],
        "settings": counted.settings,
        "due": written(due(case, name, counted, since, at)),
    }
    answer["promised_units"] = promised(case["document"], name, counted, answer)
    return answer


def proves(counted: Count) -> bool:
    """Whether this decision is one that saw every figure. The first one without figures after "unlimited" is none."""
    if counted.proves_nothing or counted.units == "unlimited" or counted.units > counted.settings["out_at_units"]:
        return False
    return all(not one["objections"] for one in counted.in_play())


def promised(document: Table, name: str, counted: Count, answer: Table) -> Any:
    if answer["blind"]:
        return None
    if answer["band"] == "out" or (name == document["default_pool"] and awaits(document, answer)):
        return 0
    cap = counted.settings["cap_units"]
    if counted.units == "unlimited":
        return "unlimited" if cap == "none" else cap
    return counted.units if cap == "none" else min(counted.units, cap)


def awaits(document: Table, answer: Table) -> bool:
    """A case tells no causes, so only what needs none can wait: a return."""
    return answer["return"] and document.get("catalog_return", "publish") == "confirm"
