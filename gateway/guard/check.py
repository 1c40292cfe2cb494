"""From verdicts to what is written down: proposals, intents to hold and release, endings. Touches no message itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from gateway.guard.features import Known
from gateway.guard.judging import Judged, judge_messages
from gateway.guard.settle import note
from gateway.guard.views import verdict_view
from gateway.policy_library import CompiledVersion
from gateway.services import Services
from gateway.store.holds import GUARD, CapReached, Hold, HoldConflict
from integrations.ports import Message
from policies.guard import Phase, Situation, Step, effects_per_hour, next_step, send_window

NOT_RESTORABLE: Final = "Klaviyo's interface cannot schedule it again exactly as it is: hold it only by hand."
CAPPED: Final = "As many holds and releases as an hour allows have happened by themselves: this one waits for a person."


@dataclass(frozen=True, slots=True)
class Check:
    """One look at all messages: their verdicts, and what is remembered of their holds."""

    judged: Mapping[str, Judged]
    holds: Mapping[str, Hold]
    cap: int
    sequences: Mapping[str, int]


def look(services: Services, version: CompiledVersion, known: Known, at: datetime) -> Check:
    """Judge every message that was about to send when last read, and every one that is held."""
    messages = services.store.campaigns.messages()
    holds = services.store.holds.all()
    everything = {**{id_: stand_in(hold) for id_, hold in holds.items()}, **messages}
    judged, sequences = judge_messages(services, version, list(everything.values()), known, at)
    due = sum(one.due for one in judged.values())
    return Check(judged, holds, effects_per_hour(version.document.limits.holds_per_hour_percent, due), sequences)


def act_on(services: Services, version: CompiledVersion, check: Check, at: datetime) -> list[str]:
    """Write down what follows for messages that are not held; return those with something to carry out."""
    meant: list[str] = []
    verdicts: dict[str, dict[str, Any]] = {}
    for id_, judged in check.judged.items():
        hold = check.holds.get(id_)
        verdicts[id_] = verdict_view(judged, version.number)
        if hold is not None and hold.phase in (Phase.HELD, Phase.HOLDING, Phase.RELEASING):
            continue
        step = next_step(_situation(judged, hold, at), judged.guard)
        if step is Step.NOTHING or not judged.stands():
            continue
        try:
            if carry(services, judged, hold, step, at, policy_version=version.number, cap=check.cap):
                meant.append(id_)
        except HoldConflict:
            continue  # another guard, or a person, was faster
    services.store.campaigns.put_verdicts(verdicts)
    _end_unwatched(services, check, at)
    return meant


def _end_unwatched(services: Services, check: Check, at: datetime) -> None:
    """End the episodes of messages that no guard watches any more; what is held stays, for a person."""
    for id_, hold in check.holds.items():
        if id_ not in check.judged and hold.phase not in (Phase.HELD, Phase.HOLDING, Phase.RELEASING):
            try:
                services.store.holds.forget(hold, at)
            except HoldConflict:
                continue
            note(services, hold, "guard.ended", actor=GUARD, why="no guard watches it any more")


def carry(
    services: Services,
    judged: Judged,
    hold: Hold | None,
    step: Step,
    at: datetime,
    *,
    policy_version: int,
    cap: int,
) -> bool:
    """Write one step down; tell whether something is to be carried out now. Raises HoldConflict."""
    match step:
        case Step.RECORD:
            _open(services, judged, hold, at, policy_version, phase=Phase.WATCHED)
        case Step.PROPOSE_HOLD:
            _open(services, judged, hold, at, policy_version, phase=Phase.PROPOSED)
        case Step.HOLD if not judged.message.restorable:
            _open(services, judged, hold, at, policy_version, phase=Phase.PROPOSED, waits=NOT_RESTORABLE)
        case Step.HOLD | Step.CANCEL:
            try:
                cancels = step is Step.CANCEL
                _open(services, judged, hold, at, policy_version, phase=Phase.HOLDING, cap=cap, cancels=cancels)
            except CapReached:
                _open(services, judged, hold, at, policy_version, phase=Phase.PROPOSED, waits=CAPPED)
                return False
            return True
        case Step.END if hold is not None:
            services.store.holds.forget(hold, at)
            note(services, hold, "guard.ended", actor=GUARD, why="the episode is over")
    return False


def _open(
    services: Services,
    judged: Judged,
    hold: Hold | None,
    at: datetime,
    policy_version: int,
    *,
    phase: Phase,
    waits: str = "",
    cap: int | None = None,
    cancels: bool = False,
) -> None:
    message = judged.message
    fresh = Hold(
        message=message.id,
        group=message.group,
        name=message.name,
        channel=message.channel,
        guard=judged.guard.name,
        phase=phase,
        by=GUARD,
        opened_at=at if hold is None else hold.opened_at,
        reasons=tuple(reason.sentence for reason in judged.verdict.reasons),
        policy_version=policy_version,
        schedule=message.schedule,
        for_a_person=bool(waits),
        problem=waits,
        cancels=cancels,
        revision=0 if hold is None else hold.revision,
    )
    written = services.store.holds.write(fresh, at, cap=cap)
    note(services, written, f"guard.{phase}")


def stand_in(hold: Hold) -> Message:
    """Return a message for one that the listing of what is about to send does not show: it is held, or was."""
    return Message(
        id=hold.message,
        group=hold.group,
        name=hold.name,
        channel=hold.channel,
        status="draft",
        vendor_status="",
        updated_at=None,
        schedule=hold.schedule,
    )


def _situation(judged: Judged, hold: Hold | None, at: datetime) -> Situation:
    window = None if judged.message.schedule is None else send_window(judged.message.schedule)
    episode = None if hold is None else hold.episode
    return Situation(judged.verdict, judged.message.status, at, window, episode)
