"""The sections of a policy document: which keys each has and what a value may be.

Field names are those of `policies.document`, so that a section that passed becomes its value by keyword.
"""

from typing import Final

from gateway.documents.containers import Items, Named, Section, Table
from gateway.documents.fields import (
    MOST_DAYS,
    MOST_HOURS,
    MOST_MINUTES,
    MOST_PERCENT,
    MOST_RECEIVING_MINUTES,
    MOST_UNITS,
    Count,
    Hundredths,
    LocalTime,
    SchemaVersion,
    Strict,
    Switch,
    Text,
    Word,
    WordOrCount,
    Zone,
)
from policies.document import FOLDED_KEYS, WHEN_KEYS
from policies.values import CAUSES, SELLABLE_STATES

KINDS: Final = (
    "warehouse",
    "store",
    "popup",
    "third_party",
    "wholesale",
    "events",
    "repair",
    "customer_service",
)


class AuthoritySection(Section):
    """Which source tells the truth."""

    products = Text(required=True)
    variants = Text(required=True)
    levels = Text(required=True)
    transfers = Text()
    adjustments = Text()
    reporting = Text()
    levels_at = Named(Text())


class LocationSection(Section):
    """What a location is for."""

    label = Text()
    kind = Word(KINDS)
    sells_online = Switch()
    ships_online_orders = Switch()
    offers_pickup = Switch()
    hidden = Switch()
    receiving = WordOrCount(("as_accepted", "on_complete"), MOST_RECEIVING_MINUTES)


class PoolSection(Section):
    """What one kind of promise may draw on."""

    method = Word(("ship", "pickup", "in_store"), required=True)
    states = Items(Word(SELLABLE_STATES), required=True)
    kinds = Items(Word(KINDS))
    include = Items(Text(), may_be_empty=True)
    excepted = Items(Text(), may_be_empty=True, data_key="except", attribute="exclude")


def fold_word(word: str) -> str:
    """Compare as rules compare what is not an id."""
    return word.strip().casefold()


def _listed(key: str) -> Strict:
    return Items(Text(trimmed=True), compared=fold_word) if key in FOLDED_KEYS else Items(Text())


WhenSection = Section.from_dict({key: _listed(key) for key in WHEN_KEYS}, name="WhenSection")

SetSection = Section.from_dict(
    {
        "excluded": Switch(),
        "reserve_units_per_location": Count(MOST_UNITS),
        "buffer_units": Count(MOST_UNITS),
        "buffer_percent": Hundredths(MOST_PERCENT),
        "min_locations": Count(MOST_UNITS),
        "floor_units": Count(MOST_UNITS),
        "cap_units": Count(MOST_UNITS, least=1, word="none"),
        "out_at_units": Count(MOST_UNITS),
        "restock_at_units": Count(MOST_UNITS, word="auto"),
        "low_at_units": Count(MOST_UNITS, word="auto"),
        "healthy_at_units": Count(MOST_UNITS, word="auto"),
        "settle_minutes": Count(MOST_MINUTES),
        "fresh_for_minutes": Count(MOST_MINUTES, least=1, word="none"),
        "sell_when_out": Switch(),
        "low_days": Hundredths(MOST_DAYS, word="none"),
    },
    name="SetSection",
)


class RuleSection(Section):
    """Where and when a rule matches, and what it sets."""

    name = Text(required=True)
    when = Table(WhenSection, may_be_empty=False)
    set = Table(SetSection, may_be_empty=False, required=True)
    starts_at = LocalTime(data_key="from")
    ends_at = LocalTime(data_key="until")


class RestockSection(Section):
    """Which restocks alert, and whom how fast."""

    causes = Items(Word(CAUSES))
    customers_per_unit = Count(MOST_UNITS)
    wave_minutes = Count(MOST_MINUTES)
    max_wave = Count(MOST_UNITS)
    again_after_hours = Count(MOST_HOURS)
    order = Word(("oldest", "newest", "vip_first"))


class HoldSection(Section):
    """When to hold."""

    band = Word(("low", "out"), required=True)
    share_percent = Hundredths(MOST_PERCENT, above_zero=True, required=True)


class ReleaseSection(Section):
    """When to release."""

    band = Word(("low", "healthy"), required=True)
    share_percent = Hundredths(MOST_PERCENT, above_zero=True, required=True)


class GuardSection(Section):
    """Which messages to hold and release."""

    name = Text(required=True)
    channels = Items(Word(("email", "sms", "push")))
    pool = Text(required=True)
    hold_when = Table(HoldSection, required=True)
    release_when = Table(ReleaseSection, required=True)
    lead_minutes = Count(MOST_MINUTES)
    mode = Word(("watch", "ask", "act"))
    release = Word(("ask", "act", "never"))
    max_hold_hours = Count(MOST_HOURS)
    cancel_when_sending = Switch()


class LimitsSection(Section):
    """How much one cause may move before a person is asked."""

    holds_per_hour_percent = Hundredths(MOST_PERCENT)
    source_moves_percent = Hundredths(MOST_PERCENT)


class DocumentSection(Section):
    """The whole document."""

    schema = SchemaVersion(required=True)
    name = Text(required=True)
    time_zone = Zone()
    default_pool = Text(required=True)
    catalog_restock = Word(("confirm", "publish"))
    catalog_return = Word(("confirm", "publish"))
    authority = Table(AuthoritySection, required=True)
    locations = Named(Table(LocationSection))
    pools = Named(Table(PoolSection), may_be_empty=False, required=True)
    rules = Items(Table(RuleSection), may_be_empty=True, compared=None)
    restock = Table(RestockSection)
    guards = Items(Table(GuardSection), may_be_empty=True, compared=None)
    limits = Table(LimitsSection)
