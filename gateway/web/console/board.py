"""The live board of Today: how far behind the gateway is, and what may be promised right now."""

import hashlib
from datetime import datetime
from typing import Any

from flask import Response, make_response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from gateway.web.api.root import ROW, page_cursor
from gateway.web.console.session import signed_in
from gateway.web.console.shell import blueprint
from gateway.web.context import house
from gateway.web.health import OUTBOXES

ROWS = 12
A_MINUTE_S, AN_HOUR_S = 60, 3600
FRESH_S = 900


@blueprint.get("/console/board")
@signed_in()
def board() -> AnyResponse:
    """Answer the poll: 204 while nothing that is shown has changed."""
    view = board_view()
    if request.args.get("seen") == view["mark"]:
        return Response(status=204)
    return make_response(render_template("console/_board.html", **view))


def board_view() -> dict[str, Any]:
    """Gather what the live board shows."""
    services = house().services
    at = services.now()
    q, band = request.args.get("q", "").strip(), request.args.get("band", "")
    rows, more = house().stages.variants_page(
        services, q=q or None, band=band or None, pool=None, tag=None, objection=None,
        limit=ROWS, cursor=page_cursor(ROW), at=at,
    )  # fmt: skip
    current = services.store.policies.current()
    view = {
        "rows": rows,
        "more": more,
        "q": q,
        "band": band,
        "policy": current,
        "pool": current.document.get("default_pool") if current else "ship",
        "behind": _behind(at),
        "sources": [(one.name, _age(one.last_heard_at, at)) for one in services.store.sources.all()],
        "mark": "",
    }
    view["mark"] = _mark(render_template("console/_board.html", **view))
    return view


def _behind(at: datetime) -> dict[str, Any]:
    """Tell what is not done yet, and since when."""
    store = house().services.store
    depths = [store.outbox.depth(name, at) for name in OUTBOXES]
    oldest = [depth.oldest_s for depth in depths if depth.oldest_s is not None]
    return {
        "due": store.due.depth(at),
        "due_s": store.due.oldest_s(at),
        "untold": sum(depth.waiting + depth.leased for depth in depths),
        "untold_s": max(oldest, default=None),
        "told": int(sum(one.get("told_last_minute", 0) for one in store.gauges.all(at).values())),
        "heard_at": max((source.last_heard_at for source in store.sources.all()), default=None),
    }


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
