"""A message's page: what the guard says of it and why, what it features, what was found in it, what may be decided."""

from collections.abc import Mapping
from typing import Any, Final

from flask import Response, make_response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from gateway.guard.board import Entry, entry
from gateway.guard.features import Known
from gateway.web.console.campaign_parts import content_part, steps_part, verdict_part, work_part
from gateway.web.console.campaign_words import CHANNELS
from gateway.web.console.session import signed_in
from gateway.web.console.shell import blueprint
from gateway.web.context import house
from gateway.web.errors import Problem

FOUND: Final = 8
LONGEST_SEARCH: Final = 200
NOT_HERE: Final = "No message of this id is about to send or held: it has sent, or it was deleted in Klaviyo."
PARTS: Final = {"verdict": verdict_part, "work": work_part, "steps": steps_part}


@blueprint.get("/campaigns/<message>")
@signed_in()
def campaign(message: str) -> str:
    """Show one message."""
    return page_of(message)


@blueprint.get("/console/campaigns/<message>/now")
@signed_in()
def campaign_now(message: str) -> AnyResponse:
    """Answer the poll of one part of the page; 204 while nothing that it shows has changed."""
    name = request.args.get("part", "")
    if name not in PARTS:
        raise Problem(404, "The page has no such part.")
    one, known = found(message)
    view = PARTS[name](one, known)
    if request.args.get("seen") == view[f"{name}_mark"]:
        return Response(status=204)
    return make_response(render_template(f"console/_campaign_{name}.html", **_head(one), **view))


def page_of(message: str, **wrong: Any) -> str:
    """Write the page; `wrong` says what a form of it could not be used for."""
    one, known = found(message)
    verdict = verdict_part(one, known)
    parts = {**verdict, **work_part(one, known), **steps_part(one, known)}
    content = content_part(one, known, verdict["judged"])
    return render_template("console/campaign.html", **_head(one), **parts, **content, **_search(), **wrong)


def found(message: str) -> tuple[Entry, Known]:
    """Return a message with what is known of contents. Raises Problem."""
    known = entry(house().services.store, message)
    if known is None:
        raise Problem(404, NOT_HERE)
    return known


def _head(one: Entry) -> Mapping[str, Any]:
    return {"one": one, "channel": CHANNELS.get(one.message.channel, one.message.channel)}


def _search() -> dict[str, Any]:
    """Find variants that could be featured, as the address asks."""
    services = house().services
    text = request.args.get("find", "").strip()[:LONGEST_SEARCH]
    if not text:
        return {"find": "", "candidates": []}
    rows, _ = house().stages.variants_page(
        services, q=text, band=None, pool=None, tag=None, objection=None, limit=FOUND, cursor=None, at=services.now(),
    )  # fmt: skip
    return {"find": text, "candidates": rows}
