"""A decision in one pool, told to a marketer: what may be promised, what stays out and why, and what would change it.

Every unit that a source told is accounted for: those that stay out, those that are not free, the reserve, the buffer
and what may be promised come to the number that the first sentence names. Called by `policies.explain`.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from policies.band_sentences import band_sentences, coming_band
from policies.decision import PoolDecision
from policies.phrases import listing, number, quoted, rule_of, units_text
from policies.reason_sentences import CLAUSES, NOT_OFFERED, sentence_of
from policies.reasons import OBJECTIONS, Reason, ReasonCode
from policies.steps import LocationStep
from policies.values import UNLIMITED

MOST_NAMED = 10
"""Locations that one sentence names; the smallest beyond these are summed."""
PROMISED_BY: Mapping[str, str] = {"ship": "by what ships", "pickup": "for pickup", "in_store": "for buying in a store"}
HELD_BACK = (
    "This decision is held back, because one source moved too many variants at once: what was decided and promised "
    "before stays until a person confirms."
)


class Stock(NamedTuple):
    """What the sources told of a variant, over all locations that told a figure."""

    units: int
    known: int  # locations with a figure
    unknown: int  # locations without
    kind: str  # "on hand" | "available" | "on hand or available"


def sentences(pool: PoolDecision, labels: Mapping[str, str], held_back: bool = False) -> list[str]:
    """Tell the decision in plain sentences. `labels`: location id -> the name people read."""
    told = [HELD_BACK] if held_back else []
    figures = [told_units(step.quantities, pool.states) for step in pool.steps]
    told.append(opening(pool, figures))
    told += [sentence_of(reason, pool) for reason in pool.reasons if reason.code is ReasonCode.SETTING_CHANGED]
    against = [reason for reason in pool.reasons if reason.code in OBJECTIONS]
    told += [sentence_of(reason, pool) for reason in against]
    if pool.units != UNLIMITED:
        told += (
            _staying_out(pool.steps, figures, labels)
            + _not_free(pool.steps, figures, pool.states)
            + _reserves(pool.steps, labels)
        )
    shaping = [reason for reason in pool.reasons if reason.code in SHAPING]
    told += [sentence_of(reason, pool) for reason in shaping]
    told += band_sentences(pool)
    if not against and (coming := coming_band(pool)):
        told.append(coming)
    promising = [reason for reason in pool.reasons if reason.code in PROMISING]
    return told + [sentence_of(reason, pool) for reason in promising]


SHAPING = (
    ReasonCode.NO_PLACE_FOR_UNLIMITED,
    ReasonCode.NO_LONGER_UNLIMITED,
    ReasonCode.BUFFER_KEPT,
    ReasonCode.TOO_FEW_LOCATIONS,
    ReasonCode.BELOW_FLOOR,
)
PROMISING = (ReasonCode.CAPPED, ReasonCode.AWAITS_CONFIRMATION, ReasonCode.OUT_PROMISES_NOTHING)


def opening(pool: PoolDecision, figures: Sequence[int | None]) -> str:
    """Say how many units may be promised, out of how many of what kind."""
    by = PROMISED_BY[pool.method] + ("" if pool.pool == pool.method else f" ({quoted(pool.pool)})")
    if pool.blind:
        why = " ".join(sentence_of(reason, pool) for reason in pool.reasons if reason.code in WHY_BLIND)
        return f"Nothing new is promised {by}. {why}"
    if pool.units == UNLIMITED:
        why = " ".join(sentence_of(reason, pool) for reason in pool.reasons if reason.code is ReasonCode.UNLIMITED)
        most = "Any number" if pool.promised_units == UNLIMITED else f"Up to {units_text(pool.promised_units)}"
        return f"{most} may be promised {by}. {why}"
    stock = stock_of(pool.steps, figures)
    if not stock.known:
        return f"{number(pool.promised_units)} units may be promised {by}: no location has told a figure."
    unknown = f", not counting {_locations(stock.unknown)} without a figure" if stock.unknown else ""
    return (
        f"{number(pool.promised_units)} of {units_text(stock.units)} {stock.kind} at {_locations(stock.known)}"
        f"{unknown} may be promised {by}."
    )


WHY_BLIND = (ReasonCode.NO_LEVELS, ReasonCode.ALL_UNKNOWN)


def stock_of(steps: Iterable[LocationStep], told: Iterable[int | None]) -> Stock:
    """Sum what the sources told: what is on hand where they say so, else what is available or set aside for this."""
    units = known = unknown = on_hand = 0
    for step, figure in zip(steps, told, strict=True):
        if figure is None:
            unknown += 1
            continue
        known += 1
        units += figure
        on_hand += step.quantities.get("on_hand") is not None
    kind = "available" if not on_hand else "on hand" if on_hand == known else "on hand or available"
    return Stock(units, known, unknown, kind)


def told_units(quantities: Mapping[str, int | None], states: Sequence[str]) -> int | None:
    """Give the units of one level as told; None where the source does not know or has not said."""
    units = quantities.get("on_hand")
    if units is not None:
        return max(0, units)
    units = quantities.get("available")
    if units is None:
        if "available" in states and ("available" in quantities or "on_hand" in quantities):
            return None
        if quantities.keys().isdisjoint(states):
            return None
    total = max(0, units or 0)
    for state in states:
        if state != "available" and state in quantities:
            part = quantities[state]
            if part is None:
                return None
            total += max(0, part)
    return total


def _locations(count: int) -> str:
    return "1 location" if count == 1 else f"{count:,} locations"


def _staying_out(steps: Iterable[LocationStep], figures: Iterable[int | None], labels: Mapping[str, str]) -> list[str]:
    """Say of each location with an objection how much stays out, those with the same objections together."""
    groups: dict[object, tuple[tuple[Reason, ...], list[tuple[str, int | None]]]] = {}
    for step, units in zip(steps, figures, strict=True):
        if step.objections:
            alike = tuple((reason.code.value, reason.facts.get("rule")) for reason in step.objections)
            group = groups.setdefault(alike, (step.objections, []))
            group[1].append((labels.get(step.location, step.location), units))
    told = []
    for objections, out in groups.values():
        if clauses := [_clause(reason) for reason in objections if reason.code in CLAUSES]:
            told.append(f"{_amounts(out)}: {'; '.join(clauses)}.")
    return told


def _amounts(out: list[tuple[str, int | None]]) -> str:
    more = ""
    if len(out) > MOST_NAMED:
        out = sorted(out, key=lambda one: -1 if one[1] is None else one[1], reverse=True)
        rest = out[MOST_NAMED:]
        more = f"{units_text(sum(units or 0 for _, units in rest))} at {_locations(len(rest))} more"
    amounts = [f"{'an unknown number' if units is None else units_text(units)} at {name}" for name, units in out]
    text = listing([*amounts[:MOST_NAMED], *([more] if more else [])])
    alone = len(out) == 1 and out[0][1] in (None, 1)
    return f"{text[0].upper()}{text[1:]} {'stays' if alone else 'stay'} out"


def _clause(reason: Reason) -> str:
    if reason.code is ReasonCode.METHOD_NOT_OFFERED:
        return NOT_OFFERED[str(reason.facts["method"])]
    return CLAUSES[reason.code].format_map(reason.facts)


def _not_free(steps: Iterable[LocationStep], figures: Iterable[int | None], states: Sequence[str]) -> list[str]:
    """Account for what counting locations hold and may not sell."""
    kept = waiting = 0
    for step, units in zip(steps, figures, strict=True):
        if not step.objections:
            left = (units or 0) - step.counted
            received = max(0, step.quantities.get("receiving") or 0) if "available" in states else 0
            waiting += min(max(0, left), received)
            kept += left - min(max(0, left), received)
    told = []
    if kept > 0:
        are = "is" if kept == 1 else "are"
        told.append(f"{units_text(kept)} {are} not free: sold, set aside, damaged, or kept for something else.")
    if waiting:
        do = "was received and does" if waiting == 1 else "were received and do"
        told.append(f"{units_text(waiting)} {do} not count yet: the policy lets a delivery wait there.")
    return told


def _reserves(steps: Iterable[LocationStep], labels: Mapping[str, str]) -> list[str]:
    groups: dict[tuple[int, str | None], list[str]] = {}
    for step in steps:
        kept = min(step.reserve, step.counted)
        if kept:
            groups.setdefault((kept, step.reserve_rule), []).append(labels.get(step.location, step.location))
    return [_reserve(kept, rule, names) for (kept, rule), names in groups.items()]


def _reserve(kept: int, rule: str | None, names: list[str]) -> str:
    where = listing(names) if len(names) <= MOST_NAMED else _locations(len(names))
    if len(names) == 1:
        return f"{units_text(kept)} at {where} {'stays' if kept == 1 else 'stay'} in reserve{rule_of(rule)}."
    return f"{units_text(kept)} each at {where} {'stays' if kept == 1 else 'stay'} in reserve{rule_of(rule)}."
