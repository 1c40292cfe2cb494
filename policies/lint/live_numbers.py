"""Numbers that the shop's stock cannot live with."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from policies.decision import PoolDecision
from policies.document import Guard
from policies.lint.live import ENOUGH, Live, stock_of
from policies.lint.warning import PolicyWarning, WarningCode
from policies.lint.words import quoted
from policies.reasons import ReasonCode
from policies.values import UNLIMITED, Band

MOST_UNITS: Final = 10_000_000
REACHED: Final = {
    "healthy_at_units": (WarningCode.HEALTHY_NEVER_REACHED, "become healthy"),
    "restock_at_units": (WarningCode.RESTOCK_NEVER_REACHED, "come back from `out`"),
}

RuleSetting = tuple[str, str]
"""A rule's name and the setting of it that holds."""


@dataclass(slots=True)
class Tallied:
    """What was seen in one pool of the products under one setting of one rule."""

    products: int = 0
    hit: int = 0
    most: int = 0
    needed: int = MOST_UNITS  # the least that any of them asks for


def _path(live: Live, of: RuleSetting) -> str:
    return f"rules[{live.subject.numbers[of[0]]}].set.{of[1]}"


def settings_that_keep_everything_back(live: Live) -> Iterator[PolicyWarning]:
    """Find a reserve, buffer, floor or number of locations that leaves no product anything of its stock."""
    seen: dict[tuple[RuleSetting, str], Tallied] = defaultdict(Tallied)
    for _, of_pool in live.pools():
        if stock_of(of_pool.steps) == 0 or of_pool.units == UNLIMITED:
            continue
        hit = _keepers(of_pool) if of_pool.units == 0 else set()
        for of in _keeping(of_pool):
            seen[of, of_pool.pool].products += 1
            seen[of, of_pool.pool].hit += of in hit
    for (of, pool), tallied in seen.items():
        if tallied.products >= ENOUGH and tallied.hit == tallied.products:
            sentence = (
                f"{of[1]} of {quoted(of[0])} keeps back all that there is in {pool}: none of the {tallied.products} "
                "products looked at that have stock there has anything left to promise."
            )
            yield PolicyWarning(WarningCode.KEEPS_EVERYTHING_BACK, _path(live, of), sentence, pool)


def _keeping(of_pool: PoolDecision) -> set[RuleSetting]:
    names = ("buffer_units", "buffer_percent", "floor_units", "min_locations")
    of_settings = {(rule, name) for name in names if (rule := of_pool.settings[name].rule) is not None}
    reserves = {step.reserve_rule for step in of_pool.steps if step.counted and step.reserve_rule is not None}
    return of_settings | {(rule, "reserve_units_per_location") for rule in reserves}


def _keepers(of_pool: PoolDecision) -> set[RuleSetting]:
    """Name what took the last unit: the first that did, since nothing was left for those after it."""
    keeping = _keeping(of_pool)
    if of_pool.pool_units == 0:
        names = {"reserve_units_per_location"}
    elif of_pool.buffer >= of_pool.pool_units:
        by_units = int(of_pool.settings["buffer_units"].value) >= of_pool.buffer
        names = {"buffer_units" if by_units else "buffer_percent"}
    else:
        names = {"min_locations"} if of_pool.min_locations == "not met" else set()
        names |= {"floor_units"} if of_pool.floor == "not met" else set()
    return {of for of in keeping if of[1] in names}


def figures_that_are_mostly_stale(live: Live) -> Iterator[PolicyWarning]:
    """Find a `fresh_for_minutes` that is shorter than a source's usual silence."""
    seen: dict[tuple[RuleSetting, str], list[bool]] = defaultdict(list)
    for _, of_pool in live.pools():
        rule = of_pool.settings["fresh_for_minutes"].rule
        if rule is None or of_pool.settings["fresh_for_minutes"].value == "none":
            continue
        for step in of_pool.steps:
            if step.in_play and step.observed_at is not None:
                seen[(rule, "fresh_for_minutes"), step.source or ""].append(step.has(ReasonCode.LEVEL_STALE))
    for (of, source), stale in seen.items():
        if len(stale) >= ENOUGH and 2 * sum(stale) > len(stale):
            sentence = (
                f"Under {quoted(of[0])} {sum(stale)} of {len(stale)} figures of {source} are too old to count: "
                "it is usually silent for longer."
            )
            yield PolicyWarning(WarningCode.MOSTLY_STALE, _path(live, of), sentence)


