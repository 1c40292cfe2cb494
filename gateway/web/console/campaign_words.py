"""Verdicts, holds and what a person may do about a message, in words; used by the pages of campaigns and by Today."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any, Final, NamedTuple

from gateway.guard import effects
from gateway.guard.board import Entry
from gateway.store.holds import GUARD, Hold
from gateway.store.values import CatalogEntry
from integrations.ports import FLOW_STEP
from policies.guard import Phase, send_window


class Word(NamedTuple):
    """A state in a word, and its kind: good, warn, bad, quiet."""

    text: str
    kind: str


VERDICTS: Final[Mapping[str, Word]] = {
    "hold": Word("should be held", "bad"),
    "cannot_tell": Word("cannot be told", "warn"),
    "leave": Word("no reason to act", "good"),
    "release": Word("may send", "good"),
}
NOT_JUDGED: Final = Word("not judged yet", "quiet")
NOTHING_KNOWN: Final = Word("nothing known in it", "warn")
CHANNELS: Final = {"email": "E-mail", "sms": "SMS", "push": "Push"}
PHASES: Final[Mapping[Phase, Word]] = {
    Phase.WATCHED: Word("watched", "quiet"),
    Phase.PROPOSED: Word("hold proposed", "warn"),
    Phase.HOLDING: Word("being held", "warn"),
    Phase.HELD: Word("held", "warn"),
    Phase.RELEASING: Word("being released", "warn"),
    Phase.OVERRIDDEN: Word("left to a person", "quiet"),
    Phase.LAPSED: Word("taken over by a person", "quiet"),
}
MOVING: Final = (Phase.HOLDING, Phase.RELEASING)
"""A worker carries it out: nothing is to be decided meanwhile."""


@dataclass(frozen=True, slots=True)
class Action:
    """Something that a person may decide about a message now, with what it does in Klaviyo."""

    name: str  # the last part of its address
    label: str
    sentences: tuple[str, ...]
    kind: str = "btn"
    button: str = ""  # what the button that confirms it says; empty: the label
    wants_time: bool = False  # its own time has passed: another is needed
    takes_time: bool = False


def verdict_word(verdict: Mapping[str, Any]) -> Word:
    """Say a verdict as the API shows it."""
    if verdict.get("guarded") is False:
        return NOTHING_KNOWN
    return VERDICTS.get(str(verdict.get("verdict", "")), NOT_JUDGED)


def name_of(entry: CatalogEntry | None, variant: str) -> str:
    """Name a variant as a person does."""
    parts = (entry.product_title, entry.title) if entry else ()
    return " / ".join(part for part in parts if part) or variant


def state_of(hold: Hold | None) -> str:
    """Say how a message's episode stands, in one sentence; empty: there is none."""
    if hold is None:
        return ""
    who = "the guard" if hold.by == GUARD else hold.by
    match hold.phase:
        case Phase.WATCHED:
            return "The guard only watches: it would hold this one."
        case Phase.PROPOSED:
            return "The guard proposes to hold it, and waits for your word."
        case Phase.HOLDING:
            return f"It is being held, as {who} decided: this takes a second or two."
        case Phase.HELD:
            return _state_of_held(hold, who)
        case Phase.RELEASING:
            return "It is being released: this takes a second or two."
        case Phase.OVERRIDDEN:
            let_be = effects.LET_STEP_BE if hold.message.startswith(FLOW_STEP) else effects.LET_BE
            return f"A person decided otherwise. {let_be}"
    return "A person took it over in Klaviyo. The guard leaves it alone."


def _state_of_held(hold: Hold, who: str) -> str:
    if not hold.restorable:
        return f"It is held by {who}. Klaviyo's interface cannot schedule it as it was: do that in Klaviyo."
    if hold.missed:
        return "Its time passed while it was held: release it to a new time, or let it go in Klaviyo."
    if hold.release_proposed:
        return f"It is held by {who}. What it features is well again: the guard proposes to release it."
    return f"It is held by {who}: nobody gets it until it is released."


def actions_of(one: Entry, at: datetime, zone: tzinfo) -> list[Action]:
    """List what a person may decide now, the most likely first."""
    hold, found = one.hold, []
    phase = None if hold is None else hold.phase
    if hold is not None and phase is Phase.HELD:
        return [_release(one, hold, at, zone)] if hold.restorable else []
    if phase in MOVING:
        return []
    if one.message.status in ("scheduled", "live") and (one.window is None or at < one.window.first_at):
        asked = phase in (Phase.PROPOSED, Phase.WATCHED)
        kind = "btn btn-primary" if asked else "btn"
        found.append(Action("hold", "Hold it", effects.of_hold(one.message, zone), kind, "Hold it now"))
    if hold is not None and phase in (Phase.PROPOSED, Phase.WATCHED):
        label = "Dismiss the proposal" if phase is Phase.PROPOSED else "Let it send"
        found.append(Action("override", label, effects.of_override(hold)))
    return found


def _release(one: Entry, hold: Hold, at: datetime, zone: tzinfo) -> Action:
    window = None if hold.schedule is None else send_window(hold.schedule)
    late = window is not None and window.first_at <= at
    sentences = effects.of_release(hold, None if late else hold.schedule, zone)
    return Action(
        "release", "Release it", sentences, "btn btn-primary", "Release it now", late, takes_time=not one.is_step
    )
