"""How the connection to Klaviyo is: whose account, what waits, how far behind, how much of the allowance is used."""

from typing import Any

from flask import g
from marshmallow import Schema, ValidationError, fields, validate

from gateway.catalog_audit.task import report
from gateway.pipeline.connection import SYSTEM, adopt_account
from gateway.web.access import requires
from gateway.web.api.lists import depths
from gateway.web.api.root import blueprint, time_text
from gateway.web.bodies import read_object
from gateway.web.context import house
from gateway.web.errors import Problem, flatten
from gateway.web.idempotency import idempotent


class AdoptionSchema(Schema):
    """Why another account is the right one."""

    note = fields.String(required=True, validate=validate.Length(1, 500))


ADOPTION = AdoptionSchema()
UNSEEN = "The key has not been seen to open an account yet."


@blueprint.get("/connection")
@requires("reader")
@blueprint.doc(operation_id="get_connection", summary="Show the connection to Klaviyo", tags=["klaviyo"])
def get_connection() -> dict[str, Any]:
    """Tell all that a person needs to see whether Klaviyo hears us."""
    services = house().services
    state, waiting = services.store.connections.state(SYSTEM), depths(services)
    worker = services.store.gauges.all(services.now()).get("worker", {})
    return {
        "mode": "watch" if services.settings.watch else services.settings.klaviyo_catalog,
        "account": None if state is None else {"id": state.account, "name": state.name},
        "checked_at": None if state is None else time_text(state.checked_at),
        "writable": state is not None and state.writable,
        "problems": [] if state is None else list(state.problems),
        "outbox": waiting,
        "behind_s": max((one["oldest_s"] or 0.0 for one in waiting.values()), default=0.0),
        "sent": sum(value for name, value in worker.items() if name.startswith("gateway_told_total")),
        "sent_last_minute": worker.get("told_last_minute", 0.0),
        "failed": sum(one["parked"] for one in waiting.values()),
        "allowance": [
            {
                "family": one.family,
                "used": one.used,
                "per_minute": one.per_minute,
                "share": one.used / one.per_minute,
                "held_s": one.held_s,
            }
            for one in services.store.budget_use(SYSTEM).all()
        ],
        "catalog_audit": report(services),
    }


@blueprint.post("/connection/adopt")
@requires("admin")
@idempotent
@blueprint.doc(operation_id="adopt_account", summary="Let the house belong to the key's account", tags=["klaviyo"])
def adopt() -> dict[str, Any]:
    """Give up the account that the house belonged to; everything is told to the new one."""
    try:
        note = ADOPTION.load(read_object())["note"]
    except ValidationError as error:
        raise Problem(422, "Say why.", flatten(error.messages)) from None
    services = house().services
    state = adopt_account(services, note, g.caller.name, services.now())
    if state is None:
        raise Problem(409, UNSEEN)
    return {"account": {"id": state.account, "name": state.name}}
