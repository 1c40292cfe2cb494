"""Sources: how late, how complete and how right each of them is, and reading one again."""

import hashlib
from collections import Counter
from typing import Any, Final

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from gateway.sources.comparison import can_be_asked, comparison_view, read_again, transfers_view
from gateway.sources.report import sources_view
from gateway.web.console.doubts_view import source_of
from gateway.web.console.session import person, signed_in
from gateway.web.console.shell import blueprint
from gateway.web.context import house
from gateway.web.errors import Problem

SILENT_S: Final = 3600
TRANSFERS_SHOWN: Final = 10


@blueprint.get("/sources")
@signed_in()
def sources() -> str:
    """Show every source."""
    return render_template("console/sources.html", **_view())


@blueprint.get("/console/sources/board")
@signed_in()
def sources_board() -> AnyResponse:
    """Answer the poll: 204 while nothing that is shown has changed."""
    view = _view()
    if request.args.get("seen") == view["mark"]:
        return Response(status=204)
    return make_response(render_template("console/_sources.html", **view))


@blueprint.post("/sources/read")
@signed_in("marketer")
def read_source() -> AnyResponse:
    """Have a source read whole."""
    services, source = house().services, request.form.get("source", "")
    if not can_be_asked(services.settings, source):
        raise Problem(422, "This source cannot be asked: it sends by itself.")
    flash(read_again(services, source, by=person().name, at=services.now()), "good")
    return redirect(url_for("console.sources"), 303)


def _view() -> dict[str, Any]:
    services = house().services
    at = services.now()
    doubts = Counter(source_of(doubt) for doubt in services.store.doubts.every())
    heard = {state.name: state for state in services.store.sources.all()}
    lines = [
        {
            **{name: one for name, one in line.items() if name != "lag_s"},  # it changes with every second
            "heard": heard[line["name"]],
            "silent": (at - heard[line["name"]].last_heard_at).total_seconds() > SILENT_S,
            "doubts": doubts[line["name"]],
            "comparison": comparison_view(services, line["name"], at),
            "transfers": transfers_view(services, line["name"]),
        }
        for line in sources_view(services, at)["sources"]
        if line["name"] in heard
    ]
    counted_at, _ = services.store.census.read()
    return {
        "lines": lines,
        "counted_at": counted_at,
        "labels": {place.id: place.label for place in services.store.catalog.locations() if place.label},
        "most": TRANSFERS_SHOWN,
        "running": any(line["comparison"]["running"] or line["comparison"]["comparing"] is not None for line in lines),
        "mark": hashlib.sha256(repr((lines, counted_at)).encode()).hexdigest()[:16],
    }
