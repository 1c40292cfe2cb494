"""A message's page: what the guard says of it and why, what it features, what was found in it, what may be decided."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any, Final
from zoneinfo import ZoneInfo

from flask import Response, make_response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from gateway.guard.board import Entry, entry, featured_now, judged_now
from gateway.guard.effects import schedule_words
from gateway.guard.features import Known
from gateway.guard.views import verdict_view
from gateway.store.audit import Wanted
from gateway.store.campaigns import Features
from gateway.store.values import AuditEntry
from gateway.web.console.audit_words import said
from gateway.web.console.campaign_words import CHANNELS, MOVING, PHASES, actions_of, name_of, state_of, verdict_word
from gateway.web.console.session import signed_in
from gateway.web.console.shell import blueprint
from gateway.web.context import house
from gateway.web.errors import Problem
from policies.guard import Featured

STEPS: Final = 30
FOUND: Final = 8
LONGEST_SEARCH: Final = 200
NOT_HERE: Final = "No message of this id is about to send or held: it has sent, or it was deleted in Klaviyo."


@dataclass(frozen=True, slots=True)
class Sight:
    """One place of a content at which variants of ours were found."""

    why: str
    names: tuple[str, ...]


@blueprint.get("/campaigns/<message>")
@signed_in()
def campaign(message: str) -> str:
    """Show one message."""
    return page_of(message)


@blueprint.get("/console/campaigns/<message>/now")
@signed_in()
def campaign_now(message: str) -> AnyResponse:
    """Answer the poll with what moves by itself, verdict or work; 204 while nothing of it has changed."""
    part = "work" if request.args.get("part") == "work" else "verdict"
    view = view_of(message)
    if request.args.get("seen") == view["marks"][part]:
        return Response(status=204)
    return make_response(render_template(f"console/_campaign_{part}.html", **view))


def page_of(message: str, **wrong: Any) -> str:
    """Write the page; `wrong` says what a form of it could not be used for."""
    return render_template("console/campaign.html", **view_of(message), **_search(message), **wrong)


def found(message: str) -> tuple[Entry, Known]:
    """Return a message with what is known of contents. Raises Problem."""
    known = entry(house().services.store, message)
    if known is None:
        raise Problem(404, NOT_HERE)
    return known


def zone() -> tzinfo:
    """Return the time zone that the policy speaks in."""
    version = house().services.policies.current()
    return ZoneInfo(version.document.time_zone if version else "UTC")


def seen_of(features: Features | None) -> str:
    """Digest what a message features, so that a form about another state of it is known."""
    lines = [] if features is None else [(line.variant, line.role) for line in features.lines]
    told = repr((features and features.by, lines, features and features.demand))
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def view_of(message: str) -> dict[str, Any]:
    """Gather what the page shows."""
    services, (one, known) = house().services, found(message)
    at = services.now()
    judged = judged_now(services, one.message, known, at)
    verdict = {} if judged is None else verdict_view(judged, services.policies.current().number)
    featured, reading = featured_now(services, one, judged), known.readings.get(message)
    names = _names(featured, reading)
    actions = actions_of(one, at, zone())
    view = {
        "one": one,
        "verdict": verdict,
        "word": verdict_word(verdict),
        "judged": judged,
        "rows": sorted(featured, key=lambda row: (row.role != "hero", row.counted_band, row.variant)),
        "names": names,
        "sights": _sights(reading, names),
        "reading": reading,
        "seen": seen_of(one.features),
        "state": state_of(one.hold),
        "phase": None if one.hold is None else PHASES[one.hold.phase],
        "moving": one.hold is not None and one.hold.phase in MOVING,
        "actions": actions,
        "when": None if one.message.schedule is None else schedule_words(one.message.schedule, zone()),
        "zone": zone(),
        "channel": CHANNELS.get(one.message.channel, one.message.channel),
        "steps": _steps(message),
        "said": said,
    }
    watched = (verdict.get("reasons"), verdict.get("verdict"), verdict.get("headroom"), view["state"], featured)
    work = (one.hold, [action.name for action in actions])
    view["marks"] = {"verdict": _mark(watched), "work": _mark(work)}
    return view


def _mark(shown: object) -> str:
    return hashlib.sha256(repr(shown).encode()).hexdigest()[:16]


def _names(featured: Sequence[Featured], reading: Features | None) -> Mapping[str, str]:
    variants = [one.variant for one in featured] + [line.variant for line in (reading.lines if reading else ())]
    entries = house().services.store.catalog.entries(list(dict.fromkeys(variants)))
    return {variant: name_of(entries.get(variant), variant) for variant in variants}


def _sights(reading: Features | None, names: Mapping[str, str]) -> list[Sight]:
    """Put what was read together by the place where it was found."""
    by_place: dict[str, list[str]] = {}
    for line in reading.lines if reading else ():
        by_place.setdefault(line.why, []).append(names[line.variant])
    return [Sight(why, tuple(of)) for why, of in by_place.items()]


def _steps(message: str) -> list[AuditEntry]:
    """List what happened around the message, newest first."""
    entries, _ = house().services.store.audit.page(STEPS, None, Wanted(action="guard", target=message))
    return [step for step in entries if step.target == message]


def _search(message: str) -> dict[str, Any]:
    """Find variants that could be featured, as the address asks."""
    services = house().services
    text = request.args.get("find", "").strip()[:LONGEST_SEARCH]
    if not text:
        return {"find": "", "candidates": []}
    rows, _ = house().stages.variants_page(
        services, q=text, band=None, pool=None, tag=None, objection=None, limit=FOUND, cursor=None, at=services.now(),
    )  # fmt: skip
    return {"find": text, "candidates": rows}
