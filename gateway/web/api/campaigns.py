"""Campaigns and holds: what is due and why, what it features, and what people decide about it."""

from collections.abc import Callable
from typing import Any, Final

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from gateway.guard import requests
from gateway.guard.check import stand_in
from gateway.guard.features import known_features
from gateway.guard.views import features_view, hold_view, message_view
from gateway.store.campaigns import FeatureLine, Features
from gateway.store.holds import Hold, HoldConflict
from gateway.web.access import current_caller, requires
from gateway.web.api.fields import Identifier, Instant, JsonInteger, Price
from gateway.web.api.root import OFFSET, blueprint, page_cursor, page_limit, time_text
from gateway.web.bodies import read_object
from gateway.web.context import house
from gateway.web.errors import Problem, flatten
from gateway.web.idempotency import idempotent
from policies.guard import Demand, Phase

LONGEST_NOTE: Final = 2000
MOST_FEATURES: Final = 2000
MOST_RECIPIENTS: Final = 10**9
FASTER: Final = "It changed a moment ago: look at it again, then decide."


def _note() -> fields.String:
    return fields.String(required=True, validate=[validate.Length(1, LONGEST_NOTE), validate.Regexp(r"(?s).*\S")])


class Percent(Price):
    """A percentage, exact."""

    def _validated(self, value: Any) -> Any:
        percent = super()._validated(value)
        if not 0 < percent <= 100:  # noqa: PLR2004
            raise ValidationError("Must be above 0 and at most 100.")
        return percent


class FeatureSchema(Schema):
    """One featured variant."""

    variant = Identifier(required=True)
    role = fields.String(load_default="hero", validate=validate.OneOf(["hero", "supporting"]))


class FeaturesSchema(Schema):
    """A person's word on what a message features; `features: null` takes it back."""

    features = fields.List(
        fields.Nested(FeatureSchema), required=True, allow_none=True, validate=validate.Length(max=MOST_FEATURES)
    )
    recipients = JsonInteger(load_default=None, allow_none=True, validate=validate.Range(0, MOST_RECIPIENTS))
    click_to_buy_percent = Percent(load_default=None, allow_none=True)
    demand_share_percent = Percent(load_default=None, allow_none=True)

    @validates_schema
    def _whole(self, data: dict[str, Any], **_: Any) -> None:
        told = [line["variant"] for line in data.get("features") or ()]
        for index, variant in enumerate(told):
            if variant in told[:index]:
                raise ValidationError("Is listed twice.", f"features[{index}].variant")
        if (data.get("recipients") is None) != (data.get("click_to_buy_percent") is None):
            raise ValidationError("Needs click_to_buy_percent, and the other way round.", "recipients")
        if data.get("demand_share_percent") is not None and data.get("recipients") is None:
            raise ValidationError("Needs recipients and click_to_buy_percent.", "demand_share_percent")

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Features | None:
        """Make the value."""
        if data["features"] is None:
            return None
        lines = tuple(FeatureLine(line["variant"], line["role"], "A person said so.") for line in data["features"])
        demand = None
        if data["recipients"] is not None:
            demand = Demand(data["recipients"], data["click_to_buy_percent"], data["demand_share_percent"])
        return Features("person", lines, demand=demand, actor=current_caller().name)


class NoteSchema(Schema):
    """Why a person decides."""

    note = _note()


class ReleaseSchema(NoteSchema):
    """Why, and when instead of its own time."""

    send_at = Instant(load_default=None, allow_none=True)


class GroupSchema(Schema):
    """The variants of a group."""

    variants = fields.List(Identifier(), required=True, validate=validate.Length(max=MOST_FEATURES))


FEATURES, NOTE, RELEASE, GROUP = FeaturesSchema(), NoteSchema(), ReleaseSchema(), GroupSchema()


@blueprint.get("/campaigns")
@requires("reader")
@blueprint.doc(operation_id="list_campaigns", summary="List what is about to send", tags=["guard"])
def list_campaigns() -> dict[str, Any]:
    """List what is about to send and what is held, first to send first: what each features, its verdict, its hold."""
    store = house().services.store
    holds, known, verdicts = store.holds.all(), known_features(store), store.campaigns.verdicts()
    held = {id_: stand_in(hold) for id_, hold in holds.items() if hold.phase is Phase.HELD}
    messages = {**held, **store.campaigns.messages()}
    views = sorted(map(message_view, messages.values()), key=lambda view: (view["first_send_at"] or "", view["id"]))
    start, limit = int(page_cursor(OFFSET) or 0), page_limit()
    lines = []
    for view in views[start : start + limit]:
        id_ = view["id"]
        features = features_view(known.of(messages[id_]))
        hold = hold_view(holds[id_]) if id_ in holds else None
        lines.append(view | {"features": features, "verdict": verdicts.get(id_), "hold": hold})
    following = str(start + limit) if start + limit < len(views) else None
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
    if message not in services.store.campaigns.messages() and services.store.holds.get(message) is None:
        raise Problem(404, "No message of this id is about to send.")
    features: Features | None = _read(FEATURES)
    _refuse_unknown([] if features is None else [line.variant for line in features.lines], "features[{}].variant")
    requests.choose_features(services, message, features, current_caller().name, services.now())
    return {"id": message, "features": features_view(features)}


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
    _refuse_unknown(variants, "variants[{}]")
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


def _refuse_unknown(variants: list[str], path: str) -> None:
    known = house().services.store.catalog.entries(variants)
    unknown = [index for index, variant in enumerate(variants) if variant not in known]
    if unknown:
        errors = [{"path": path.format(index), "message": "No source has told of this variant."} for index in unknown]
        raise Problem(404, "Some variants are not known.", errors)
