"""A variant's page: what is on hand, what may be promised and why; what happened, and what a person may do."""

import re
from datetime import datetime
from typing import Any, Final

from flask import current_app, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from gateway.guard.board import entries
from gateway.web.api.root import ENTRY
from gateway.web.console.campaign_words import verdict_word
from gateway.web.console.session import person, signed_in
from gateway.web.console.shell import blueprint
from gateway.web.console.stock_words import WHY_WORDS
from gateway.web.console.variant_history import lines_of
from gateway.web.console.waterfall import waterfall
from gateway.web.context import house
from gateway.web.errors import Problem
from policies.rule_words import SETTING_WORDS
from policies.values import STATES
from policies.words import told

LINES: Final = 25
LONGEST_NOTE: Final = 1000


@blueprint.get("/stock/<path:variant>")
@signed_in()
def variant(variant: str) -> AnyResponse:
    """Show one variant in a pool, now or as it was decided once."""
    services, at = house().services, house().services.now()
    decision = _entry("decision")
    pool = request.args.get("pool") or None
    why = house().stages.explanation_view(services, variant, pool, at, decision)
    part = bool(request.headers.get("HX-Request"))
    if part:
        view: dict[str, Any] = {"id": variant, "why": why, "bars": waterfall(why or {})}
    else:
        view = _page(variant, why, decision)
    found = why is not None or view.get("now") is not None
    template = "console/_variant.html" if part else "console/variant.html"
    page = make_response(render_template(template, **view), 200 if found else 404)
    page.headers["Vary"] = "HX-Request"
    return page


@blueprint.post("/console/variants/block")
@signed_in("marketer")
def block_variant() -> AnyResponse:
    """Promise nothing of a variant any longer, or let its promise come back; whatever the policy says."""
    services, at, id_ = house().services, house().services.now(), request.form.get("variant", "")
    blocked, note = request.form.get("blocked") == "1", request.form.get("note", "")[:LONGEST_NOTE].strip()
    if services.store.journal.now(id_) is None:
        raise Problem(404, "No source has told of this variant.")
    services.store.catalog.block(id_, blocked, at=at)
    action = "variant.block" if blocked else "variant.unblock"
    services.store.audit.append(person().name, action, id_, {"note": note}, at)
    done = "Blocked: nothing of it is promised, whatever is on hand." if blocked else "No longer blocked."
    flash(f"{done} It is decided again at once.", "good")
    return redirect(url_for("console.variant", variant=id_), 303)


def _page(variant: str, why: dict[str, Any] | None, decision: str | None) -> dict[str, Any]:
    services = house().services
    at = services.now()
    now, entry = house().stages.variant_view(services, variant, at), services.store.catalog.entries([variant])
    version = services.policies.current()
    places = {} if version is None else version.compiled.labels
    states, empty_states = _states_told(why)
    history = house().stages.history(services, variant, LINES, _entry("before"))
    return {
        "id": variant,
        "why": why,
        "now": now,
        "entry": entry.get(variant),
        "decision": decision,
        "bars": waterfall(why or {}),
        "locations": places,
        "pools": () if version is None else tuple(version.document.pools),
        "states": states,
        "empty_states": empty_states,
        "why_words": WHY_WORDS,
        "observed": {step["location"]: _time(step["observed_at"]) for step in (why or {}).get("steps", ())},
        "decided_at": _time(why["at"]) if why else None,
        "settings": _settings(why),
        "restock": services.store.restocks.get([variant])[0] if now else None,
        "published_at": _time(now["catalog"]["published_at"]) if now else None,
        "campaigns": _campaigns(variant),
        "history": lines_of(history, places),
        "older": history.cursor,
        "later": request.args.get("before"),
    }


def _entry(name: str) -> str | None:
    """Read an id of the journal from the address."""
    text = request.args.get(name) or None
    if text is not None and not re.fullmatch(ENTRY, text, re.ASCII):
        raise Problem(404, "There is no such decision: take the link from the history of the variant.")
    return text


def _states_told(why: dict[str, Any] | None) -> tuple[list[str], list[str]]:
    """Name the states that any place tells: those worth a column, and those that are 0 everywhere."""
    steps = (why or {}).get("steps", ())
    any_told = [state for state in STATES if any(state in step["quantities"] for step in steps)]
    worth = [
        state
        for state in any_told
        if state in ("on_hand", "available") or any(step["quantities"].get(state, 0) != 0 for step in steps)
    ]
    return worth, [state for state in any_told if state not in worth]


def _settings(why: dict[str, Any] | None) -> list[dict[str, Any]]:
    """Say every setting in words, with the rule that set it and a way to that rule."""
    version = house().services.policies.current()
    names = [] if version is None else [rule.name for rule in version.document.rules]
    linked = "console.policy" in current_app.view_functions
    found = []
    for key, setting in (why or {}).get("settings", {}).items():
        words, rule = SETTING_WORDS[key], setting["rule"]
        value = setting["value"]
        unit = words.unit if not isinstance(value, str | bool) else ""
        link = f"{url_for('console.policy')}#rule-{names.index(rule) + 1}" if linked and rule in names else None
        value_text = f"{told(value)} {unit}".strip()
        beat = setting["beat"]
        found.append({"key": key, "name": words.name, "value": value_text, "rule": rule, "link": link, "beat": beat})
    return found


def _campaigns(variant: str) -> list[dict[str, Any]]:
    """List messages that are about to send, or held, and feature the variant."""
    found = []
    for one in entries(house().services.store):
        line = next((line for line in (one.features.lines if one.features else ()) if line.variant == variant), None)
        if line is not None:
            found.append({"entry": one, "line": line, "word": verdict_word(one.verdict)})
    return found


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
