"""A sentence, or the end of one, for every reason there is."""

from collections.abc import Callable, Mapping
from typing import Final

from policies.decision import PoolDecision
from policies.phrases import clock_text, counted, exact, number, quoted, rule_of, units_text
from policies.reasons import Reason, ReasonCode

CLAUSES: Final[Mapping[ReasonCode, str]] = {
    ReasonCode.LOCATION_UNMAPPED: "the policy does not say what the location is for",
    ReasonCode.LOCATION_INACTIVE: "the location is closed",
    ReasonCode.LOCATION_HIDDEN: "the location is hidden from customers",
    ReasonCode.LOCATION_NOT_IN_POOL: "the location is not part of “{pool}”",
    ReasonCode.METHOD_NOT_OFFERED: "the location does not offer it",
    ReasonCode.LEVEL_INACTIVE: "the source no longer stocks it there",
    ReasonCode.LEVEL_UNKNOWN: "the source does not know how many there are",
    ReasonCode.LEVEL_STALE: "nobody has confirmed the number for {fresh_for_minutes} minutes or more",
    ReasonCode.LOCATION_EXCLUDED: "rule “{rule}” leaves the location out",
}
"""What speaks against the stock at a location; said behind "50 units at Soho stay out:"."""

NOT_OFFERED: Final[Mapping[str, str]] = {
    "ship": "no online orders ship from there",
    "pickup": "nothing can be picked up there",
    "in_store": "the location is no store",
}
MARKS: Final[Mapping[str, tuple[str, str]]] = {
    "low_at_units": ("low", "it cannot be below where it is out"),
    "restock_at_units": ("back in stock", "it has to be above where it is out"),
    "healthy_at_units": ("healthy again", "it has to be above where it is low"),
}
"""Settings that are made consistent: what happens there, and why the written number could not stand."""


def _int(reason: Reason, fact: str) -> int:
    return int(str(reason.facts[fact]))


def setting_rule(pool: PoolDecision, setting: str) -> str:
    """Name the rule that set a setting."""
    return rule_of(pool.settings[setting].rule)


def _changed(reason: Reason, pool: PoolDecision) -> str:
    setting = str(reason.facts["setting"])
    what, why = MARKS[setting]
    written, used = _int(reason, "written"), _int(reason, "used")
    return f"It counts as {what} at {units_text(used)}, not at {number(written)}{setting_rule(pool, setting)}: {why}."


def _unlimited(reason: Reason, pool: PoolDecision) -> str:
    if reason.facts["continues"]:
        return f"It goes on selling when it is out of stock{setting_rule(pool, 'sell_when_out')}."
    return "Its source does not count its stock."


def _no_levels(reason: Reason, pool: PoolDecision) -> str:
    return f"No source has told of any stock yet, and {_kept(pool)}."


def _all_unknown(reason: Reason, pool: PoolDecision) -> str:
    return f"None of the stock that could count is known, and {_kept(pool)}."


def _kept(pool: PoolDecision) -> str:
    return "unknown is not zero: what was told before stays, if anything was"


def _buffer(reason: Reason, pool: PoolDecision) -> str:
    facts = reason.facts
    rule = setting_rule(pool, "buffer_percent" if facts["by_percent"] else "buffer_units")
    kept, of = _int(reason, "buffer"), _int(reason, "pool_units")
    return f"{number(kept)} of {units_text(of)} {'is' if kept == 1 else 'are'} kept back as a buffer{rule}."


def _too_few(reason: Reason, pool: PoolDecision) -> str:
    have, least = _int(reason, "locations"), _int(reason, "min_locations")
    rule = setting_rule(pool, "min_locations")
    return f"{counted(have, 'location')} with stock {'is' if have == 1 else 'are'} fewer than {least:,}{rule}: 0 count."


def _floor(reason: Reason, pool: PoolDecision) -> str:
    units, floor = _int(reason, "units"), _int(reason, "floor_units")
    are = "is" if units == 1 else "are"
    return f"{units_text(units)} {are} fewer than the least of {floor:,}{setting_rule(pool, 'floor_units')}: 0 count."


def _lasting(reason: Reason, pool: PoolDecision) -> str:
    units = units_text(_int(reason, "units"))
    days, rate = exact(reason.facts["low_days"]), exact(reason.facts["units_per_day"])
    return f"It is low: at {rate} sold a day, {units} last {days} days or less{setting_rule(pool, 'low_days')}."