def thresholds_that_nothing_reaches(live: Live) -> Iterator[PolicyWarning]:
    """Find a `healthy_at_units` or `restock_at_units` above anything that the products under it have."""
    seen: dict[tuple[RuleSetting, str], Tallied] = defaultdict(Tallied)
    for _, of_pool in live.pools():
        if not isinstance(of_pool.units, int) or of_pool.units == 0:
            continue
        for name in REACHED:
            if (rule := of_pool.settings[name].rule) is not None:
                tallied = seen[(rule, name), of_pool.pool]
                tallied.products += 1
                tallied.most = max(tallied.most, of_pool.units)
                tallied.needed = min(tallied.needed, int(of_pool.settings[name].value))
    for (of, pool), tallied in seen.items():
        if tallied.products >= ENOUGH and tallied.most < tallied.needed:
            code, what = REACHED[of[1]]
            sentence = (
                f"{tallied.needed} units are needed to {what} in {pool} under {quoted(of[0])}, and the most that "
                f"any of the {tallied.products} products looked at has is {tallied.most}."
            )
            yield PolicyWarning(code, _path(live, of), sentence, pool)


def settings_that_wait_for_facts(live: Live) -> Iterator[PolicyWarning]:
    """Find `low_days` where no sales rate is known, and `sell_when_out` where no product may be sold beyond stock."""
    rates: dict[RuleSetting, list[bool]] = defaultdict(list)
    continuing: dict[RuleSetting, list[bool]] = defaultdict(list)
    for variant, of_pool in live.pools():
        days, beyond = of_pool.settings["low_days"], of_pool.settings["sell_when_out"]
        if days.rule is not None and days.value != "none":
            rates[days.rule, "low_days"].append(variant.units_per_day is not None)
        if beyond.rule is not None and beyond.value is True:
            continuing[beyond.rule, "sell_when_out"].append(variant.inventory_policy == "continue")
    for of, known in rates.items():
        if not any(known):
            sentence = f"low_days of {quoted(of[0])} needs sales per day, which are not known of any product under it."
            yield PolicyWarning(WarningCode.LOW_DAYS_WITHOUT_RATE, _path(live, of), sentence)
    for of, allowed in continuing.items():
        if not any(allowed):
            sentence = f"No product under {quoted(of[0])} may be sold when out, so sell_when_out changes nothing."
            yield PolicyWarning(WarningCode.CONTINUE_FOR_NOBODY, _path(live, of), sentence)


def guards_that_always_or_never_hold(live: Live) -> Iterator[PolicyWarning]:
    """Find guards whose reason to hold is there whatever a message features, or never can be."""
    for number, guard in enumerate(live.document.guards):
        bands = [decided for _, decided in live.pools() if decided.pool == guard.pool and not decided.blind]
        if len(bands) < ENOUGH or not live.subject.places[guard.pool]:
            continue
        path = f"guards[{number}].hold_when"
        if all(_at_or_below(guard, decided) for decided in bands):
            sentence = (
                f"Every one of the {len(bands)} products looked at is {guard.hold_when.band} or less in {guard.pool}: "
                f"{quoted(guard.name)} would hold every message today."
            )
            yield PolicyWarning(WarningCode.GUARD_HOLDS_EVERYTHING, path, sentence)
        if all(decided.units == UNLIMITED for decided in bands):
            sentence = f"Nothing in {guard.pool} is counted, so {quoted(guard.name)} will never hold a message."
            yield PolicyWarning(WarningCode.GUARD_NEVER_HOLDS, path, sentence)


def _at_or_below(guard: Guard, decided: PoolDecision) -> bool:
    return decided.band <= Band[guard.hold_when.band.upper()]
