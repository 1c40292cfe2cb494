"""Verdicts in words that a marketer accepts: who, how many, and what would do instead."""

from collections.abc import Iterable, Sequence

from policies.document import Guard
from policies.guard.values import Featured, Headroom, Reason, Share
from policies.values import Band

NAMED = 5
"""So many variants are named before the rest is counted."""


def unguarded() -> Reason:
    """Nothing is known to be featured."""
    return Reason("unguarded", "No product of this message is known, so no guard can watch it. Name what it features.")


def holds(share: Share, guard: Guard, *, heroes: bool) -> Reason:
    """Why it is to be held."""
    limit = f"{guard.name} holds from {guard.hold_when.share_percent} %"
    return Reason("hold", f"{_count(share, heroes)} {_be(share.matching)} {_worse(guard)}; {limit}.")


def releases(share: Share, guard: Guard, *, heroes: bool) -> Reason:
    """Why it may go out."""
    limit = f"{guard.name} releases from {guard.release_when.share_percent} %"
    return Reason("release", f"{_count(share, heroes)} {_be(share.matching)} {_better(guard)}; {limit}.")


def leaves(hold: Share, release: Share, guard: Guard, *, heroes: bool) -> Reason:
    """Why nothing is done."""
    enough = f"{guard.name} holds from {guard.hold_when.share_percent} % and releases from "
    text = f"{_count(hold, heroes)} {_be(hold.matching)} {_worse(guard)} and {release.matching} surely {_better(guard)}"
    return Reason("between", f"{text}; {enough}{guard.release_when.share_percent} %.")


def cannot_tell(doubtful: Sequence[Featured], hold: Share, guard: Guard) -> Reason:
    """Why nobody can say."""
    text = f"The stock of {_names(doubtful)} is not known now; with the {hold.matching} that {_be(hold.matching)} "
    return Reason(
        "blind", f"{text}{_worse(guard)} it could reach the {guard.hold_when.share_percent} % of {guard.name}."
    )


def unknown(doubtful: Sequence[Featured]) -> Reason:
    """Name what was judged by the band it had last, or not at all."""
    kept = [one for one in doubtful if one.band is not Band.UNKNOWN]
    never = [one for one in doubtful if one.band is Band.UNKNOWN]
    parts = [f"{_names(kept)} counts with the band it had last"] if kept else []
    parts += [f"{_names(never)} was never known and only makes the share smaller"] if never else []
    return Reason("unknown_stock", f"Stock is not known now: {'; '.join(parts)}.")


def named(threats: Iterable[Featured]) -> list[Reason]:
    """Say of each variant how it stands, worst first."""
    ordered = sorted(threats, key=lambda one: (one.counted_band, _amount(one), one.variant))
    lines = [Reason("variant", f"{one.name} is {_standing(one)}.") for one in ordered[:NAMED]]
    rest = len(ordered) - NAMED
    return [*lines, Reason("variant", f"So are {rest} more.")] if rest > 0 else lines


def gentler(threats: Sequence[Featured], swaps: int) -> list[Reason]:
    """Say which smaller step would do, of those that would."""
    ordered = sorted(threats, key=lambda one: (one.counted_band, _amount(one), one.variant))
    lines = []
    alone = [one for one in ordered if one.cancels_alone]
    if alone:
        text = f"Gentler: unpublish {alone[0].name} in the catalogue; its block then skips the message by itself."
        lines.append(Reason("gentler_unpublish", text))
    if 0 < swaps <= len(ordered):
        text = f"Gentler: swap {_names(ordered[:swaps])} for something in stock; then the guard lets it go."
        lines.append(Reason("gentler_swap", text))
    return lines


def headroom(found: Headroom) -> Reason:
    """Set demand against stock."""
    text = f"The send may sell about {found.expected_units} units of {found.units}"
    return Reason("headroom", f"{text}, which is too much." if found.short else f"{text}.")


def _standing(one: Featured) -> str:
    if one.awaits_confirmation:
        return "waiting for a person to confirm its stock, so it counts as out"
    amount = f" ({one.units} {'unit' if one.units == 1 else 'units'})" if isinstance(one.units, int) else ""
    return f"{one.band.word}{amount}{', as last known' if one.blind else ''}"


def _amount(one: Featured) -> int:
    return one.units if isinstance(one.units, int) else -1


def _count(share: Share, heroes: bool) -> str:
    noun = "variant" if share.of == 1 else "variants"
    return f"{share.matching} of {share.of} {'hero' if heroes else 'featured'} {noun}"


def _be(count: int) -> str:
    return "is" if count == 1 else "are"


def _worse(guard: Guard) -> str:
    return "out" if guard.hold_when.band == "out" else "low or out"


def _better(guard: Guard) -> str:
    return "healthy" if guard.release_when.band == "healthy" else "low or healthy"


def _names(found: Sequence[Featured]) -> str:
    names = ", ".join(one.name for one in found[:NAMED])
    return f"{names} and {len(found) - NAMED} more" if len(found) > NAMED else names
