"""Who may fetch feeds, and what web feeds list: set up by marketers, fetched by Klaviyo at `/feeds/{token}/...`."""

import re
from datetime import timedelta
from typing import Any, Final

from flask import g
from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from gateway.feeds.definitions import BANDS, FIELDS, MOST_ITEMS, PRESETS, SORTS, WebFeed
from gateway.web.access import requires
from gateway.web.api.fields import Identifier, JsonBoolean, JsonInteger
from gateway.web.api.root import blueprint, time_text
from gateway.web.bodies import read_object
from gateway.web.context import house
from gateway.web.errors import Problem, flatten
from gateway.web.idempotency import idempotent

NAME: Final = re.compile(r"[a-z0-9_]{1,40}")
MOST_WEB_FEEDS: Final = 50
WEEK_HOURS, QUARTER_HOURS = 168, 2160


def _count(least: int, most: int, **options: Any) -> JsonInteger:
    return JsonInteger(validate=validate.Range(least, most), **options)


def _some(words: tuple[str, ...]) -> fields.List[Any]:
    return fields.List(fields.String(validate=validate.OneOf(words)), validate=validate.Length(1, len(words)))


def _ids() -> fields.List[Any]:
    return fields.List(Identifier(), validate=validate.Length(max=100))


class WebFeedSchema(Schema):
    """A definition as it is sent; what is left out comes from the preset, or from the defaults."""

    preset = fields.String(validate=validate.OneOf(tuple(PRESETS)), allow_none=True)
    bands = _some(BANDS)
    pool = Identifier(allow_none=True)
    tags, collections, vendors = _ids(), _ids(), _ids()
    pickup_location = Identifier(allow_none=True)
    back_within_days = _count(1, 90, allow_none=True)
    sort = fields.String(validate=validate.OneOf(SORTS))
    limit = _count(1, MOST_ITEMS)
    fields_ = fields.List(
        fields.String(validate=validate.OneOf(FIELDS)), validate=validate.Length(1), data_key="fields"
    )
    one_per_product = JsonBoolean()
    may_be_empty = JsonBoolean()

    @validates_schema
    def _fits_together(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("preset") == "pickup_at_store" and not data.get("pickup_location"):
            raise ValidationError("This preset needs the id of a pickup location.", "pickup_location")


class TokenSchema(Schema):
    """A new token's name."""

    name = fields.String(required=True, validate=validate.Regexp(r"[A-Za-z0-9 ._-]{1,60}\Z"))


class RotationSchema(Schema):
    """For how long the old token still works."""

    overlap_hours = _count(0, QUARTER_HOURS, load_default=WEEK_HOURS)


@blueprint.get("/feeds")
@requires("reader")
@blueprint.doc(operation_id="list_feeds", summary="List feeds", tags=["feeds"])
def list_feeds() -> dict[str, Any]:
    """Tell of every feed what it holds, how old it may be, and what is wrong with it."""
    services = house().services
    at, states = services.now(), services.store.feeds.states()
    lines = {
        name: {
            "name": name,
            "items": state.items,
            "left_out": state.left_out,
            "bytes": state.length,
            "built_at": time_text(state.built_at),
            "checked_at": time_text(state.checked_at),
            "age_s": max(0.0, (at - state.checked_at).total_seconds()),
            "trouble": state.trouble,
        }
        for name, state in states.items()
    }
    web = {f"web/{name}": stored for name, stored in services.store.feeds.web().items()}
    building = {"items": None, "trouble": "It is being built for the first time."}
    whole = [{**lines.get(name, {"name": name, **building}), "definition": web.get(name)} for name in {**web, **lines}]
    return {"feeds": sorted(whole, key=lambda line: str(line["name"])), "presets": list(PRESETS)}


@blueprint.put("/feeds/web/<name>")
@requires("marketer")
@idempotent
@blueprint.doc(operation_id="put_web_feed", summary="Define a web feed", tags=["feeds"])
def put_web_feed(name: str) -> dict[str, Any]:
    """Define a web feed, or define it anew; it is built within seconds."""
    if not NAME.fullmatch(name):
        message = "Must be 1 to 40 small letters, digits and underscores: Klaviyo's templates say {{ feeds.NAME }}."
        raise Problem(422, "The name cannot be used.", [{"path": "name", "message": message}])
    told = _load(WebFeedSchema(), "The definition cannot be used.")
    if "fields_" in told:
        told["fields"] = tuple(told.pop("fields_"))
    feeds = house().services.store.feeds
    known = feeds.web()
    if name not in known and len(known) >= MOST_WEB_FEEDS:
        raise Problem(422, f"There are {MOST_WEB_FEEDS} web feeds already.")
    preset = PRESETS.get(told.pop("preset", None) or "", {})
    wanted = WebFeed.read({**preset, **told})
    feeds.put_web(name, wanted.plain())
    _audit("feed.define", name, wanted.plain())
    return {"name": name, "definition": wanted.plain(), "path": f"/feeds/TOKEN/web/{name}.json"}


@blueprint.delete("/feeds/web/<name>")
@requires("marketer")
@idempotent
@blueprint.doc(operation_id="delete_web_feed", summary="Drop a web feed", tags=["feeds"])
def delete_web_feed(name: str) -> dict[str, Any]:
    """Forget a web feed; messages that still use it will wait."""
    if not house().services.store.feeds.drop_web(name):
        raise Problem(404, "No such web feed.")
    _audit("feed.drop", name, {})
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
    name = _load(TokenSchema(), "The token cannot be made.")["name"]
    services = house().services
    try:
        secret = services.store.feeds.create_token(name, services.now())
    except ValueError as error:
        raise Problem(409, str(error)) from None
    _audit("feed_token.create", name, {})
    return _shown(name, secret), 201


@blueprint.post("/feeds/tokens/<name>/rotate")
@requires("marketer")
@blueprint.doc(operation_id="rotate_feed_token", summary="Renew a feed token", tags=["feeds"])
def rotate_feed_token(name: str) -> tuple[dict[str, Any], int]:
    """Make a token's successor; the old one works for `overlap_hours` more, so that no fetch fails meanwhile."""
    hours = _load(RotationSchema(), "The token cannot be renewed.")["overlap_hours"]
    services = house().services
    try:
        secret = services.store.feeds.rotate_token(name, timedelta(hours=hours), services.now())
    except KeyError:
        raise Problem(404, "No such feed token.") from None
    _audit("feed_token.rotate", name, {"overlap_hours": hours})
    return _shown(name, secret), 201


@blueprint.delete("/feeds/tokens/<name>")
@requires("marketer")
@idempotent
@blueprint.doc(operation_id="revoke_feed_token", summary="End a feed token", tags=["feeds"])
def revoke_feed_token(name: str) -> dict[str, Any]:
    """End a token at once, predecessors in their overlap included."""
    if not house().services.store.feeds.revoke_token(name):
        raise Problem(404, "No such feed token.")
    _audit("feed_token.revoke", name, {})
    return {"revoked": name}


def _shown(name: str, secret: str) -> dict[str, Any]:
    return {"name": name, "token": secret, "catalog": f"/feeds/{secret}/catalog.json", "web": f"/feeds/{secret}/web/"}


def _load(schema: Schema, sentence: str) -> dict[str, Any]:
    try:
        told: dict[str, Any] = schema.load(read_object())
    except ValidationError as error:
        raise Problem(422, sentence, flatten(error.messages)) from None
    return told


def _audit(action: str, target: str, facts: dict[str, Any]) -> None:
    services = house().services
    services.store.audit.append(g.caller.name, action, target, facts, services.now())
