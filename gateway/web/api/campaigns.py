"""Campaigns and holds: what is due and why, what it features, and what people decide about it."""

from collections.abc import Callable
from typing import Any, Final

from marshmallow import Schema, ValidationError

from gateway.guard import requests
from gateway.guard.board import entries
from gateway.guard.views import features_view, hold_view, message_view
from gateway.store.campaigns import Features
from gateway.store.holds import Hold, HoldConflict
from gateway.web.access import current_caller, requires
from gateway.web.api.campaign_bodies import FEATURES, GROUP, NOTE, RELEASE
from gateway.web.api.root import OFFSET, blueprint, page_cursor, page_limit, time_text
from gateway.web.bodies import read_object
from gateway.web.context import house
from gateway.web.errors import Problem, flatten
from gateway.web.idempotency import idempotent

FASTER: Final = "It changed a moment ago: look at it again, then decide."


@blueprint.get("/campaigns")
@requires("reader")
@blueprint.doc(operation_id="list_campaigns", summary="List what is about to send", tags=["guard"])
def list_campaigns() -> dict[str, Any]:
    """List what is about to send and what is held, first to send first: what each features, its verdict, its hold."""
    store, found = house().services.store, entries(house().services.store)
    start, limit = int(page_cursor(OFFSET) or 0), page_limit()
    lines = []
    for one in found[start : start + limit]:
        hold = None if one.hold is None else hold_view(one.hold)
        told = {"features": features_view(one.features), "verdict": one.verdict or None, "hold": hold}
        lines.append(message_view(one.message) | told)
    following = str(start + limit) if start + limit < len(found) else None
    read_at = {kind: time_text(store.campaigns.read_at(kind)) for kind in ("campaigns", "flows")}
    return {"campaigns": lines, "read_at": read_at, "next_cursor": following}


@blueprint.get("/holds")
@requires("reader")
@blueprint.doc(operation_id="list_holds", summary="List holds and proposals", tags=["guard"])
def list_holds() -> dict[str, Any]:
    """List every open episode, the oldest first."""
    holds = sorted(house().services.store.holds.all().values(), key=lambda hold: (hold.opened_at, hold.message))
    start, limit = int(page_cursor(OFFSET) or 0), page_limit()
    following = str(start + limit) if start + limit < len(holds) else None
    return {"holds": [hold_view(hold) for hold in holds[start : start + limit]], "next_cursor": following}


@blueprint.put("/campaigns/<message>/features")
@requires("marketer")
@idempotent
@blueprint.doc(operation_id="choose_features", summary="Say what a message features", tags=["guard"])
def choose_features(message: str) -> dict[str, Any]:
    """Keep a person's word, which wins over tags and content until it is taken back."""
    services = house().services
    features: Features | None = _read(FEATURES)
    try:
        told = requests.choose_features(services, message, features, current_caller().name, services.now())
    except requests.UnknownMessageError as error:
        raise Problem(404, str(error)) from None
    except requests.UnknownVariantsError as error:
        raise _unknown(error, "features[{}].variant") from None
    return {"id": message, "features": features_view(told)}


@blueprint.post("/campaigns/<message>/hold")
@requires("marketer")
@idempotent
@blueprint.doc(operation_id="hold_campaign", summary="Hold a message", tags=["guard"])
def hold_campaign(message: str) -> tuple[dict[str, Any], int]:
    """Hold it now; a worker does it within a second or two."""
    told = _read(NOTE)
    return _asked(lambda who, at: requests.ask_hold(house().services, message, who, told["note"], at))


@blueprint.post("/campaigns/<message>/release")
@requires("marketer")
@idempotent
@blueprint.doc(operation_id="release_campaign", summary="Release a held message", tags=["guard"])
def release_campaign(message: str) -> tuple[dict[str, Any], int]:
    """Put it back to its schedule, or to `send_at`; the guard lets it be for the rest of the episode."""
    told = _read(RELEASE)
    return _asked(
        lambda who, at: requests.ask_release(house().services, message, who, told["note"], at, send_at=told["send_at"])
    )


@blueprint.post("/campaigns/<message>/override")
@requires("marketer")
@idempotent
@blueprint.doc(operation_id="override_guard", summary="Overrule the guard", tags=["guard"])
def override_guard(message: str) -> tuple[dict[str, Any], int]:
    """Release what is held and drop what is proposed; the guard lets it be for the rest of the episode."""
    told = _read(NOTE)
    return _asked(lambda who, at: requests.override(house().services, message, who, told["note"], at))


@blueprint.get("/groups")
@requires("reader")
@blueprint.doc(operation_id="list_groups", summary="List groups of variants", tags=["guard"])
def list_groups() -> dict[str, Any]:
    """List what the tags `stock-group:NAME` stand for."""
    groups = house().services.store.campaigns.groups()
    return {"groups": [{"name": name, "variants": list(groups[name])} for name in sorted(groups)]}


@blueprint.put("/groups/<name>")
@requires("marketer")
@idempotent
@blueprint.doc(operation_id="put_group", summary="Name a group of variants", tags=["guard"])
def put_group(name: str) -> dict[str, Any]:
    """Say what the tag `stock-group:NAME` stands for; an empty list deletes it."""
    services = house().services
    variants = list(dict.fromkeys(_read(GROUP)["variants"]))
    try:
        requests.refuse_unknown(services, variants)
    except requests.UnknownVariantsError as error:
        raise _unknown(error, "variants[{}]") from None
    services.store.campaigns.put_group(name, variants)
    services.store.audit.append(current_caller().name, "guard.group", name, {"variants": variants}, services.now())
    return {"name": name, "variants": variants}


def _asked(ask: Callable[[str, Any], Hold]) -> tuple[dict[str, Any], int]:
    services = house().services
    try:
        hold = ask(requests.as_person(current_caller().name), services.now())
    except requests.CannotBeDoneError as error:
        raise Problem(409, str(error)) from None
    except HoldConflict:
        raise Problem(409, FASTER) from None
    return hold_view(hold), 202


def _read(schema: Schema) -> Any:
    try:
        return schema.load(read_object())
    except ValidationError as error:
        raise Problem(422, "The body cannot be used.", flatten(error.messages)) from None


def _unknown(error: requests.UnknownVariantsError, path: str) -> Problem:
    message = "No source has told of this variant."
    return Problem(404, str(error), [{"path": path.format(index), "message": message} for index in error.indexes])
