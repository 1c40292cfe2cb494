"""The live page, its fragments, and signing in and out."""

import hashlib
from datetime import datetime
from typing import Any

from apiflask import APIBlueprint
from flask import Response, make_response, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from gateway.web.access import BOOTSTRAP, Caller, recognise
from gateway.web.api.root import ROW, page_cursor
from gateway.web.console.waterfall import waterfall
from gateway.web.context import house
from gateway.web.health import OUTBOXES

ROWS = 50
A_MINUTE_S, AN_HOUR_S = 60, 3600
FRESH_S = 900
blueprint = APIBlueprint("console", __name__, enable_openapi=False)


@blueprint.get("/")
def live() -> AnyResponse:
    """Show the live page, or where to sign in."""
    if _signed_in() is None:
        return redirect(url_for("console.sign_in"))
    return make_response(render_template("console/live.html", **_board()))


@blueprint.get("/console/board")
def board() -> AnyResponse:
    """Answer the poll: 204 while nothing that is shown has changed."""
    if _signed_in() is None:
        return Response(status=401, headers={"HX-Redirect": url_for("console.sign_in")})
    view = _board()
    if request.args.get("seen") == view["mark"]:
        return Response(status=204)
    return make_response(render_template("console/_board.html", **view))


@blueprint.get("/console/variant/<path:variant>")
def variant(variant: str) -> AnyResponse:
    """Show why one variant's promise is what it is."""
    if _signed_in() is None:
        return redirect(url_for("console.sign_in"))
    services = house().services
    why = house().stages.explanation_view(services, variant, request.args.get("pool") or None, services.now())
    bars = [] if why is None else waterfall(why)
    template = "console/_variant.html" if request.headers.get("HX-Request") else "console/variant.html"
    page = make_response(render_template(template, id=variant, why=why, bars=bars), 404 if why is None else 200)
    page.headers["Vary"] = "HX-Request"
    return page


@blueprint.get("/sign-in")
def sign_in() -> str:
    """Ask for a token."""
    return render_template("console/sign_in.html", wrong=False)


@blueprint.post("/sign-in")
def take_token() -> AnyResponse:
    """Open a session for a token that may read."""
    caller = recognise(request.form.get("token", "").strip())
    if caller is None or not caller.may("reader"):
        return make_response(render_template("console/sign_in.html", wrong=True), 401)
    session.clear()
    session.permanent = True
    session["name"], session["role"] = caller.name, caller.role
    return redirect(url_for("console.live"))


@blueprint.post("/sign-out")
def sign_out() -> AnyResponse:
    """Close the session."""
    session.clear()
    return redirect(url_for("console.sign_in"))


def _signed_in() -> Caller | None:
    """Find who is signed in; a revoked token ends its sessions."""
    name, role = session.get("name"), session.get("role")
    if not name or not role:
        return None
    known = name == BOOTSTRAP and bool(house().services.settings.admin_token)
    if not known and (name, role) not in {(one.name, one.role) for one in house().services.store.accounts.tokens()}:
        return None
    return Caller(name, role)


def _board() -> dict[str, Any]:
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
