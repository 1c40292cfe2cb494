"""What happened to a variant: as lines of a table, and as a series for the chart."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from flask import jsonify
from werkzeug.wrappers import Response as AnyResponse

from gateway.web.console.session import signed_in
from gateway.web.console.shell import blueprint
from gateway.web.console.stock_words import number_text
from gateway.web.context import house
from gateway.web.errors import Problem

MOST: Final = 400
BANDS: Final = ("unknown", "out", "low", "healthy")


@blueprint.get("/console/stock/series/<path:variant>")
@signed_in()
def variant_series(variant: str) -> AnyResponse:
    """Give the chart its points: every decision that changed something, oldest first, and what is marked."""
    services = house().services
    page = house().stages.history(services, variant, MOST, None)
    if not page.lines:
        raise Problem(404, "Nothing has happened to this variant.")
    lines = page.lines[::-1]
    decisions = [line for line in lines if line["kind"] == "decision"]
    names = sorted({name for line in decisions for name in line["facts"]["pools"]})
    return jsonify(
        {
            "times": [_seconds(line["at"]) for line in decisions],
            "pools": {name: _points(decisions, name) for name in names},
            "marks": [*_restocks(decisions), *_told(lines), *_holds(variant)],
            "now": int(services.now().timestamp()),
            "whole": page.cursor is None,
        }
    )


def lines_of(page: Any, places: Mapping[str, str]) -> list[dict[str, Any]]:
    """Say what happened, a line each, newest first."""
    return [
        {"kind": line["kind"], "at": _at(line["at"]), "decision": line["facts"].get("decision"), "words": words}
        for line in page.lines
        if (words := _words(line["kind"], line["facts"], places))
    ]


def _words(kind: str, facts: Mapping[str, Any], places: Mapping[str, str]) -> str:
    match kind:
        case "decision":
            return "; ".join(_pool_words(name, pool) for name, pool in facts["pools"].items())
        case "reading":
            return _reading_words(facts, places)
        case "told":
            return f"Klaviyo was told {number_text(facts['units'])}"
        case _:
            return _input_words(facts)


def _pool_words(name: str, pool: Mapping[str, Any]) -> str:
    band = pool["band"] if pool["band"] == pool["was"] else f"{pool['was']} → {pool['band']}"
    return f"{name}: {number_text(pool['promised_units'])} may be promised of {number_text(pool['units'])}, {band}"


def _reading_words(facts: Mapping[str, Any], places: Mapping[str, str]) -> str:
    old, new = (facts[side]["quantities"] if facts[side] else {} for side in ("old", "new"))
    moved = [
        f"{state.replace('_', ' ')} {number_text(old.get(state))} → {number_text(new.get(state))}"
        for state in dict.fromkeys([*old, *new])
        if old.get(state) != new.get(state) and (state in old or new[state] != 0)  # a first 0 says nothing
    ]
    cause = "" if facts["cause"] in (None, "unknown") else f" ({facts['cause'].replace('_', ' ')})"
    place = places.get(facts["location"], facts["location"])
    return f"{place}, {facts['source']}: {', '.join(moved) or 'nothing there'}{cause}"


def _input_words(facts: Mapping[str, Any]) -> str:
    match facts.get("input"):
        case "catalog":
            return "Its catalogue facts changed"
        case "rate":
            return "The units sold a day were learned anew"
        case "block":
            return "Blocked by a person" if facts.get("blocked") else "No longer blocked"
        case _:
            return "An input changed"


def _points(decisions: list[dict[str, Any]], name: str) -> dict[str, list[Any]]:
    pools = [line["facts"]["pools"].get(name) for line in decisions]
    return {
        "units": [_number(pool and pool["units"]) for pool in pools],
        "promised": [_number(pool and pool["promised_units"]) for pool in pools],
        "band": [BANDS.index(pool["band"]) if pool else 0 for pool in pools],
    }


def _restocks(decisions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {"at": _seconds(line["at"]), "kind": "restock", "pool": name, "label": f"Back in stock ({name})"}
        for line in decisions
        for name, pool in line["facts"]["pools"].items()
        if pool["was"] == "out" and pool["band"] in ("low", "healthy")
    ]


def _told(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [
        {"at": _seconds(line["at"]), "kind": "told", "label": f"Klaviyo told {number_text(line['facts']['units'])}"}
        for line in lines
        if line["kind"] == "told"
    ]


def _holds(variant: str) -> list[dict[str, Any]]:
    store = house().services.store
    featured = {**store.campaigns.readings(), **store.campaigns.chosen()}
    return [
        {"at": int(hold.held_at.timestamp()), "kind": "hold", "label": f"Held: {hold.name}"}
        for message, hold in store.holds.all().items()
        if hold.held_at and message in featured and any(line.variant == variant for line in featured[message].lines)
    ]


def _number(units: Any) -> int | None:
    return units if isinstance(units, int) else None


def _at(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()
