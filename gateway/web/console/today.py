"""Today: what needs a person, and what may be promised right now."""

from flask import render_template, url_for

from gateway.web.console.pages import board_view
from gateway.web.console.session import signed_in
from gateway.web.console.shell import blueprint
from gateway.web.context import house

LISTED = 200


@blueprint.get("/")
@signed_in()
def today() -> str:
    """Show what needs a person, then the live board."""
    return render_template("console/today.html", needs=_needs(), **board_view())


def _needs() -> list[tuple[int, str, str]]:
    """Count what waits for a person: how many, in words, and where to go."""
    store = house().services.store
    waiting = len(store.restocks.newest("awaits_confirmation", LISTED))
    doubts = len(store.doubts.open(LISTED, None)[0])
    found = [
        (waiting, "back in stock, waiting for a word", url_for("console.restocks")),
        (doubts, "readings or records in doubt", url_for("console.doubts")),
    ]
    return [need for need in found if need[0]]
