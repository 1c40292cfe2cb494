"""The shape of one case of `policy try`: a variant, its levels and what was decided last, at one moment."""

# ruff: noqa: RUF012 - marshmallow declares a class's messages as variables of its instances

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from gateway.documents.containers import Items, Named, Section, Table
from gateway.documents.dates import FIRST_YEAR, LAST_YEAR
from gateway.documents.fields import MOST_UNITS, Count, Strict, Switch, Text, Word
from policies.values import STATES, UNLIMITED

MOST_TOLD_UNITS: Final = 2**53  # many locations sum to more than one may hold; JSON readers are exact up to here


class Told(Strict):
    """A fact that may be null: nobody has told it."""

    def __init__(self, fact: Strict) -> None:
        super().__init__()
        self.fact = fact

    def read(self, value: Any) -> Any:
        """Return the fact."""
        return None if value is None else self.fact.read(value)


class Attribute(Strict):
    """A text of the catalogue, which may well be empty."""

    default_error_messages = {"type": "must be a text"}

    def read(self, value: Any) -> str:
        """Return the text."""
        if not isinstance(value, str):
            raise self.make_error("type")
        return value


class Anything(Strict):
    """What is judged elsewhere."""

    def read(self, value: Any) -> Any:
        """Return it as it is."""
        return value


class Rate(Strict):
    """Units sold per day, exact."""

    default_error_messages = {"type": "must be a number"}

    def read(self, value: Any) -> Decimal:
        """Return the rate."""
        if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
            raise self.make_error("type")
        exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
        if not exact.is_finite():
            raise self.make_error("type")
        return exact


class Instant(Strict):
    """A moment with its offset, `2026-11-23T12:00:00Z`."""

    default_error_messages = {"type": "must be a time with an offset, such as 2026-11-23T12:00:00Z"}

    def read(self, value: Any) -> datetime:
        """Return the moment in UTC."""
        try:
            moment = datetime.fromisoformat(value) if isinstance(value, str) else None
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None or not FIRST_YEAR < moment.year <= LAST_YEAR:
            raise self.make_error("type")
        return moment.astimezone(UTC)


class RiseSection(Section):
    """A rise that waits to be believed."""

    since = Instant(required=True)


class PreviousSection(Section):
    """The last decision in one pool."""

    band = Word(("unknown", "out", "low", "healthy"), required=True)
    rise = Told(Table(RiseSection))
    proven = Told(Switch())
    units = Told(Count(MOST_TOLD_UNITS, word=UNLIMITED))


class VariantSection(Section):
    """The variant; field names are those of `policies.values.Variant`."""

    id = Text(required=True)
    sku = Told(Attribute())
    product = Told(Attribute())
    vendor = Told(Attribute())
    product_type = Told(Attribute())
    tags = Told(Items(Attribute(), may_be_empty=True, compared=None))
    collections = Told(Items(Attribute(), may_be_empty=True, compared=None))
    published = Told(Switch())
    tracked = Told(Switch())
    inventory_policy = Told(Word(("deny", "continue")))
    blocked = Told(Switch())
    units_per_day = Told(Rate())


class ToldLocationSection(Section):
    """What a source told of a location."""

    active = Told(Switch())
    label = Told(Attribute())


QuantitiesSection = Section.from_dict(
    {state: Told(Count(MOST_UNITS, least=-MOST_UNITS)) for state in STATES}, name="QuantitiesSection"
)


class LevelSection(Section):
    """The authority's word on the variant at one location."""

    location = Text(required=True)
    active = Told(Switch())
    quantities = Told(Table(QuantitiesSection))
    observed_at = Told(Instant())


def location_of(level: Mapping[str, Any]) -> object:
    """Tell two levels of one location."""
    return level["location"]


class CaseSection(Section):
    """One case; its document is judged on its own."""

    document = Anything()
    variant = Table(VariantSection, required=True)
    locations = Told(Named(Table(ToldLocationSection)))
    levels = Told(Items(Table(LevelSection), may_be_empty=True, compared=location_of))
    at = Instant(required=True)
    previous = Told(Named(Table(PreviousSection)))
