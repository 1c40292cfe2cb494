"""The live page and its fragments."""

import hashlib
from datetime import datetime
from typing import Any

from flask import Response, make_response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from gateway.web.api.root import ROW, page_cursor
from gateway.web.console.session import signed_in
from gateway.web.console.shell import blueprint
from gateway.web.console.waterfall import waterfall
from gateway.web.context import house
from gateway.web.health import OUTBOXES

ROWS = 50
A_MINUTE_S, AN_HOUR_S = 60, 3600
FRESH_S = 900


@blueprint.get("/stock")
@signed_in()
def stock() -> AnyResponse:
    """Show what may be promised, live."""
    return make_response(render_template("console/live.html", **board_view()))


@blueprint.get("/console/board")
@signed_in()
def board() -> AnyResponse:
    """Answer the poll: 204 while nothing that is shown has changed."""
    view = board_view()
    if request.args.get("seen") == view["mark"]:
        return Response(status=204)
    return make_response(render_template("console/_board.html", **view))


@blueprint.get("/console/variant/<path:variant>")
@signed_in()
def variant(variant: str) -> AnyResponse:
    """Show why one variant's promise is what it is."""
    services = house().services
    why = house().stages.explanation_view(services, variant, request.args.get("pool") or None, services.now())
    bars = [] if why is None else waterfall(why)
    template = "console/_variant.html" if request.headers.get("HX-Request") else "console/variant.html"
    page = make_response(render_template(template, id=variant, why=why, bars=bars), 404 if why is None else 200)
    page.headers["Vary"] = "HX-Request"
    return page


def board_view() -> dict[str, Any]:
    """Gather what the live board shows."""
    services = house().services
    at = services.now()
    q, band = request.args.get("q", "").strip(), request.args.get("band", "")
    rows, more = house().stages.variants_page(
        services, q=q or None, band=band or None, pool=None, tag=None, objection=None,
        limit=ROWS, cursor=page_cursor(ROW), at=at,
    )  # fmt: skip
    depths = [services.store.outbox.depth(name, at) for name in OUTBOXES]
    current = services.store.policies.current()
    view = {
        "rows": rows,
        "more": more,
        "q": q,
        "band": band,
        "policy": current,
        "pool": current.document.get("default_pool") if current else "ship",
        "due": services.store.due.depth(at),
        "waiting": sum(depth.waiting + depth.leased for depth in depths),
        "parked": sum(depth.parked for depth in depths),
        "told": _told_last_minute(services.store.gauges.all(at)),
        "sources": [(one.name, _age(one.last_heard_at, at)) for one in services.store.sources.all()],
        "mark": "",
    }
    view["mark"] = _mark(render_template("console/_board.html", **view))
    return view


def _told_last_minute(gauges: Any) -> int:
    return int(sum(values.get("told_last_minute", 0) for values in gauges.values()))


def _age(heard_at: datetime, at: datetime) -> tuple[str, bool]:
    """Say how long ago, coarse enough that a quiet page does not change every poll."""
    seconds = max(0.0, (at - heard_at).total_seconds())
    if seconds < A_MINUTE_S:
        return "just now", True
    if seconds < AN_HOUR_S:
        return f"{int(seconds // 60)} min ago", seconds < FRESH_S
    return f"{int(seconds // 3600)} h ago", False


def _mark(html: str) -> str:
    return hashlib.sha256(html.encode()).hexdigest()[:16]
