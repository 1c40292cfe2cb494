"""From on hand to promised, one bar per thing that takes units away; drawn by `_waterfall.html`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from gateway.web.console.stock_words import WHY_WORDS

WIDTH: Final = 320
LEVELS, SETTINGS, RESTOCK = "levels", "settings", "restock"


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar in drawing units; `kind` names its colour, `why` the part of the page that says more."""

    label: str
    units: int
    x: float
    width: float
    kind: str  # total | loss | gain | promise
    why: str = LEVELS
    setting: str = ""  # the setting that took the units, where one did


@dataclass(frozen=True, slots=True)
class Part:
    """What units are lost or gained to."""

    label: str
    why: str = LEVELS
    setting: str = ""


def on_hand_units(step: Mapping[str, Any]) -> int:
    """Count what a place says it holds: on hand where told, else what is available."""
    quantities = step.get("quantities") or {}
    told = quantities.get("on_hand")
    return max(0, quantities.get("available") or 0 if told is None else told)


def waterfall(explanation: Mapping[str, Any]) -> list[Bar]:
    """Turn an explanation into bars, from on hand down; a promise that is no number has no bars."""
    promised = explanation.get("promised_units")
    if not isinstance(promised, int):
        return []
    parts: dict[Part, int] = {}
    total = 0
    for step in explanation.get("steps", ()):
        units, counted = on_hand_units(step), step.get("counted", 0)
        total += units
        if step.get("objections"):
            reason = step["objections"][0]
            _take(parts, Part(WHY_WORDS.get(reason, str(reason).replace("_", " "))), units)
            continue
        _take(parts, Part("not sellable there" if units > counted else "sellable beside on hand"), units - counted)
        _take(parts, Part("reserve at locations", setting="reserve_units_per_location"), counted - step.get("units", 0))
    pool_units = explanation.get("pool_units", 0)
    buffer = min(pool_units, explanation.get("buffer", 0))
    _take(parts, Part("buffer", SETTINGS, _buffer_setting(explanation)), buffer)
    _take_refusals(parts, explanation, pool_units - buffer, promised)
    return _bars(total, parts, promised)


def _buffer_setting(explanation: Mapping[str, Any]) -> str:
    written = explanation.get("settings", {}).get("buffer_units", {}).get("value")
    return "buffer_units" if written == explanation.get("buffer") else "buffer_percent"


def _take_refusals(parts: dict[Part, int], explanation: Mapping[str, Any], left: int, promised: int) -> None:
    """Take away what the pool refuses as a whole: from what the buffer left to the promise."""
    reasons, units = explanation.get("reasons", ()), explanation.get("units")
    after = units if isinstance(units, int) else left
    refusal = (
        Part("too few locations", SETTINGS, "min_locations")
        if "too_few_locations" in reasons
        else Part("below the floor", SETTINGS, "floor_units")
    )
    _take(parts, refusal, left - after)
    if explanation.get("awaits_confirmation"):
        _take(parts, Part("waits for a person", RESTOCK), after - promised)
    elif explanation.get("band") == "out":
        _take(parts, Part("too few to promise: out", SETTINGS, "out_at_units"), after - promised)
    else:
        _take(parts, Part("cap", SETTINGS, "cap_units"), after - promised)


def _take(parts: dict[Part, int], part: Part, units: int) -> None:
    if units:
        parts[part] = parts.get(part, 0) + units


def _bars(total: int, parts: Mapping[Part, int], promised: int) -> list[Bar]:
    highest = left = total
    for units in parts.values():
        left -= units
        highest = max(highest, left)
    scale = WIDTH / max(1, highest, promised)
    bars = [Bar("On hand", total, 0, round(total * scale, 1), "total")]
    left = total
    for part, units in parts.items():
        start = left - max(0, units)
        left -= units
        x, width = round(max(0, start) * scale, 1), round(abs(units) * scale, 1)
        kind = "loss" if units > 0 else "gain"
        bars.append(Bar(part.label, -units, x, width, kind, part.why, part.setting))
    return [*bars, Bar("May be promised", promised, 0, round(promised * scale, 1), "promise", SETTINGS)]
