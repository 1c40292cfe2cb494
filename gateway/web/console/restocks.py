"""Back in stock: what came back, why, and a person's word on what waits."""

from typing import Literal

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from gateway.doubts.clean_up import title_of
from gateway.waves.overview import NATIVE, glances, quiet_now
from gateway.web.console.session import person, place_after, signed_in
from gateway.web.console.shell import blueprint
from gateway.web.context import house

LISTED = 100
MOST_WAITED_FOR = 20
LONGEST_NOTE = 1000


@blueprint.get("/restocks")
@signed_in()
def restocks() -> str:
    """List restocks and returns, those that wait first, and whom waves would tell: how many, never who."""
    services, at = house().services, house().services.now()
    found = sorted(
        services.store.restocks.newest(None, LISTED), key=lambda line: line[1].state != "awaits_confirmation"
    )
    lists = services.store.waitlist.lists()
    wanted = sorted(lists, key=lambda variant: (-lists[variant], variant))[:MOST_WAITED_FOR]
    entries = services.store.catalog.entries([*(variant for variant, _ in found), *wanted])
    return render_template(
        "console/restocks.html",
        lines=[(one, title_of(entries.get(one.variant), one.variant)) for one in glances(services, found, at)],
        wanted=[(variant, title_of(entries.get(variant), variant), lists[variant]) for variant in wanted],
        waiting=sum(lists.values()),
        variants=len(lists),
        native=services.settings.klaviyo_back_in_stock == NATIVE,
        quiet=services.settings.waves_quiet_hours,
        quiet_until=quiet_now(services, at),
    )


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
    return redirect(place_after(form.get("next") or url_for("console.restocks")), 303)
