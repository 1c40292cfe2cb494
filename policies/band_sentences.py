"""The band in plain sentences: why it is what it is, and what would change it. Called by `policies.sentences`."""

from typing import NamedTuple

from policies.decision import PoolDecision
from policies.phrases import exact, number, units_text
from policies.reason_sentences import sentence_of, setting_rule
from policies.values import UNLIMITED, Band

RISING = ("restock_at_units", "healthy_at_units")
STILL: dict[Band, str] = {
    Band.UNKNOWN: "Whether it is in stock is not known.",
    Band.OUT: "It stays out of stock.",
    Band.LOW: "It stays low.",
    Band.HEALTHY: "It stays healthy.",
}


def band_sentences(pool: PoolDecision) -> list[str]:
    """Say which band it is and why, and what kind of step that was."""
    if pool.blind:
        return [STILL[pool.band]]
    if pool.units == UNLIMITED:
        return ["It is healthy, since it cannot run out."]
    told = [sentence_of(reason, pool) for reason in pool.band_reasons]
    if pool.rise_since is not None:
        told.insert(0, STILL[pool.band])
    elif pool.band is Band.HEALTHY:
        told.append(_healthy(pool))
    if pool.was is Band.UNKNOWN:
        told.append("It is seen for the first time, so this holds at once.")
    if pool.restock:
        told.append("That is a restock: it was certain that it had been out.")
    if pool.returned:
        told.append("It is back, but it was never certain that it was out, so nobody is alerted.")
    return told


def _healthy(pool: PoolDecision) -> str:
    if not _low_at(pool):
        return f"It is healthy with {units_text(pool.units)}."
    more = f"{'is' if pool.units == 1 else 'are'} more than the {number(_low_at(pool))} at which it is low"
    return f"It is healthy: {units_text(pool.units)} {more}{setting_rule(pool, 'low_at_units')}."


def coming_band(pool: PoolDecision) -> str | None:
    """Say which number of units would change the band; None where a rise is pending or units do not decide."""
    if pool.units is None or pool.units == UNLIMITED or pool.rise_since is not None:
        return None
    days = pool.settings["low_days"].value
    if pool.band is Band.OUT:
        return f"It comes back at {_mark(pool, 'restock_at_units').text}."
    out = _mark(pool, "out_at_units")
    if pool.band is Band.LOW:
        lasting = "" if days == "none" else f" that last more than {exact(days)} days"
        return f"It becomes healthy again at {_mark(pool, 'healthy_at_units').text}{lasting}, and out at {out.text}."
    low = _mark(pool, "low_at_units")
    lasting = "" if days == "none" else f", or low when the rest lasts {exact(days)} days or less"
    becomes = f"low at {low.text}" if low.units > out.units else f"out at {out.text}"
    return f"It becomes {becomes}{lasting}."


class Mark(NamedTuple):
    """The units at which a band changes, in number and words."""

    units: int
    text: str


def _low_at(pool: PoolDecision) -> int:
    return int(str(pool.settings["low_at_units"].value))


def _mark(pool: PoolDecision, setting: str) -> Mark:
    """Find where a band changes, and the rule behind it; units below the floor count as none, so it may decide."""
    mark, floor = int(str(pool.settings[setting].value)), int(str(pool.settings["floor_units"].value))
    least = floor if setting in RISING else floor - 1
    if least > mark:
        return Mark(least, f"{units_text(least)}{setting_rule(pool, 'floor_units')}")
    return Mark(mark, f"{units_text(mark)}{setting_rule(pool, setting)}")
