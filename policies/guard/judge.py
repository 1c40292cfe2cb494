"""The verdict on one message by one guard (policy language, section 7)."""

from collections.abc import Sequence
from datetime import datetime
from fractions import Fraction
from math import ceil

from policies.document import Guard
from policies.guard import sentences
from policies.guard.values import Demand, Featured, Headroom, Reason, Share, Verdict, Word
from policies.values import UNLIMITED, Band

BANDS = {band.word: band for band in Band}


def judge(featured: Sequence[Featured], guard: Guard, at: datetime, *, demand: Demand | None = None) -> Verdict:
    """Judge a message by what it features. Only heroes count where any is marked; hold wins over release."""
    counted = tuple(one for one in featured if one.role == "hero") or tuple(featured)
    hold_share = Share(sum(_threatens(one, guard) for one in counted), len(counted))
    release_share = Share(sum(_reassures(one, guard) for one in counted), len(counted))
    headroom = _headroom(counted, demand)
    word = _word(counted, guard, hold_share, release_share, short=headroom is not None and headroom.short)
    reasons = _reasons(word, counted, guard, hold_share, release_share)
    if headroom is not None:
        reasons += (sentences.headroom(headroom),)
    return Verdict(word, guard.name, at, hold_share, release_share, reasons, counted, headroom)


def _threatens(one: Featured, guard: Guard) -> bool:
    """Tell whether a variant is at or below the band to hold at; a blind one by its kept band, a never-known never."""
    return Band.UNKNOWN < one.counted_band <= BANDS[guard.hold_when.band]


def _reassures(one: Featured, guard: Guard) -> bool:
    """Tell whether a variant is surely at or above the band to release at."""
    return one.certain and one.counted_band >= BANDS[guard.release_when.band]


def _word(counted: Sequence[Featured], guard: Guard, hold: Share, release: Share, *, short: bool) -> Word:
    if not counted:
        return "leave"
    if hold.reaches(guard.hold_when.share_percent) or short:
        return "hold"
    if release.reaches(guard.release_when.share_percent):
        return "release"
    doubtful = sum(not one.certain and not _threatens(one, guard) for one in counted)
    at_worst = Share(hold.matching + doubtful, hold.of)
    return "cannot_tell" if doubtful and at_worst.reaches(guard.hold_when.share_percent) else "leave"


def _headroom(counted: Sequence[Featured], demand: Demand | None) -> Headroom | None:
    """Set demand against units; unknown where any unit is unknown, boundless where any is unlimited."""
    if demand is None or not counted:
        return None
    units = 0
    for one in counted:
        if one.units is None or one.units == UNLIMITED:
            return None
        units += 0 if one.awaits_confirmation else int(one.units)
    limit = demand.hold_at_percent
    short = limit is not None and demand.expected_units * 100 >= units * Fraction(limit)
    return Headroom(ceil(demand.expected_units), units, short and demand.expected_units > 0)


def swaps_needed(hold: Share, guard: Guard) -> int:
    """Count how many matching variants must give way to healthy ones before the guard would let go."""
    kept = 0
    while kept < hold.matching and not Share(kept + 1, hold.of).reaches(guard.hold_when.share_percent):
        kept += 1
    return hold.matching - kept


def _reasons(word: Word, counted: Sequence[Featured], guard: Guard, hold: Share, release: Share) -> tuple[Reason, ...]:
    if not counted:
        return (sentences.unguarded(),)
    heroes = counted[0].role == "hero"
    threats = [one for one in counted if _threatens(one, guard)]
    lines: list[Reason] = []
    if word == "hold" and threats:
        lines.append(sentences.holds(hold, guard, heroes=heroes))
        lines += sentences.named(threats)
        if hold.reaches(guard.hold_when.share_percent):
            lines += sentences.gentler(threats, swaps_needed(hold, guard))
    elif word == "release":
        lines.append(sentences.releases(release, guard, heroes=heroes))
    elif word == "leave":
        lines.append(sentences.leaves(hold, release, guard, heroes=heroes))
    doubtful = [one for one in counted if not one.certain]
    if word == "cannot_tell":
        lines.append(sentences.cannot_tell(doubtful, hold, guard))
    elif doubtful:
        lines.append(sentences.unknown(doubtful))
    return tuple(lines)
