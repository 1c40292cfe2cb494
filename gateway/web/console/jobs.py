"""Jobs: what happens by the clock, when it last did and how it went, and an admin's word on it."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from gateway.jobs import board as timetable
from gateway.web.console.feed_words import lasting
from gateway.web.console.session import person, signed_in
from gateway.web.console.shell import blueprint
from gateway.web.context import house
from gateway.web.errors import Problem

WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "sales_rates": ("Learn how fast things sell", "Units a day, for bands that look at days of stock."),
    "journal_trim": ("Forget old history", "What is older than 35 days."),
    "look_for_doubts": ("Look for doubts", "Records and figures that do not fit together."),
    "shopify.full_load": ("Read the whole shop", "Every product and level, compared with ours."),
    "shopify.reconcile": ("Read what changed in the shop", "Finds what no webhook told us."),
    "shopify.locations": ("Read the shop's places", "New ones, and those that closed."),
    "shopify.check": ("Check the shop's connection", "Scopes, and subscriptions that were lost."),
    "shopify.transfers": ("Look for open transfers", "What is on its way between places."),
    "klaviyo.connection": ("Check Klaviyo's connection", "Whose account it is, and what the key may do."),
    "klaviyo.catalog_audit": ("Compare Klaviyo's catalogue", "Reads it back, and puts right what is not ours."),
    "redecide": ("Decide everything anew", "A policy or a place changed."),
    "snapshots": ("Take in a snapshot", "A file that was sent whole."),
    "release_held_back": ("Let held-back readings in", "A person said that they are right."),
}
STANDINGS: Final[Mapping[str, tuple[str, str]]] = {
    "running": ("under way", "good"),
    "waiting": ("waits for its turn", "warn"),
    "failed": ("failed", "bad"),
    "done": ("done", "good"),
    "never": ("never ran", "quiet"),
}


@blueprint.get("/jobs")
@signed_in()
def jobs() -> str:
    """Show the timetable, and work that is under way."""
    services = house().services
    found = timetable.board(services)
    return render_template(
        "console/jobs.html", board=found, words=WORDS, standings=STANDINGS, lasting=lasting, now=services.now()
    )


@blueprint.post("/jobs/run")
@signed_in("admin")
def run_job() -> AnyResponse:
    """Want a job done now."""
    return _step(timetable.run_now, "It is done as soon as a worker is free.")


@blueprint.post("/jobs/pause")
@signed_in("admin")
def pause_job() -> AnyResponse:
    """Pause a job."""
    return _step(timetable.pause, "The clock leaves it out until it is resumed.")


@blueprint.post("/jobs/resume")
@signed_in("admin")
def resume_job() -> AnyResponse:
    """Resume a job."""
    return _step(timetable.resume, "It is back in the timetable.")


def _step(step: Callable[[Any, str, str], Any], done: str) -> AnyResponse:
    task = request.form.get("task", "")
    try:
        step(house().services, task, person().name)
    except KeyError:
        raise Problem(404, "There is no such job in the timetable.") from None
    flash(f"{WORDS.get(task, (task, ''))[0]}: {done[0].lower()}{done[1:]}", "good")
    return redirect(url_for("console.jobs"), 303)
