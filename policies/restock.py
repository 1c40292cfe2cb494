"""How many of those who wait are told of a restock, when, and who may be (policy language, section 6).

Called by `gateway.waves` before every wave and once more right before its messages go out.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from enum import StrEnum

from policies.document import RestockTerms
from policies.values import UNLIMITED, Band, Units

A_DAY = timedelta(days=1)


class Why(StrEnum):
    """Why nobody is told now, or any more."""

    NO_RESTOCK = "no_restock"
    DOES_NOT_ALERT = "does_not_alert"
    RAN_OUT = "ran_out"
    NOBODY_WAITS = "nobody_waits"
    AWAITS_CONFIRMATION = "awaits_confirmation"
    HELD_BACK = "held_back"
    STOCK_UNKNOWN = "stock_unknown"
    ABOUT_TO_RUN_OUT = "about_to_run_out"
    BELOW_RESTOCK_AT = "below_restock_at"
    TELLS_NOBODY = "tells_nobody"
    BETWEEN_WAVES = "between_waves"
    QUIET_HOURS = "quiet_hours"
    TOLD_RECENTLY = "told_recently"


@dataclass(frozen=True, slots=True)
class Standing:
    """A variant's default pool as its last decision left it, and as it would be decided now."""

    restock: str | None  # the state of its last restock
    restock_episode: int
    episode: int
    band: Band
    band_now: Band
    units: Units  # promised by both; None: one of them does not know
    restock_at: int
    awaits: bool = False
    held_back: bool = False


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From one local time to another, over midnight where it ends before it begins; both ends alike: never."""

    begins: time
    ends: time


@dataclass(frozen=True, slots=True)
class Send:
    """Tell so many people at most."""

    most: int


@dataclass(frozen=True, slots=True)
class Wait:
    """Tell nobody now; look again at a time, or with the next look where there is none."""

    why: Why
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Stop:
    """Tell nobody of this restock any more."""

    why: Why


Step = Send | Wait | Stop


@dataclass(frozen=True, slots=True)
class LastTold:
    """When a person was last told of a variant; not `certain` where nobody saw whether the message went."""

    episode: int
    at: datetime
    certain: bool = True


def fitness(standing: Standing) -> Wait | Stop | None:
    """Say why a restock may tell nobody as things stand; None where it may."""
    if standing.restock is None:
        return Stop(Why.NO_RESTOCK)
    if standing.restock == "awaits_confirmation":
        return Wait(Why.AWAITS_CONFIRMATION)
    if standing.restock != "alerts":
        return Stop(Why.DOES_NOT_ALERT)
    if standing.episode != standing.restock_episode or standing.band is Band.OUT:
        return Stop(Why.RAN_OUT)
    if standing.awaits:
        return Wait(Why.AWAITS_CONFIRMATION)
    if standing.held_back:
        return Wait(Why.HELD_BACK)
    if standing.units is None or Band.UNKNOWN in (standing.band, standing.band_now):
        return Wait(Why.STOCK_UNKNOWN)
    if standing.band_now is Band.OUT:
        return Wait(Why.ABOUT_TO_RUN_OUT)
    if standing.units != UNLIMITED and int(standing.units) < standing.restock_at:
        return Wait(Why.BELOW_RESTOCK_AT)
    return None


def next_wave(
    terms: RestockTerms, standing: Standing, last_wave_at: datetime | None, quiet_until: datetime | None, at: datetime
) -> Step:
    """Say whether a wave may go now and how many people it tells at most; the units are those of this moment."""
    unfit = fitness(standing)
    if unfit is not None:
        return unfit
    if last_wave_at is not None and at < (due := last_wave_at + timedelta(minutes=terms.wave_minutes)):
        return Wait(Why.BETWEEN_WAVES, due)
    if quiet_until is not None:
        return Wait(Why.QUIET_HOURS, quiet_until)
    units = standing.units
    most = terms.max_wave if units == UNLIMITED else min(terms.max_wave, terms.customers_per_unit * int(units or 0))
    return Send(most) if most > 0 else Wait(Why.TELLS_NOBODY)


def may_be_told(last: LastTold | None, terms: RestockTerms, episode: int, at: datetime) -> bool:
    """Tell whether a person may be told: not twice in an episode, and not too soon after the last time.

    Whose message may or may not have gone in this very episode may be told once more: it is the same message by the
    same id, of which the receiver keeps the first.
    """
    if last is None:
        return True
    if last.episode == episode:
        return not last.certain
    return at >= last.at + timedelta(hours=terms.again_after_hours)


def in_order(order: str, vips: Iterator[str], oldest: Iterator[str], newest: Iterator[str]) -> Iterator[str]:
    """Put those who wait in a policy's order. `vip_first`: the oldest of them first, then the oldest of the rest."""
    if order == "newest":
        yield from newest
        return
    first: set[str] = set()
    if order == "vip_first":
        for person in vips:
            first.add(person)
            yield person
    yield from (person for person in oldest if person not in first)


def quiet_until(hours: QuietHours | None, zone: tzinfo, at: datetime) -> datetime | None:
    """Return when the quiet hours that hold at a moment end; None outside them. Local time, by the policy's zone."""
    if hours is None or hours.begins == hours.ends:
        return None
    local = at.astimezone(zone)
    for day in (local.date() - A_DAY, local.date()):
        ends_on = day if hours.begins < hours.ends else day + A_DAY
        begins, ends = (
            datetime.combine(date, moment, zone).astimezone(UTC)
            for date, moment in ((day, hours.begins), (ends_on, hours.ends))
        )
        if begins <= at < ends:
            return ends
    return None


def sentence(why: Why, waves: Sequence[object]) -> str:
    """Say a reason as people read it."""
    again = " else" if waves else ""
    return {
        Why.NO_RESTOCK: "It has not come back in stock.",
        Why.DOES_NOT_ALERT: "This restock alerts nobody: its cause may not, or a person decided so.",
        Why.RAN_OUT: f"It ran out again, so nobody{again} is told.",
        Why.NOBODY_WAITS: f"Nobody{again} waits for it.",
        Why.AWAITS_CONFIRMATION: "A person has to confirm it first.",
        Why.HELD_BACK: "Its figures are held back until a person has looked at their source.",
        Why.STOCK_UNKNOWN: "Nobody knows at the moment how many there are.",
        Why.ABOUT_TO_RUN_OUT: "Its newest figures would take it out of stock.",
        Why.BELOW_RESTOCK_AT: "There are fewer than it takes to be back in stock.",
        Why.TELLS_NOBODY: "The policy lets a wave tell nobody.",
        Why.BETWEEN_WAVES: "The next wave comes later, by the units there are then.",
        Why.QUIET_HOURS: "These are quiet hours.",
        Why.TOLD_RECENTLY: "All who wait were told of it only lately.",
    }[why]
