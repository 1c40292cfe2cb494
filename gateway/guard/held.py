"""Looking after what is held: seen every turn, released when it may be, never forgotten, found again by its tag."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import structlog

from gateway.guard.check import CAPPED, Check
from gateway.guard.held_tags import read_tag, tag_of
from gateway.guard.settle import HELD_TOO_LONG, TOUCHED, drop_tag, note, put_tag, seen_of
from gateway.services import Services
from gateway.store.holds import GUARD, CapReached, Hold, HoldConflict
from integrations.errors import IntegrationError
from integrations.ports import FLOW_STEP, Desks, Message
from policies.document import Guard
from policies.guard import Phase, Situation, Status, Step, next_step, send_window

REMIND_EVERY: Final = timedelta(days=1)

log = structlog.get_logger(__name__)


def look_after(services: Services, desks: Desks, check: Check, at: datetime) -> list[str]:
    """Look at everything held as it is outside now; return what is to be released."""
    held = {id_: hold for id_, hold in check.holds.items() if hold.phase is Phase.HELD}
    campaigns = [id_ for id_ in held if not id_.startswith(FLOW_STEP)]
    flows = [id_ for id_ in held if id_.startswith(FLOW_STEP)]
    seen = {**desks.campaigns.messages(campaigns), **desks.flows.messages(flows)} if held else {}
    meant = []
    for id_, hold in held.items():
        try:
            if _look_at(services, desks, check, hold, seen.get(id_), at):
                meant.append(id_)
        except HoldConflict:
            continue
        except IntegrationError as error:
            log.warning("held message not looked at", message=id_, reason=str(error))
    return meant


def _look_at(services: Services, desks: Desks, check: Check, hold: Hold, message: Message | None, at: datetime) -> bool:
    unchanged = message is None or seen_of(message) == hold.seen
    if message is not None and message.status == "draft" and not unchanged:
        inspected = desks.of(hold.message).inspect(hold.message)
        unchanged = inspected is None or inspected.fingerprint == hold.fingerprint
        if unchanged:  # touched, and as it was: scheduled and taken back, perhaps. Only a person releases it now
            hold = services.store.holds.write(hold, at, seen=seen_of(message), for_a_person=True, problem=TOUCHED)
    if message is not None and not hold.tagged and unchanged and message.status == "draft":
        hold = put_tag(services, desks.tags, hold, message)
    status: Status = "gone" if message is None else message.status
    return _step(services, desks, check, hold, status, unchanged, at)


def _step(
    services: Services, desks: Desks, check: Check, hold: Hold, status: Status, unchanged: bool, at: datetime
) -> bool:
    """Do what follows for one held message; tell whether it is to be released now."""
    judged = check.judged.get(hold.message)
    window = None if hold.schedule is None else send_window(hold.schedule)
    if judged is None:  # no guard watches it any more: only what happens outside matters
        step = Step.OVERRIDDEN if status not in ("draft", "gone", "cancelled") else Step.NOTHING
        guard = None
    else:
        situation = Situation(judged.verdict, status, at, window, hold.episode, unchanged)
        step, guard = next_step(situation, judged.guard), judged.guard
        if step in (Step.RELEASE, Step.PROPOSE_RELEASE) and not judged.stands():
            return False
    own = services.store.holds
    match step:
        case Step.RELEASE:
            try:
                written = own.write(hold, at, cap=check.cap, phase=Phase.RELEASING, released_by=GUARD)
            except CapReached:
                own.write(hold, at, for_a_person=True, release_proposed=True, problem=CAPPED)
                return False
            note(services, written, "guard.releasing", actor=GUARD)
            return True
        case Step.PROPOSE_RELEASE | Step.WITHDRAW_PROPOSAL:
            written = own.write(hold, at, release_proposed=step is Step.PROPOSE_RELEASE)
            note(services, written, f"guard.{step}", actor=GUARD)
        case Step.OVERRIDDEN | Step.LAPSE:
            _let_go(services, desks, hold, step, at)
        case Step.MISSED:
            sentence = f"{hold.name} was to send while it was held. Release it to a new time, or let it go."
            services.store.doubts.raise_(HELD_TOO_LONG, hold.message, sentence, {"guard": hold.guard}, at)
            note(services, own.write(hold, at, missed=True), "guard.time_passed", actor=GUARD)
        case _:
            _remind(services, hold, guard, at)
    return False


def _let_go(services: Services, desks: Desks, hold: Hold, step: Step, at: datetime) -> None:
    """Give a message up that a person took: it is theirs, said once."""
    drop_tag(desks.tags, hold)
    phase = Phase.OVERRIDDEN if step is Step.OVERRIDDEN else Phase.LAPSED
    problem = "A person changed it, or ended it, while it was held: it is theirs now." if phase is Phase.LAPSED else ""
    # Said before it is done: killed between, it is said twice, where the other way round it would never be said.
    note(services, hold, f"guard.{phase}", actor="a person in Klaviyo")
    services.store.holds.write(hold, at, phase=phase, tagged=False, problem=problem)
    services.store.doubts.clear(HELD_TOO_LONG, hold.message)


def _remind(services: Services, hold: Hold, guard: Guard | None, at: datetime) -> None:
    """Ask a person again about a hold that lasts."""
    longest = timedelta(hours=guard.max_hold_hours) if guard is not None else timedelta(0)
    due_at = hold.remind_at or (hold.held_at or hold.opened_at) + longest
    if at < due_at:
        return
    hours = (at - (hold.held_at or hold.opened_at)) // timedelta(hours=1)
    sentence = f"{hold.name} has been held for {hours} hours. Release it, or let it go."
    written = services.store.holds.write(hold, at, remind_at=at + REMIND_EVERY)
    services.store.doubts.raise_(HELD_TOO_LONG, hold.message, sentence, {"guard": hold.guard, "hours": hours}, at)
    note(services, written, "guard.reminded", actor=GUARD, hours=hours)


def find_again(services: Services, desks: Desks, tags: Mapping[str, str], at: datetime) -> int:
    """Compare the held tags outside with what is remembered: adopt what an emptied store forgot, drop what is over."""
    holds = services.store.holds.all()
    kept = {tag_of(hold) for hold in holds.values() if hold.phase in (Phase.HELD, Phase.HOLDING, Phase.RELEASING)}
    adopted = 0
    for name in tags:
        told = read_tag(name)
        if name in kept or told is None:
            continue
        try:
            if told.message in holds or not _adopt(services, desks, name, at):
                desks.tags.drop(name)
            else:
                adopted += 1
        except IntegrationError as error:
            log.warning("held tag not settled", tag=name, reason=str(error))
        except HoldConflict:
            continue
    return adopted


def _adopt(services: Services, desks: Desks, name: str, at: datetime) -> bool:
    """Take a hold back that only its tag remembers; False where there is nothing left to hold."""
    told = read_tag(name)
    inspected = None if told is None else desks.of(told.message).inspect(told.message, urgent=True)
    if told is None or inspected is None or inspected.message.status != "draft":
        return False
    message, changed = inspected.message, inspected.fingerprint != told.fingerprint
    found = Hold(
        message=told.message,
        group=message.group,
        name=message.name,
        channel=message.channel,
        guard="",
        phase=Phase.LAPSED if changed else Phase.HELD,
        by=GUARD if told.by_guard else "a person",
        opened_at=at,
        reasons=("Found again by its tag in Klaviyo; what led to the hold is no longer known.",),
        schedule=told.schedule,
        fingerprint=told.fingerprint,
        restorable=told.schedule is None or told.schedule.can_be_said_again,
        seen=seen_of(message),
        held_at=at,
        for_a_person=True,  # what was released or overridden since cannot be told
        tagged=not changed,
    )
    note(services, services.store.holds.write(replace(found, revision=0), at), "guard.found_again", actor=GUARD)
    return not changed
