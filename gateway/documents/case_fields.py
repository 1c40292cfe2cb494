"""The shape of one case of `policy try`: a variant, its levels and what was decided last, at one moment."""

# ruff: noqa: RUF012 - marshmallow declares a class's messages as variables of its instances

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Final

from marshmallow import fields

from gateway.documents.containers import Items, Named, Section, Table
from gateway.documents.dates import FIRST_YEAR, LAST_YEAR
from gateway.documents.fields import MOST_UNITS, Count, Strict, Switch, Text, Word
from policies.values import STATES, UNLIMITED

EVIDENCE: Final = ("on_order", "backordered")
COUNTED: Final = frozenset(STATES)
MOST_TOLD_UNITS: Final = 2**53  # many locations sum to more than one may hold; JSON readers are exact up to here


def told(field: Strict) -> Strict:
    """Let a field be null: nobody has told the fact."""
    field.may_be_null = True
    return field


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
    rise = told(Table(RiseSection))
    proven = told(Switch())
    units = told(Count(MOST_TOLD_UNITS, word=UNLIMITED))


class VariantSection(Section):
    """The variant; field names are those of `policies.values.Variant`."""

    id = Text(required=True)
    sku = told(Attribute())
    product = told(Attribute())
    vendor = told(Attribute())
    product_type = told(Attribute())
    tags = told(Items(Attribute(), may_be_empty=True, compared=None))
    collections = told(Items(Attribute(), may_be_empty=True, compared=None))
    published = told(Switch())
    tracked = told(Switch())
    inventory_policy = told(Word(("deny", "continue")))
    blocked = told(Switch())
    units_per_day = told(Rate())


class ToldLocationSection(Section):
    """What a source told of a location."""

    active = told(Switch())
    label = told(Attribute())


FIGURES: Final[dict[str, fields.Field[Any]]] = {
    state: told(Count(MOST_UNITS, least=-MOST_UNITS)) for state in (*STATES, *EVIDENCE)
}
QuantitiesSection = Section.from_dict(FIGURES, name="QuantitiesSection")


class Quantities(Table):
    """Figures by state; those that never count are checked and left out."""

    def __init__(self) -> None:
        super().__init__(QuantitiesSection)

    def read(self, value: Any) -> dict[str, int | None]:
        """Return the figures, of which nearly all are what they should be."""
        if type(value) is dict and value.keys() <= COUNTED:
            for figure in value.values():
                if figure is not None and not (type(figure) is int and -MOST_UNITS <= figure <= MOST_UNITS):
                    break
            else:
                return value
        return {state: figure for state, figure in super().read(value).items() if state in COUNTED}


class LevelSection(Section):
    """The authority's word on the variant at one location."""

    location = Text(required=True)
    active = told(Switch())
    quantities = told(Quantities())
    observed_at = told(Instant())


def location_of(level: Mapping[str, Any]) -> object:
    """Tell two levels of one location."""
    return level["location"]


class CaseSection(Section):
    """One case; its document is judged on its own."""

    document = Anything()
    variant = Table(VariantSection, required=True)
    locations = told(Named(Table(ToldLocationSection)))
    levels = told(Items(Table(LevelSection), may_be_empty=True, compared=location_of))
    at = Instant(required=True)
    previous = told(Named(Table(PreviousSection)))
