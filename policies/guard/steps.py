"""What to do next about one message, given its verdict and what was done before. The only place that decides it."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final, Literal

from policies.document import Guard
from policies.guard.dueness import SendWindow, is_due
from policies.guard.values import Verdict

Status = Literal["draft", "scheduled", "sending", "sent", "cancelled", "gone", "live"]
"""A message's own, or `live` for a step of a flow that sends; a flow's step that does not send is a draft."""

FEWEST_PER_HOUR: Final = 2


class Phase(StrEnum):
    """How far an episode is. It is forgotten when it ends."""

    WATCHED = "watched"  # the guard says what it would do
    PROPOSED = "proposed"  # a person is asked
    HOLDING = "holding"  # meant, not yet known to be done
    HELD = "held"
    RELEASING = "releasing"
    OVERRIDDEN = "overridden"  # a person decided otherwise: not again in this episode
    LAPSED = "lapsed"  # a person changed what we held: it is theirs


class Step(StrEnum):
    """What to do."""

    NOTHING = "nothing"
    RECORD = "record"
    PROPOSE_HOLD = "propose_hold"
    HOLD = "hold"
    CANCEL = "cancel"
    PROPOSE_RELEASE = "propose_release"
    WITHDRAW_PROPOSAL = "withdraw_proposal"  # to release: the stock fell again
    RELEASE = "release"
    OVERRIDDEN = "overridden"  # a person sent or rescheduled what we held
    LAPSE = "lapse"
    MISSED = "missed"  # its time passed while held: it stays for a person
    END = "end"


@dataclass(frozen=True, slots=True)
class Episode:
    """What is remembered of a hold, as far as deciding needs it."""

    phase: Phase
    by_guard: bool = True  # a person's own hold is only ever released by a person
    for_a_person: bool = False  # beyond the blast cap: it waits even where the guard may act
    release_proposed: bool = False
    missed: bool = False


@dataclass(frozen=True, slots=True)
class Situation:
    """All that the next step depends on."""

    verdict: Verdict
    status: Status
    at: datetime
    window: SendWindow | None  # as scheduled, or as it was when held; None: a flow
    episode: Episode | None = None
    unchanged: bool = True  # content, audience and status are as we left them


def next_step(situation: Situation, guard: Guard) -> Step:
    """Choose the next step."""
    match situation.episode:
        case None:
            return _first_step(situation, guard)
        case Episode(phase=Phase.HELD) as episode:
            return _step_of_held(situation, guard, episode)
        case Episode(phase=Phase.HOLDING | Phase.RELEASING):
            return Step.NOTHING  # the intent is settled first
        case Episode(phase=Phase.OVERRIDDEN | Phase.LAPSED):
            return Step.END if _over(situation) else Step.NOTHING
        case Episode() as episode:
            if _over(situation) or situation.status not in ("scheduled", "sending", "live"):
                return Step.END
            better = _first_step(situation, guard)
            waits = episode.for_a_person or better not in (Step.HOLD, Step.PROPOSE_HOLD, Step.CANCEL)
            already = Step.PROPOSE_HOLD if episode.phase is Phase.PROPOSED else Step.RECORD
            return Step.NOTHING if waits or better is already else better


def effects_per_hour(percent: Decimal, judged: int) -> int:
    """Return how many holds and releases may happen by themselves in an hour (policy language, section 8)."""
    return max(FEWEST_PER_HOUR, int(Fraction(percent) * judged / 100))


def _first_step(situation: Situation, guard: Guard) -> Step:
    if situation.verdict.word != "hold" or not _judged_now(situation, guard):
        return Step.NOTHING
    if situation.status == "sending":
        return Step.CANCEL if guard.mode == "act" and guard.cancel_when_sending else Step.RECORD
    if situation.status not in ("scheduled", "live") or _sends(situation):
        return Step.NOTHING
    return {"watch": Step.RECORD, "ask": Step.PROPOSE_HOLD, "act": Step.HOLD}[guard.mode]


def _step_of_held(situation: Situation, guard: Guard, episode: Episode) -> Step:
    if situation.status in ("scheduled", "sending", "sent", "live"):
        return Step.OVERRIDDEN
    if situation.status in ("gone", "cancelled") or not situation.unchanged:
        return Step.LAPSE
    if _sends(situation):
        return Step.NOTHING if episode.missed else Step.MISSED
    if situation.verdict.word != "release":
        return Step.WITHDRAW_PROPOSAL if episode.release_proposed else Step.NOTHING
    if guard.release == "act" and episode.by_guard and not episode.for_a_person:
        return Step.RELEASE
    return Step.NOTHING if guard.release == "never" or episode.release_proposed else Step.PROPOSE_RELEASE


def _judged_now(situation: Situation, guard: Guard) -> bool:
    if situation.window is None:  # a step of a flow is always judged, a message without a known time never
        return situation.status == "live"
    return is_due(situation.window, guard.lead_minutes, situation.at)


def _sends(situation: Situation) -> bool:
    return situation.window is not None and situation.at >= situation.window.first_at


def _over(situation: Situation) -> bool:
    """Tell whether the episode is over: the guard would release, or the send has passed."""
    passed = situation.window is not None and situation.at > situation.window.last_at
    return situation.verdict.word == "release" or passed or situation.status in ("sent", "cancelled", "gone")