def _awaits(reason: Reason, pool: PoolDecision) -> str:
    what = "return" if pool.awaits_return else "restock"
    return (
        f"{units_text(pool.units)} could be promised, but the {what} waits for a person: until it is confirmed, 0 is."
    )


def _capped(reason: Reason, pool: PoolDecision) -> str:
    return f"Never more than {units_text(pool.promised_units)} may be promised{setting_rule(pool, 'cap_units')}."


def _out_promises(reason: Reason, pool: PoolDecision) -> str:
    return f"While it is out 0 is promised, though {units_text(pool.units)} would count."


def _at_or_below_out(reason: Reason, pool: PoolDecision) -> str:
    out_at = _int(reason, "out_at_units")
    if not out_at:
        return "It is out: there is nothing to promise."
    return f"It is out at {units_text(out_at)} or fewer{setting_rule(pool, 'out_at_units')}."


def _below_restock(reason: Reason, pool: PoolDecision) -> str:
    needed, has = number(_int(reason, "restock_at_units")), units_text(_int(reason, "units"))
    return f"It stays out: {needed} are needed{setting_rule(pool, 'restock_at_units')}, and it has {has}."


def _at_or_below_low(reason: Reason, pool: PoolDecision) -> str:
    low_at = _int(reason, "low_at_units")
    return f"It is low at {units_text(low_at)} or fewer{setting_rule(pool, 'low_at_units')}."


def _below_healthy(reason: Reason, pool: PoolDecision) -> str:
    has, was = units_text(_int(reason, "units")), reason.facts["was"]
    return f"It is low: it was {was}, and {has} are not enough to be healthy again."


def _settling(reason: Reason, pool: PoolDecision) -> str:
    minutes = counted(_int(reason, "settle_minutes"), "minute")
    rule = setting_rule(pool, "settle_minutes")
    until = "" if pool.rise_due is None else f", so at {clock_text(pool.rise_due)}"
    return f"It would be {reason.facts['target']} now, which counts once it has held for {minutes}{rule}{until}."


SENTENCES: Final[Mapping[ReasonCode, Callable[[Reason, PoolDecision], str]]] = {
    ReasonCode.VARIANT_UNPUBLISHED: lambda reason, pool: "The variant is not published, so none of it counts.",
    ReasonCode.VARIANT_EXCLUDED: lambda reason, pool: (
        f"Rule {quoted(str(reason.facts['rule']))} leaves the variant out, so none of it counts."
    ),
    ReasonCode.VARIANT_BLOCKED: lambda reason, pool: (
        "The variant is blocked, by a person or because it is not certain which product it is, so none of it counts."
    ),
    ReasonCode.SETTING_CHANGED: _changed,
    ReasonCode.NO_LEVELS: _no_levels,
    ReasonCode.ALL_UNKNOWN: _all_unknown,
    ReasonCode.NO_LONGER_UNLIMITED: lambda reason, pool: (
        "Its stock counts again and none of it is known yet, so it counts as 0 until a figure arrives."
    ),
    ReasonCode.UNLIMITED: _unlimited,
    ReasonCode.NO_PLACE_FOR_UNLIMITED: lambda reason, pool: (
        f"It sells without counting, but no location of {quoted(pool.pool)} may sell it."
    ),
    ReasonCode.BUFFER_KEPT: _buffer,
    ReasonCode.TOO_FEW_LOCATIONS: _too_few,
    ReasonCode.BELOW_FLOOR: _floor,
    ReasonCode.AT_OR_BELOW_OUT: _at_or_below_out,
    ReasonCode.BELOW_RESTOCK: _below_restock,
    ReasonCode.AT_OR_BELOW_LOW: _at_or_below_low,
    ReasonCode.LASTS_TOO_SHORT: _lasting,
    ReasonCode.BELOW_HEALTHY: _below_healthy,
    ReasonCode.SETTLING: _settling,
    ReasonCode.CAPPED: _capped,
    ReasonCode.AWAITS_CONFIRMATION: _awaits,
    ReasonCode.OUT_PROMISES_NOTHING: _out_promises,
}
"""Every reason but those of locations, which are said together, by `CLAUSES`."""


def sentence_of(reason: Reason, pool: PoolDecision) -> str:
    """Say one reason of a pool's decision."""
    return SENTENCES[reason.code](reason, pool)
