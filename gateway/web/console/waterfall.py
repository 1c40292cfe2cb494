"""From on hand to promised, one bar per thing that takes units away; drawn by `_waterfall.svg.html`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

WIDTH = 320
REASONS = {
    "variant_unpublished": "not published",
    "variant_excluded": "excluded by a rule",
    "variant_blocked": "blocked by a person",
    "location_unmapped": "location unmapped",
    "location_inactive": "location closed",
    "location_hidden": "location hidden",
    "location_not_in_pool": "location not in the pool",
    "method_not_offered": "location does not offer it",
    "level_inactive": "not stocked there",
    "level_unknown": "figure unknown",
    "level_stale": "figure too old",
    "location_excluded": "location excluded by a rule",
}


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar in drawing units; `kind` names its colour."""

    label: str
    units: int
    x: float
    width: float
    kind: str  # total | loss | promise


def on_hand_units(step: Mapping[str, Any]) -> int:
    """Count what a place says it holds: on hand where told, else what is available."""
    quantities = step.get("quantities") or {}
    told = quantities.get("on_hand")
    return max(0, quantities.get("available") or 0 if told is None else told)


def waterfall(explanation: Mapping[str, Any]) -> list[Bar]:
    """Turn an explanation into bars, widest first; a promise that is no number has no bars."""
    promised = explanation.get("promised_units")
    if not isinstance(promised, int):
        return []
    losses: dict[str, int] = {}
    total = 0
    for step in explanation.get("steps", ()):
        units = on_hand_units(step)
        total += units
        counted = step.get("counted", 0)
        if step.get("objections"):
            reason = step["objections"][0]
            label = REASONS.get(reason, str(reason).replace("_", " "))
            losses[label] = losses.get(label, 0) + units
        else:
            _lose(losses, "not sellable", units - counted)
            _lose(losses, "reserve at locations", counted - step.get("units", 0))
    pool_units = explanation.get("pool_units", 0)
    _lose(losses, "buffer", min(pool_units, explanation.get("buffer", 0)))
    left = total - sum(losses.values())
    _lose(losses, "band, floor or cap", left - promised)
    return _bars(total, losses, promised)


def _lose(losses: dict[str, int], label: str, units: int) -> None:
    if units > 0:
        losses[label] = losses.get(label, 0) + units


def _bars(total: int, losses: Mapping[str, int], promised: int) -> list[Bar]:
    scale = WIDTH / max(1, total, promised)
    bars = [Bar("On hand", total, 0, round(total * scale, 1), "total")]
    left = total
    for label, units in losses.items():
        left -= units
        bars.append(Bar(label, -units, round(max(0, left) * scale, 1), round(units * scale, 1), "loss"))
    return [*bars, Bar("May be promised", promised, 0, round(promised * scale, 1), "promise")]
