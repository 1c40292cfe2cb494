"""What a person decides about a message: hold, release, dismiss, what it features. The API's own functions do it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import flash, make_response, redirect, request, url_for
from marshmallow import Schema, ValidationError
from werkzeug.wrappers import Response as AnyResponse

from gateway.guard import requests
from gateway.store.campaigns import Features
from gateway.store.holds import Hold, HoldConflict
from gateway.web.api.campaign_bodies import FEATURES, NOTE, RELEASE
from gateway.web.api.campaigns import FASTER
from gateway.web.console.campaign import found, page_of
from gateway.web.console.campaign_parts import seen_of, zone
from gateway.web.console.session import person, signed_in
from gateway.web.console.shell import blueprint
from gateway.web.context import house
from gateway.web.errors import Problem, flatten

ROLES = ("hero", "supporting")


@blueprint.post("/campaigns/<message>/hold")
@signed_in("marketer")
def hold_message(message: str) -> AnyResponse:
    """Mean to hold it."""
    return _decided(
        message, "hold", NOTE, {}, "It is being held.",
        lambda told, who, at: requests.ask_hold(house().services, message, who, told["note"], at),
    )  # fmt: skip


@blueprint.post("/campaigns/<message>/release")
@signed_in("marketer")
def release_message(message: str) -> AnyResponse:
    """Mean to release it, to its own time or another."""
    return _decided(
        message, "release", RELEASE, _new_time(), "It is being released.",
        lambda told, who, at: requests.ask_release(
            house().services, message, who, told["note"], at, send_at=told["send_at"]
        ),
    )  # fmt: skip


@blueprint.post("/campaigns/<message>/override")
@signed_in("marketer")
def override_message(message: str) -> AnyResponse:
    """Dismiss what the guard proposes, or release what it holds."""
    return _decided(
        message, "override", NOTE, {}, "As you say: the guard leaves it alone.",
        lambda told, who, at: requests.override(house().services, message, who, told["note"], at),
    )  # fmt: skip


@blueprint.post("/campaigns/<message>/features")
@signed_in("marketer")
def feature_variants(message: str) -> AnyResponse:
    """Say of one variant what it is in the message, or give the whole back to what its content shows."""
    one, _ = found(message)
    form = request.form
    back = redirect(url_for("console.campaign", message=message, find=form.get("find") or None) + "#features", 303)
    if form.get("seen") != seen_of(one.features):
        flash(FASTER, "error")
        return back
    if form.get("do") == "give_back":
        told: dict[str, Any] = {"features": None}
    else:
        told = _body(one.features) | _change(one.features)
    try:
        features: Features | None = FEATURES.load(told)
        requests.choose_features(house().services, message, features, person().name, house().services.now())
    except ValidationError as error:
        return make_response(page_of(message, features_wrong=flatten(error.messages)), 422)
    except requests.UnknownVariantsError:
        raise Problem(404, "No source has told of this variant.") from None
    except requests.UnknownMessageError as error:
        raise Problem(404, str(error)) from None
    flash("Given back: it features what its content shows." if features is None else "Kept as your word.", "good")
    return back


def _decided(
    message: str,
    action: str,
    schema: Schema,
    further: dict[str, Any],
    done: str,
    ask: Callable[[dict[str, Any], str, datetime], Hold],
) -> AnyResponse:
    """Write a person's decision down, or say why not."""
    found(message)
    services, note = house().services, request.form.get("note", "").strip()
    try:
        ask(schema.load({"note": note} | further), requests.as_person(person().name), services.now())
    except ValidationError as error:
        wrong = flatten(error.messages)
        typed = {"note": note, "send_at": request.form.get("send_at", "")}
        return make_response(page_of(message, opened=action, typed=typed, wrong=wrong), 422)
    except requests.CannotBeDoneError as error:
        flash(str(error), "error")
    except HoldConflict:
        flash(FASTER, "error")
    else:
        flash(done, "good")
    return redirect(url_for("console.campaign", message=message), 303)


def _new_time() -> dict[str, Any]:
    """Read another time to release to, told in the policy's zone; one that is none is refused by the schema."""
    text = request.form.get("send_at", "").strip()
    if not text:
        return {}
    try:
        return {"send_at": datetime.fromisoformat(text).replace(tzinfo=zone()).isoformat()}
    except ValueError:
        return {"send_at": text}


def _body(features: Features | None) -> dict[str, Any]:
    """Write what a message features now as the API's body says it."""
    lines = () if features is None else features.lines
    told: dict[str, Any] = {"features": [{"variant": line.variant, "role": line.role} for line in lines]}
    if features is not None and features.demand is not None:
        demand = features.demand
        told |= {"recipients": demand.recipients, "click_to_buy_percent": str(demand.click_to_buy_percent)}
        if demand.hold_at_percent is not None:
            told["demand_share_percent"] = str(demand.hold_at_percent)
    return told


def _change(features: Features | None) -> dict[str, Any]:
    """Read what is to be different: one variant's part, or the demand that is expected."""
    form, do = request.form, request.form.get("do", "")
    if do == "demand":
        return _demand()
    variant = form.get("variant", "")
    kept = [line for line in _body(features)["features"] if line["variant"] != variant]
    if do in ROLES:
        places = [line.variant for line in (features.lines if features else ())]
        place = places.index(variant) if variant in places else len(kept)
        return {"features": [*kept[:place], {"variant": variant, "role": do}, *kept[place:]]}
    if do == "remove":
        return {"features": kept}
    raise Problem(400, "The form says nothing that could be done.")


def _demand() -> dict[str, Any]:
    """Read expected demand; an empty field is not known."""
    told: dict[str, Any] = {"recipients": None, "click_to_buy_percent": None, "demand_share_percent": None}
    for name in told:
        text = request.form.get(name, "").strip().replace(",", "")
        if text:
            told[name] = int(text) if name == "recipients" and text.isascii() and text.isdigit() else text
    return told
