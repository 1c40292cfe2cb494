"""The connection: to which accounts, what they let us do, how much of their limits is used, what was not told yet."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from gateway.catalog_audit.task import report
from gateway.pipeline.connection import SYSTEM, adopt_account
from gateway.pipeline.parked import AT_ONCE, Parked, parked, try_again
from gateway.services import Services
from gateway.store.values import ConnectionState, Depth
from gateway.web.api.connection import UNSEEN
from gateway.web.console.connection_words import AUDIT_KINDS, FAMILIES, OUTBOX_WORDS, klaviyo_says, source_says
from gateway.web.console.feed_words import lasting
from gateway.web.console.session import person, signed_in
from gateway.web.console.shell import blueprint
from gateway.web.context import house
from gateway.web.errors import Problem
from gateway.web.health import OUTBOXES

SHOWN: Final = 20
LONGEST_NOTE: Final = 500
SHOP: Final = "shopify"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One destination: what it has still to hear, and what it refused."""

    destination: str
    words: str
    depth: Depth
    parked: Parked


@blueprint.get("/connection")
@signed_in()
def connection() -> str:
    """Show both ends."""
    services = house().services
    at, store = services.now(), services.store
    used, idle = ([], []) if services.settings.watch else _used(services)
    state, audit = store.connections.state(SYSTEM), report(services)
    audited_at = datetime.fromisoformat(audit["last"]["finished_at"]) if audit["last"] else None
    return render_template(
        "console/connection.html",
        klaviyo=state, says=klaviyo_says(services.settings, state), settings=services.settings,
        allowance=used, idle=idle,
        outgoing=_outgoing(services), most=AT_ONCE, last_heard=store.told.last_heard().values(),
        audit=audit, audit_kinds=AUDIT_KINDS, audited_at=audited_at,
        shop=_shop(services), heard={one.name: one for one in store.sources.all()}.get(SHOP),
        watching=store.connections.watching(SHOP), lasting=lasting, now=at,
    )  # fmt: skip


@blueprint.post("/connection/retry")
@signed_in("marketer")
def retry_parked() -> AnyResponse:
    """Try one refused target of a destination again, or all of them."""
    destination, target = request.form.get("destination", ""), request.form.get("target") or None
    if destination not in OUTBOXES:
        raise Problem(422, "There is no such destination.")
    done = try_again(house().services, destination, target, person().name)
    if done:
        flash(f"{done} {'is' if done == 1 else 'are'} tried again now.", "good")
    else:
        flash("It no longer waits: somebody was quicker, or it changed since.", "error")
    return redirect(url_for("console.connection", _anchor="outbox"), 303)


@blueprint.post("/connection/adopt")
@signed_in("admin")
def adopt() -> AnyResponse:
    """Let the house belong to the account that the key opens."""
    services, note = house().services, request.form.get("note", "").strip()[:LONGEST_NOTE]
    if not note:
        flash("Say why another account is the right one.", "error")
    elif (state := adopt_account(services, note, person().name, services.now())) is None:
        flash(UNSEEN, "error")
    else:
        flash(f"The house belongs to {state.name} from its next check on; everything is told to it anew.", "good")
    return redirect(url_for("console.connection"), 303)


def _shop(services: Services) -> dict[str, Any] | None:
    """Describe the shop, where one is set."""
    if services.settings.shopify_shop is None:
        return None
    state: ConnectionState | None = services.store.connections.state(SHOP)
    return {"name": services.settings.shopify_shop, "state": state, "says": source_says(state)}


def _used(services: Services) -> tuple[list[dict[str, Any]], list[str]]:
    """Give how much is used of each limit that is, the fullest first; and name those of which nothing is."""
    used, idle = [], []
    for use in services.store.budget_use(SYSTEM).all():
        words = FAMILIES.get(use.family, use.family)
        if use.used or use.held_s:
            used.append({"words": words, "use": use})
        else:
            idle.append(words)
    return sorted(used, key=lambda one: one["use"].used / one["use"].per_minute, reverse=True), idle


def _outgoing(services: Services) -> list[Outgoing]:
    at = services.now()
    return [
        Outgoing(
            name, OUTBOX_WORDS.get(name, name), services.store.outbox.depth(name, at), parked(services, name, SHOWN)
        )
        for name in OUTBOXES
    ]
