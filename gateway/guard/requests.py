"""What people ask of the guard. Written down at once, carried out by a worker; nothing here speaks to the outside."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from gateway.guard.settle import HELD_TOO_LONG, note
from gateway.services import Services
from gateway.store.campaigns import Features
from gateway.store.holds import GUARD, Hold
from policies.guard import Phase, Schedule, send_window

ALREADY: Final[Mapping[Phase, str]] = {
    Phase.HOLDING: "It is being held already.",
    Phase.HELD: "It is held already.",
    Phase.RELEASING: "It is being released: wait until that is done.",
}


def as_person(name: str) -> str:
    """Return a person's name such that no person is taken for the guard."""
    return f"{name} (a person)" if name == GUARD else name


class CannotBeDoneError(Exception):
    """What a person asks does not fit how the message stands. The text says why."""


class UnknownMessageError(Exception):
    """There is no such message. The text says so."""


class UnknownVariantsError(Exception):
    """Some variants are not known: `indexes` says which of those given."""

    def __init__(self, indexes: tuple[int, ...]) -> None:
        """Name them by where they stand."""
        super().__init__("Some variants are not known.")
        self.indexes = indexes


def ask_hold(services: Services, message: str, person: str, why: str, at: datetime) -> Hold:
    """Mean to hold a message that is about to send. Raises CannotBeDoneError or HoldConflict."""
    known = services.store.campaigns.messages().get(message)
    hold = services.store.holds.get(message)
    if hold is not None and hold.phase in ALREADY:
        raise CannotBeDoneError(ALREADY[hold.phase])
    if known is None or known.status not in ("scheduled", "live"):
        raise CannotBeDoneError("No message of this id is scheduled now.")
    window = None if known.schedule is None else send_window(known.schedule)
    if window is not None and at >= window.first_at:
        raise CannotBeDoneError("It sends now: it is too late to hold it.")
    fresh = Hold(
        message=message,
        group=known.group,
        name=known.name,
        channel=known.channel,
        guard="" if hold is None else hold.guard,
        phase=Phase.HOLDING,
        by=person,
        opened_at=at if hold is None else hold.opened_at,
        reasons=() if hold is None else hold.reasons,
        note=why,
        policy_version=0 if hold is None else hold.policy_version,
        schedule=known.schedule,
        revision=0 if hold is None else hold.revision,
    )
    written = services.store.holds.write(fresh, at)
    note(services, written, "guard.hold_asked", actor=person, note=why)
    return written


def ask_release(
    services: Services, message: str, person: str, why: str, at: datetime, *, send_at: datetime | None = None
) -> Hold:
    """Mean to release a held message, to its own time or another. Raises CannotBeDoneError or HoldConflict."""
    hold = services.store.holds.get(message)
    if hold is None or hold.phase is not Phase.HELD:
        raise CannotBeDoneError("Nothing of this id is held.")
    if not hold.restorable:
        raise CannotBeDoneError("Klaviyo's interface cannot schedule it as it was: schedule it in Klaviyo yourself.")
    new = None if send_at is None else _moved(hold.schedule, send_at)
    window = None if (new or hold.schedule) is None else send_window(new or hold.schedule)  # type: ignore[arg-type]
    if window is not None and window.first_at <= at:
        raise CannotBeDoneError("Its time has passed: choose a new one with send_at, in the future.")
    written = services.store.holds.write(
        hold, at, phase=Phase.RELEASING, released_by=person, note=why, new_schedule=new, attempts=0
    )
    note(services, written, "guard.release_asked", actor=person, note=why)
    return written


def override(services: Services, message: str, person: str, why: str, at: datetime) -> Hold:
    """Take a message out of the guard's hands for this episode: what is held is released, what is proposed is not done.

    Raises CannotBeDoneError or HoldConflict.
    """
    hold = services.store.holds.get(message)
    if hold is not None and hold.phase is Phase.HELD:
        return ask_release(services, message, person, why, at)
    if hold is None or hold.phase not in (Phase.WATCHED, Phase.PROPOSED):
        raise CannotBeDoneError("There is nothing to override: it is neither held nor proposed.")
    written = services.store.holds.write(hold, at, phase=Phase.OVERRIDDEN, note=why, by=person)
    services.store.doubts.clear(HELD_TOO_LONG, message)
    note(services, written, "guard.overridden", actor=person, note=why)
    return written


def choose_features(
    services: Services, message: str, features: Features | None, person: str, at: datetime
) -> Features | None:
    """Keep a person's word on what a message features, and return it with their name; None takes it back.

    Raises UnknownMessageError, or UnknownVariantsError where a variant is none that a source has told of.
    """
    if message not in services.store.campaigns.messages() and services.store.holds.get(message) is None:
        raise UnknownMessageError("No message of this id is about to send.")
    lines = () if features is None else features.lines
    refuse_unknown(services, [line.variant for line in lines])
    told = None if features is None else replace(features, actor=person)
    services.store.campaigns.choose(message, told)
    facts = {"features": [[line.variant, line.role] for line in lines]}
    services.store.audit.append(person, "guard.features", message, facts, at)
    return told


def refuse_unknown(services: Services, variants: Sequence[str]) -> None:
    """Raise UnknownVariantsError where a variant is none that a source has told of."""
    known = services.store.catalog.entries(variants)
    unknown = tuple(index for index, variant in enumerate(variants) if variant not in known)
    if unknown:
        raise UnknownVariantsError(unknown)


def _moved(schedule: Schedule | None, send_at: datetime) -> Schedule:
    """Keep how it was to be sent, at another time; a smart send goes by the day."""
    if schedule is None:
        return Schedule("static", send_at)
    return (
        replace(schedule, send_on=send_at.date())
        if schedule.strategy == "smart"
        else replace(schedule, send_at=send_at)
    )
