"""Doubts: what a person must decide, in whose hands it is, and that person's word on it."""

from typing import Any, Final

from flask import g, request
from marshmallow import Schema, ValidationError, fields, validate

from gateway.doubts.worklist import open_line, settled_line
from gateway.store.values import DoubtState
from gateway.web.access import requires
from gateway.web.api.root import OFFSET, blueprint, page_cursor, page_limit
from gateway.web.bodies import raw_body, read_object
from gateway.web.context import house
from gateway.web.errors import Problem, flatten
from gateway.web.idempotency import idempotent

STATES: Final = ("open", "settled")
LONGEST_NOTE: Final = 1000
LONGEST_OWNER: Final = 200
TAGS: Final = ["doubts"]


class WordSchema(Schema):
    """What a person says of a doubt."""

    note = fields.String(load_default="", validate=validate.Length(max=LONGEST_NOTE))


class OwnerSchema(Schema):
    """Who sees to a doubt."""

    owner = fields.String(required=True, allow_none=True, validate=validate.Length(min=1, max=LONGEST_OWNER))


@blueprint.get("/doubts")
@requires("reader")
@blueprint.doc(operation_id="list_doubts", summary="List doubts", tags=TAGS)
def list_doubts() -> dict[str, Any]:
    """List what a person should look at, latest first; or what people said of what is not open any more."""
    state = request.args.get("state") or STATES[0]
    if state not in STATES:
        raise Problem(422, "No such state.", [{"path": "state", "message": f"Must be one of {', '.join(STATES)}."}])
    services = house().services
    if state == "settled":
        settled, cursor = services.store.doubts.settled(page_limit(), page_cursor(OFFSET))
        return {"doubts": [settled_line(doubt) for doubt in settled], "next_cursor": cursor}
    doubts, cursor = services.store.doubts.open(page_limit(), page_cursor(OFFSET))
    at = services.now()
    return {"doubts": [open_line(services, doubt, at) for doubt in doubts], "next_cursor": cursor}


@blueprint.post("/doubts/<id>/confirm")
@requires("marketer")
@idempotent
@blueprint.doc(operation_id="confirm_doubt", summary="Confirm a doubt", tags=TAGS)
def confirm_doubt(id: str) -> dict[str, Any]:  # noqa: A002  (the contract's word)
    """Say that it is as it was told; the list says of each what happens then."""
    return _settle(id, "confirmed")


@blueprint.post("/doubts/<id>/dismiss")
@requires("marketer")
@idempotent
@blueprint.doc(operation_id="dismiss_doubt", summary="Dismiss a doubt", tags=TAGS)
def dismiss_doubt(id: str) -> dict[str, Any]:  # noqa: A002
    """Say that it is not so, or matters to nobody; the list says of each what happens then."""
    return _settle(id, "dismissed")


@blueprint.post("/doubts/<id>/assign")
@requires("marketer")
@idempotent
@blueprint.doc(operation_id="assign_doubt", summary="Give a doubt to somebody", tags=TAGS)
def assign_doubt(id: str) -> dict[str, Any]:  # noqa: A002
    """Name who sees to it; null gives it back."""
    try:
        owner = OwnerSchema().load(read_object())["owner"]
    except ValidationError as error:
        raise Problem(422, "This cannot be taken.", flatten(error.messages)) from None
    services = house().services
    if not house().stages.assign_doubt(services, id, owner, by=g.caller.name, at=services.now()):
        raise Problem(404, "There is no such doubt on the list.")
    return {"id": id, "owner": owner}


def _settle(id: str, state: DoubtState) -> dict[str, Any]:  # noqa: A002
    try:
        word = WordSchema().load(read_object()) if raw_body() else {"note": ""}
    except ValidationError as error:
        raise Problem(422, "This cannot be taken.", flatten(error.messages)) from None
    services = house().services
    effect = house().stages.settle_doubt(services, id, state, by=g.caller.name, note=word["note"], at=services.now())
    if effect is None:
        raise Problem(404, "There is no such doubt on the list: it was settled, or its cause went away.")
    return {"id": id, "state": state, "effect": effect}
