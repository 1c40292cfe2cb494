"""What is sent to set up feeds: the definition of a web feed, and the steps of a token. Read by API and console."""

from collections.abc import Mapping
from typing import Any, Final

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from gateway.feeds.definitions import BANDS, FIELDS, MOST_ITEMS, PRESETS, SORTS, WebFeed
from gateway.web.api.fields import Identifier, JsonBoolean, JsonInteger

WEEK_HOURS: Final = 168
QUARTER_HOURS: Final = 2160
MOST_DAYS: Final = 90


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
    back_within_days = _count(1, MOST_DAYS, allow_none=True)
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


def read_definition(told: Mapping[str, Any]) -> WebFeed:
    """Read a definition, its preset filled in. Raises ValidationError."""
    loaded: dict[str, Any] = WebFeedSchema().load(dict(told))
    if "fields_" in loaded:
        loaded["fields"] = loaded.pop("fields_")
    preset = PRESETS.get(loaded.pop("preset", None) or "", {})
    return WebFeed.read({**preset, **loaded})
