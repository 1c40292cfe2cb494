"""Fields that read JSON as it is written, where marshmallow's own would guess."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields

from policies.columns import EPOCH

RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
LONGEST_TEXT = 100_000
LONGEST_ID = 300


class JsonInteger(fields.Integer):
    """A whole number: `3` and `3.0` are, `"3"` and `true` are not."""

    def _validated(self, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, (int, float)) or value != value // 1:
            raise ValidationError("Must be a whole number.")
        return int(value)


class JsonBoolean(fields.Boolean):
    """`true` or `false`, no words for them."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise ValidationError("Must be true or false.")
        return value


class Instant(fields.String):
    """An RFC 3339 time with its offset, as aware UTC."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return read_time(value)


class Identifier(fields.String):
    """A non-empty text without outer blanks or control characters."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs)
        if not text.strip() or text != text.strip() or len(text) > LONGEST_ID or not text.isprintable():
            raise ValidationError(f"Must be 1 to {LONGEST_ID} printable characters without blanks around them.")
        return text


def read_source(value: Any) -> str:
    """Read the name that a source's whole request goes by."""
    name: str = Identifier(required=True).deserialize(value)
    return name


class Price(fields.Decimal):
    """A price, as a number or a decimal text."""

    def _validated(self, value: Any) -> Decimal:
        if isinstance(value, bool):
            raise ValidationError("Must be a number.")
        price = super()._validated(str(value))
        if not price.is_finite() or not 0 <= price <= 10**9:
            raise ValidationError("Must be a number from 0 to 1,000,000,000.")
        return price


def read_time(value: Any) -> datetime:
    """Read an RFC 3339 time; its offset is required."""
    if not isinstance(value, str) or not RFC3339.fullmatch(value):
        raise ValidationError("Must be an RFC 3339 time with its offset, such as 2026-11-23T12:00:00Z.")
    try:
        at = datetime.fromisoformat(value.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValidationError("There is no such time.") from None
    if at < EPOCH:
        raise ValidationError("Must not be before 1970.")
    return at
