"""Those who wait: a storefront adds them, a marketer erases them, and every restock says who was told."""

import re
from ipaddress import ip_address
from typing import Any, Final

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from gateway.waves.joining import EMAIL, PHONE, Wish, erase, join, read_contact
from gateway.waves.sealing import NoSecretKey
from gateway.waves.views import waves_view
from gateway.web.access import current_caller, requires
from gateway.web.api.fields import Identifier, JsonBoolean
from gateway.web.api.restocks import EPISODE
from gateway.web.api.root import blueprint
from gateway.web.bodies import read_object
from gateway.web.context import house
from gateway.web.errors import Problem, flatten
from integrations.ports import Contact

TAGS: Final = ["waitlist"]
CHANNELS: Final = ("email", "sms")
ONE_OF_THEM: Final = "Send an e-mail address or a phone number such as +14155550123, one of the two."
LONGEST_ADDRESS: Final = 45
REFUSALS: Final = {
    "available": "The variant can be bought now: nobody needs to wait for it.",
    "stock_unknown": "Nobody can say at the moment whether the variant is out.",
}


class ContactSchema(Schema):
    """A person: an e-mail address or a phone number. What is wrong with it is said without repeating it."""

    email = fields.String(validate=validate.Regexp(rf"^{EMAIL}\Z", re.ASCII, error="Is no e-mail address."))
    phone = fields.String(validate=validate.Regexp(rf"^{PHONE}\Z", re.ASCII, error="Is no number in E.164 form."))

    @validates_schema
    def _one(self, data: Any, **_: Any) -> None:
        if ("email" in data) == ("phone" in data):
            raise ValidationError(ONE_OF_THEM)


class WishSchema(ContactSchema):
    """What somebody wants to hear of, and how."""

    variant = Identifier(required=True)
    channels = fields.List(
        fields.String(validate=validate.OneOf(CHANNELS)), required=True, validate=validate.Length(1, len(CHANNELS))
    )
    vip = JsonBoolean(load_default=False)
    shopper_address = fields.String(load_default=None, validate=validate.Length(max=LONGEST_ADDRESS))


CONTACT, WISH = ContactSchema(), WishSchema()


@blueprint.post("/waitlist")
@requires("storefront")
@blueprint.doc(operation_id="join_waitlist", summary="Tell somebody when a variant is back", tags=TAGS)
def join_waitlist() -> dict[str, Any]:
    """Keep a person's wish until the variant is back. The storefront vouches for the consent to each channel.

    Repeating it is harmless, so no Idempotency-Key is remembered: that memory would be a trace of the person.
    """
    told = _read(WISH)
    contact, channels = _contact(told), told["channels"]
    if len(set(channels)) < len(channels):
        raise _unusable("channels", "Names a channel twice.")
    if ("sms" in channels and contact.phone is None) or ("email" in channels and contact.email is None):
        raise _unusable("channels", "email needs an e-mail address, sms a phone number.")
    wish = Wish(contact, told["variant"], tuple(channels), told["vip"])
    services = house().services
    try:
        joined = join(services, wish, _address(told["shopper_address"]), services.now())
    except NoSecretKey as error:
        raise Problem(503, str(error)) from None
    if joined == "unknown_variant":
        raise Problem(404, "The catalogue has no such variant.", [{"path": "variant", "message": "Is not known."}])
    if joined == "too_often":
        raise Problem(429, "This person, or this address, asks too often.", headers={"Retry-After": "3600"})
    if isinstance(joined, str):
        raise Problem(409, REFUSALS[joined], more={"reason": joined})
    return {"variant": wish.variant, "state": "waiting" if joined else "waits_already"}


@blueprint.delete("/waitlist")
@requires("marketer")
@blueprint.doc(operation_id="erase_person", summary="Forget a person", tags=TAGS)
def erase_person() -> dict[str, Any]:
    """Forget everything about a person on every list here; Klaviyo's own copy is erased in Klaviyo."""
    contact, services = _contact(_read(CONTACT)), house().services
    try:
        return {"erased_from": erase(services, contact, current_caller().name, services.now())}
    except NoSecretKey as error:
        raise Problem(503, str(error)) from None


@blueprint.get("/restocks/<path:restock>/waves")
@requires("reader")
@blueprint.doc(operation_id="restock_waves", summary="Who was told of a restock", tags=TAGS)
def restock_waves(restock: str) -> dict[str, Any]:
    """Say how many were told of a restock, how many were not, and why; whom, only to an admin."""
    episode, _, variant = restock.partition(".")
    services, shows = house().services, current_caller().may("admin")
    found = None
    if re.fullmatch(EPISODE, episode, re.ASCII) and variant:
        found = waves_view(services, variant, int(episode), services.now(), people=shows)
    if found is None:
        raise Problem(404, "There is no such restock.")
    return found


def _read(schema: Schema) -> dict[str, Any]:
    try:
        loaded: dict[str, Any] = schema.load(read_object())
    except ValidationError as error:
        raise Problem(422, "This cannot be taken.", flatten(error.messages)) from None
    return loaded


def _contact(told: dict[str, Any]) -> Contact:
    contact = read_contact(told.get("email"), told.get("phone"))
    if contact is None:
        raise _unusable("", ONE_OF_THEM)
    return contact


def _address(told: str | None) -> str | None:
    """Read the shopper's network address. The caller's own is not counted: all shoppers of a storefront share it."""
    if told is None:
        return None
    try:
        return str(ip_address(told))
    except ValueError:
        raise _unusable("shopper_address", "Is no IP address.") from None


def _unusable(path: str, message: str) -> Problem:
    return Problem(422, "This cannot be taken.", [{"path": path, "message": message}])
