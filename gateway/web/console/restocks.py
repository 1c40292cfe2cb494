"""Back in stock: what came back, why, and a person's word on what waits."""

from typing import Any, Literal

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from gateway.web.console.session import person, signed_in
from gateway.web.console.shell import blueprint
from gateway.web.context import house

LISTED = 100
LONGEST_NOTE = 1000


@blueprint.get("/restocks")
@signed_in()
def restocks() -> str:
    """List restocks and returns, those that wait first."""
    store = house().services.store
    found = store.restocks.newest(None, LISTED)
    entries = store.catalog.entries([variant for variant, _ in found])
    lines: list[dict[str, Any]] = [
        {"variant": variant, "restock": restock, "title": _title(entries.get(variant), variant)}
        for variant, restock in sorted(found, key=lambda line: line[1].state != "awaits_confirmation")
    ]
    return render_template("console/restocks.html", lines=lines)


@blueprint.post("/restocks/confirm")
@signed_in("marketer")
def confirm_restock() -> AnyResponse:
    """Let the number go."""
    return _settle("confirmed", "The number goes now; nobody is alerted by it.")


@blueprint.post("/restocks/dismiss")
@signed_in("marketer")
def dismiss_restock() -> AnyResponse:
    """Go on promising nothing."""
    return _settle("dismissed", "It stays at 0, until stock comes in by a cause that may alert.")


def _settle(state: Literal["confirmed", "dismissed"], done: str) -> AnyResponse:
    services, form = house().services, request.form
    episode = form.get("episode", "")
    settled = episode.isascii() and episode.isdigit() and house().stages.settle_restock(
        services, form.get("variant", ""), int(episode[:9]), state, by=person().name,
        note=form.get("note", "")[:LONGEST_NOTE], at=services.now(),
    )  # fmt: skip
    flash(*((done, "good") if settled else ("It no longer waits: somebody was quicker, or it ran out again.", "error")))
    return redirect(url_for("console.restocks"), 303)


def _title(entry: Any, variant: str) -> str:
    parts = (entry.product_title, entry.title) if entry else ()
    return " / ".join(part for part in parts if part) or variant
