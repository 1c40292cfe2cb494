"""Restocks of the default pool: which alert, which wait for a person, and that person's word on them."""

import re
from typing import Any, Final, Literal

from flask import g, request
from marshmallow import Schema, ValidationError, fields, validate

from gateway.web.access import requires
from gateway.web.api.root import blueprint, page_limit, time_text
from gateway.web.bodies import raw_body, read_object
from gateway.web.context import house
from gateway.web.errors import Problem, flatten
from gateway.web.idempotency import idempotent

STATES: Final = ("alerts", "silent", "awaits_confirmation", "confirmed", "dismissed", "over")
LONGEST_NOTE: Final = 1000
EPISODE: Final = r"[0-9]{1,9}"
TAGS: Final = ["restocks"]


class WordSchema(Schema):
    """What a person says of a restock."""

    note = fields.String(load_default="", validate=validate.Length(max=LONGEST_NOTE))


WORD = WordSchema()


@blueprint.get("/restocks")
@requires("reader")
@blueprint.doc(operation_id="list_restocks", summary="List restocks", tags=TAGS)
def list_restocks() -> dict[str, Any]:
    """List the newest first, in a state or in any."""
    state: Any = request.args.get("state")
    if state not in (None, *STATES):
        raise Problem(422, "No such state.", [{"path": "state", "message": f"Must be one of {', '.join(STATES)}."}])
    found = house().services.store.restocks.newest(state, page_limit())
    return {
        "restocks": [
            {
                "id": f"{restock.episode}.{variant}",
                "variant": variant,
                "episode": restock.episode,
                "kind": restock.kind,
                "cause": restock.cause,
                "state": restock.state,
                "at": time_text(restock.at),
                "settled_by": restock.settled_by,
                "note": restock.note,
            }
            for variant, restock in found
        ]
    }


@blueprint.post("/restocks/<path:restock>/confirm")
@requires("marketer")
@idempotent
@blueprint.doc(operation_id="confirm_restock", summary="Let a restock's number go", tags=TAGS)
def confirm_restock(restock: str) -> dict[str, Any]:
    """Promise what is there; nobody is alerted by it but those whom Klaviyo's own flow tells."""
    return _settle(restock, "confirmed")


@blueprint.post("/restocks/<path:restock>/dismiss")
@requires("marketer")
@idempotent
@blueprint.doc(operation_id="dismiss_restock", summary="Keep a restock at nothing", tags=TAGS)
def dismiss_restock(restock: str) -> dict[str, Any]:
    """Go on promising 0, until stock comes in by a cause that may alert or the variant runs out again."""
    return _settle(restock, "dismissed")


def _settle(restock: str, state: Literal["confirmed", "dismissed"]) -> dict[str, Any]:
    episode, _, variant = restock.partition(".")
    if not (re.fullmatch(EPISODE, episode, re.ASCII) and variant):
        raise Problem(404, "There is no such restock.")
    try:
        word = WORD.load(read_object()) if raw_body() else {"note": ""}
    except ValidationError as error:
        raise Problem(422, "This cannot be taken.", flatten(error.messages)) from None
    settled = house().stages.settle_restock(
        house().services, variant, int(episode), state, by=g.caller.name, note=word["note"], at=house().services.now()
    )
    if not settled:
        raise Problem(409, "This restock does not wait for anybody: it was settled, or the stock ran out again.")
    return {"id": restock, "state": state}
