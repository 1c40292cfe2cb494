"""Who may fetch feeds, and what web feeds list: set up by marketers, fetched by Klaviyo at `/feeds/{token}/...`."""

from collections.abc import Callable
from typing import Any, TypeVar

from flask import g
from marshmallow import ValidationError

from gateway.feeds import desk
from gateway.feeds.definitions import PRESETS
from gateway.web.access import requires
from gateway.web.api.feed_bodies import RotationSchema, TokenSchema, read_definition
from gateway.web.api.root import blueprint, time_text
from gateway.web.bodies import read_object
from gateway.web.context import house
from gateway.web.errors import Problem, flatten
from gateway.web.idempotency import idempotent

Read = TypeVar("Read")


@blueprint.get("/feeds")
@requires("reader")
@blueprint.doc(operation_id="list_feeds", summary="List feeds", tags=["feeds"])
def list_feeds() -> dict[str, Any]:
    """Tell of every feed what it holds, how old it may be, and what is wrong with it."""
    return {"feeds": [_line(line) for line in desk.feed_lines(house().services)], "presets": list(PRESETS)}


@blueprint.put("/feeds/web/<name>")
@requires("marketer")
@idempotent
@blueprint.doc(operation_id="put_web_feed", summary="Define a web feed", tags=["feeds"])
def put_web_feed(name: str) -> dict[str, Any]:
    """Define a web feed, or define it anew; it is built within seconds."""
    wanted = _read(read_definition, "The definition cannot be used.")
    try:
        desk.define(house().services, name, wanted, g.caller.name)
    except desk.FeedRefusedError as error:
        told = [{"path": error.path, "message": str(error)}] if error.path else []
        raise Problem(422, "The name cannot be used." if error.path else str(error), told) from None
    return {"name": name, "definition": wanted.plain(), "path": f"/feeds/TOKEN/web/{name}.json"}


@blueprint.delete("/feeds/web/<name>")
@requires("marketer")
@idempotent
@blueprint.doc(operation_id="delete_web_feed", summary="Drop a web feed", tags=["feeds"])
def delete_web_feed(name: str) -> dict[str, Any]:
    """Forget a web feed; messages that still use it will wait."""
    if not desk.drop(house().services, name, g.caller.name):
        raise Problem(404, "No such web feed.")
    return {"deleted": name}


@blueprint.get("/feeds/tokens")
@requires("marketer")
@blueprint.doc(operation_id="list_feed_tokens", summary="List feed tokens", tags=["feeds"])
def list_feed_tokens() -> dict[str, Any]:
    """List who may fetch feeds; the tokens themselves are not known any more."""
    lines = [
        {"name": token.name, "created_at": time_text(token.created_at), "ends_at": time_text(token.ends_at)}
        for token in house().services.store.feeds.tokens()
    ]
    return {"tokens": lines}


@blueprint.post("/feeds/tokens")
@requires("marketer")
@blueprint.doc(operation_id="create_feed_token", summary="Make a feed token", tags=["feeds"])
def create_feed_token() -> tuple[dict[str, Any], int]:
    """Make a token, shown once. Its answer holds a secret, so it is never kept for a repetition."""
    name = _read(TokenSchema().load, "The token cannot be made.")["name"]
    try:
        secret = desk.make_token(house().services, name, g.caller.name)
    except ValueError as error:
        raise Problem(409, str(error)) from None
    return _shown(name, secret), 201


@blueprint.post("/feeds/tokens/<name>/rotate")
@requires("admin")
@blueprint.doc(operation_id="rotate_feed_token", summary="Renew a feed token", tags=["feeds"])
def rotate_feed_token(name: str) -> tuple[dict[str, Any], int]:
    """Make a token's successor; the old one works for `overlap_hours` more, so that no fetch fails meanwhile."""
    hours = _read(RotationSchema().load, "The token cannot be renewed.")["overlap_hours"]
    try:
        secret = desk.renew_token(house().services, name, hours, g.caller.name)
    except KeyError:
        raise Problem(404, "No such feed token.") from None
    return _shown(name, secret), 201


@blueprint.delete("/feeds/tokens/<name>")
@requires("admin")
@idempotent
@blueprint.doc(operation_id="revoke_feed_token", summary="End a feed token", tags=["feeds"])
def revoke_feed_token(name: str) -> dict[str, Any]:
    """End a token at once, predecessors in their overlap included; whoever fetches with it gets nothing more."""
    if not desk.end_token(house().services, name, g.caller.name):
        raise Problem(404, "No such feed token.")
    return {"revoked": name}


def _line(line: desk.FeedLine) -> dict[str, Any]:
    if line.state is None:
        return {"name": line.name, "items": None, "trouble": line.trouble, "definition": line.definition}
    return {
        "name": line.name,
        "items": line.state.items,
        "left_out": line.state.left_out,
        "bytes": line.state.length,
        "built_at": time_text(line.state.built_at),
        "checked_at": time_text(line.state.checked_at),
        "age_s": line.age_s(house().services.now()),
        "trouble": line.trouble,
        "definition": line.definition,
    }


def _shown(name: str, secret: str) -> dict[str, Any]:
    return {"name": name, "token": secret, "catalog": f"/feeds/{secret}/catalog.json", "web": f"/feeds/{secret}/web/"}


def _read(read: Callable[[dict[str, Any]], Read], sentence: str) -> Read:
    try:
        return read(read_object())
    except ValidationError as error:
        raise Problem(422, sentence, flatten(error.messages)) from None
