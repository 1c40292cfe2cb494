"""What people say of campaigns, read strictly: the API's bodies, and the console's forms in the same words."""

from typing import Any, Final

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from gateway.store.campaigns import FeatureLine, Features
from gateway.web.api.fields import Identifier, Instant, JsonInteger, Price
from policies.guard import Demand

LONGEST_NOTE: Final = 2000
MOST_FEATURES: Final = 2000
MOST_RECIPIENTS: Final = 10**9


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
        return Features("person", lines, demand=demand)


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
