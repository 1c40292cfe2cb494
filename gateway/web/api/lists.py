"""The lists that people work: outbox and sources."""

from typing import Any

from flask import g, request
from marshmallow import Schema, ValidationError, fields, validate

from gateway.pipeline.parked import try_again
from gateway.sources.report import sources_view
from gateway.store.values import OutboxLine
from gateway.web.access import requires
from gateway.web.api.fields import Identifier
from gateway.web.api.root import TARGET, blueprint, page_cursor, page_limit, time_text
from gateway.web.bodies import read_object
from gateway.web.context import house
from gateway.web.errors import Problem, flatten
from gateway.web.health import ALL_OUTBOXES, OUTBOXES
from gateway.web.idempotency import idempotent

OUTBOX_STATES = ("waiting", "leased", "parked")


class RetrySchema(Schema):
    """What is to be tried again."""

    destination = fields.String(required=True, validate=validate.OneOf(OUTBOXES))
    target = Identifier(load_default=None, allow_none=True)


@blueprint.get("/outbox")
@requires("reader")
@blueprint.doc(operation_id="list_outbox", summary="List what is still to be told", tags=["lists"])
def list_outbox() -> dict[str, Any]:
    """Give every destination's depth, and one page of one of them."""
    services = house().services
    destination = request.args.get("destination", OUTBOXES[1])
    state = request.args.get("state", "waiting")
    for path, chosen, known in (("destination", destination, ALL_OUTBOXES), ("state", state, OUTBOX_STATES)):
        if chosen not in known:
            raise Problem(422, "No such list.", [{"path": path, "message": f"Must be one of {', '.join(known)}."}])
    entries, cursor = services.store.outbox.page(destination, state, page_limit(), page_cursor(TARGET))
    lines = [_outbox_line(entry, state) for entry in entries]
    return {"depths": depths(services), "entries": lines, "next_cursor": cursor}


def _outbox_line(entry: OutboxLine, state: str) -> dict[str, Any]:
    """Describe an entry. The next attempt of a leased one is when its lease ends; a parked one has none."""
    return {
        "target": entry.target,
        "state": state,
        "lane": entry.lane,
        "attempts": entry.attempts,
        "reason": entry.reason,
        "since": time_text(entry.since),
        "next_attempt_at": None if state == "parked" else time_text(max(entry.due_at, entry.since)),
    }


def depths(services: Any) -> dict[str, dict[str, Any]]:
    """Count what every destination has still to hear."""
    found = {name: services.store.outbox.depth(name, services.now()) for name in ALL_OUTBOXES}
    return {
        name: {"waiting": one.waiting, "leased": one.leased, "parked": one.parked, "oldest_s": one.oldest_s}
        for name, one in found.items()
    }


@blueprint.post("/outbox/retry")
@requires("marketer")
@idempotent
@blueprint.doc(operation_id="retry_outbox", summary="Try again what was refused", tags=["lists"])
def retry_outbox() -> dict[str, Any]:
    """Put one parked target of a destination back in line, or without a target up to 1,000 of them."""
    try:
        told = RetrySchema().load(read_object())
    except ValidationError as error:
        raise Problem(422, "This cannot be taken.", flatten(error.messages)) from None
    return {"retried": try_again(house().services, told["destination"], told["target"], g.caller.name)}


@blueprint.get("/sources")
@requires("reader")
@blueprint.doc(operation_id="list_sources", summary="List sources", tags=["lists"])
def list_sources() -> dict[str, Any]:
    """Tell of each source and place how much it tells, how late, and how much of it is unknown, too old or unlike."""
    return sources_view(house().services, house().services.now())
