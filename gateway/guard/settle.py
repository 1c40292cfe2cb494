"""Carrying out what was meant: look, compare, act once, look again. The only place where messages are touched.

A record says what is meant before anything is done, and how many attempts were begun. Whoever carries it out takes it
first, so that of several guards one acts; each looks before acting, and an attempt whose end nobody saw is never made
again: what is found is compared with what was meant, and where that cannot tell our doing from a person's, the message
is left to a person.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import structlog

from gateway.guard.held_tags import tag_of
from gateway.guard.judging import Judged
from gateway.services import Services
from gateway.store.holds import GUARD, Hold, HoldConflict
from integrations.errors import IntegrationError, PermanentError, TemporaryError
from integrations.ports import Desks, Inspection, Message
from policies.guard import Phase, left_to_save, send_window

CLAIM: Final = timedelta(seconds=120)
SAFE: Final = timedelta(seconds=60)
"""Nobody begins an effect with less of the claim left: a call may take 23 seconds, and a look precedes it."""
RETRY: Final = timedelta(seconds=10)
MOST_ATTEMPTS: Final = 5
TOUCHED: Final = "Somebody worked on it in Klaviyo since it was held: look at it, then release it."
HELD_TOO_LONG: Final = "hold"
"""The kind of the doubt that asks a person about a hold."""
CANCELLED: Final = "cancelled"
"""The kind of the doubt that tells a person of what cannot be undone."""

Rejudge = Callable[[Inspection], Judged | None]
"""Judges a message anew by its content as it is now; None: no guard watches it."""

log = structlog.get_logger(__name__)


class Settling:
    """One record being carried out."""

    def __init__(self, services: Services, desks: Desks, hold: Hold, rejudge: Rejudge) -> None:
        """Work on a record that nobody holds."""
        self._services, self._store = services, services.store.holds
        self._desk, self._tags = desks.of(hold.message), desks.tags
        self._hold, self._rejudge = hold, rejudge

    def run(self) -> bool:
        """Carry the record on; tell whether a message was touched. A record that moved meanwhile is left."""
        at = self._services.now()
        if self._hold.claimed_until is not None and self._hold.claimed_until > at:
            return False
        try:
            self._write(claimed_until=at + CLAIM)
            touched = self._holding() if self._hold.phase is Phase.HOLDING else self._releasing()
            if self._hold.claimed_until is not None:
                self._write(claimed_until=None)
        except HoldConflict:
            return False
        except IntegrationError as error:
            self._put_off(error)
            return False
        return touched

    # holding

    def _holding(self) -> bool:
        inspected = self._desk.inspect(self._hold.message, urgent=True)
        if inspected is None:
            return self._end("gone before it was held")
        message = inspected.message
        if message.status == "draft":
            return self._found_in_draft(inspected)
        if not self._hold.fingerprint:
            self._write(
                schedule=message.schedule,
                fingerprint=inspected.fingerprint,
                seen=seen_of(message),
                restorable=message.restorable,
                group=message.group or self._hold.group,
                name=self._hold.name or message.name,  # a step looked at by itself does not name its flow
            )
            return self._holding()  # the intent is whole now: look again that it is still so
        if message.status in ("scheduled", "live") and not self._hold.cancels:
            return self._hold_it(inspected)
        if message.status == "sending":
            return self._cancel_it(inspected) if self._hold.cancels else self._too_late(message)
        if message.status == "cancelled" and self._hold.cancels and self._hold.attempts:
            return self._cancelled()
        return self._end(f"{message.status} before it was held")

    def _hold_it(self, inspected: Inspection) -> bool:
        if not self._still_so(inspected) or (self._hold.attempts and seen_of(inspected.message) != self._hold.seen):
            return self._changed_before_hold()
        if not self._still_meant(inspected, "hold"):
            return self._end("no longer to be held")
        window = None if inspected.message.schedule is None else send_window(inspected.message.schedule)
        if window is not None and self._services.now() >= window.first_at:
            return self._too_late(inspected.message)
        if self._hold.attempts >= MOST_ATTEMPTS:
            return self._leave_to_a_person(Phase.PROPOSED, self._hold.problem)
        try:
            self._attempt(lambda: self._desk.hold(self._hold.message))
        except PermanentError as error:
            return self._hold_refused(error)
        after = self._desk.inspect(self._hold.message, urgent=True)
        if after is None or after.message.status != "draft":
            return True  # looked at again next time
        return self._held(after, ours=True)

    def _changed_before_hold(self) -> bool:
        """Give up what a person changed; where a person wants the hold, take what is there now for what it was."""
        if self._hold.attempts:
            return self._overridden()
        if self._hold.by == GUARD:
            return self._end("a person changed it before it was held")
        self._write(fingerprint="")
        return self._holding()

    def _hold_refused(self, error: PermanentError) -> bool:
        """Say why it could not be held; most often its state moved a moment ago."""
        after = self._desk.messages([self._hold.message]).get(self._hold.message)
        if after is not None and after.status == "sending":
            return self._too_late(after)
        if after is None or after.status not in ("scheduled", "live"):
            return self._end("its state changed before it was held")
        return self._leave_to_a_person(Phase.PROPOSED, str(error))

    def _found_in_draft(self, inspected: Inspection) -> bool:
        """Tell a hold of ours whose end was not seen from a person's own draft."""
        if not self._hold.attempts:
            return self._end("a person took it back before it was held")
        return self._held(inspected, ours=False)

    def _held(self, inspected: Inspection, *, ours: bool) -> bool:
        """Note that it is held; `ours`: we saw our own effect, so that we may undo it by ourselves."""
        at = self._services.now()
        changed = inspected.fingerprint != self._hold.fingerprint
        self._write(
            phase=Phase.LAPSED if changed else Phase.HELD,
            held_at=at,
            attempts=0,
            claimed_until=None,
            seen=seen_of(inspected.message),
            for_a_person=self._hold.for_a_person or not ours,
            problem="A person worked on it at the moment of the hold; it is theirs now." if changed else "",
        )
        self._services.store.campaigns.drop_message(self._hold.message)
        self._audit("guard.lapsed" if changed else "guard.held", left_as=inspected.message.vendor_status)
        put_tag(self._services, self._tags, self._hold, inspected.message)
        return True

    def _cancel_it(self, inspected: Inspection) -> bool:
        if not self._still_so(inspected) or not self._still_meant(inspected, "hold"):
            return self._end("no longer to be cancelled")
        if self._hold.attempts:
            return self._leave_to_a_person(Phase.PROPOSED, "Cancelling it was tried and did not end it.")
        self._attempt(lambda: self._desk.cancel(self._hold.message))
        after = self._desk.messages([self._hold.message]).get(self._hold.message)
        return self._cancelled() if after is not None and after.status == "cancelled" else True

    def _cancelled(self) -> bool:
        left = self._what_went_out()
        self._audit("guard.cancelled", **left)
        sentence = f"{self._hold.name} was cancelled while it was sent; {left['left_percent']} % may not have it."
        facts = {"guard": self._hold.guard, **left}
        self._services.store.doubts.raise_(CANCELLED, self._hold.message, sentence, facts, self._services.now())
        self._forget()
        return True

    def _too_late(self, message: Message) -> bool:
        """Report a message that began to send before it could be held."""
        self._write(
            phase=Phase.LAPSED,
            claimed_until=None,
            problem=f"It began to send before it could be held; {self._what_went_out()['left_percent']} % may be left.",
        )
        self._audit("guard.missed", status=message.status, **self._what_went_out())
        return False

    # releasing

    def _releasing(self) -> bool:
        inspected = self._desk.inspect(self._hold.message, urgent=True)
        if inspected is None or inspected.message.status == "cancelled":
            return self._end("gone while it was held")
        message = inspected.message
        if message.status != "draft":
            ours = self._hold.attempts > 0 and (message.status == "live" or message.schedule == self._wanted)
            return self._released(message) if ours else self._overridden()
        refused = self._why_not(inspected)
        return self._release_it() if refused is None else refused

    def _why_not(self, inspected: Inspection) -> bool | None:
        """Leave a message in draft that may not be released now; None where it may."""
        if seen_of(inspected.message) != self._hold.seen:
            if inspected.fingerprint != self._hold.fingerprint and self._hold.released_by in ("", GUARD):
                return self._lapsed()
            return self._back_to_held(TOUCHED)  # scheduled and taken back, perhaps: then it is in draft by their will
        if self._hold.attempts >= MOST_ATTEMPTS:
            return self._back_to_held(self._hold.problem or "Releasing it was tried and had no effect.")
        if self._hold.released_by in ("", GUARD):
            if inspected.fingerprint != self._hold.fingerprint:
                return self._lapsed()  # its template was changed, which the message's own record does not show
            if not self._still_meant(inspected, "release"):
                return self._back_to_held("", keep_automatic=True)
        window = None if self._wanted is None else send_window(self._wanted)
        if window is not None and self._services.now() >= window.first_at:
            return self._back_to_held("Its time has passed: choose a new one.", missed=True)
        return None

    def _release_it(self) -> bool:
        try:
            self._attempt(lambda: self._desk.release(self._hold.message, self._wanted))
        except PermanentError as error:
            return self._back_to_held(str(error))  # where a person was faster, the next look at held ones finds it
        after = self._desk.messages([self._hold.message]).get(self._hold.message)
        if after is not None and after.status != "draft":
            return self._released(after)
        return True

    @property
    def _wanted(self) -> Any:
        return self._hold.new_schedule or self._hold.schedule

    def _released(self, message: Message) -> bool:
        """Note that it is about to send again; who looks sees it at once, and not only when all is read next."""
        drop_tag(self._tags, self._hold)
        self._services.store.campaigns.put_message(replace(message, name=self._hold.name, group=self._hold.group))
        self._audit("guard.released", by=self._hold.released_by or GUARD)
        self._services.store.doubts.clear(HELD_TOO_LONG, self._hold.message)
        if self._hold.released_by in ("", GUARD):
            self._forget()
        else:  # it may still look sold out to the guard: not again in this episode
            self._write(phase=Phase.OVERRIDDEN, by=self._hold.released_by, claimed_until=None, attempts=0)
        return True

    def _overridden(self) -> bool:
        drop_tag(self._tags, self._hold)
        self._services.store.doubts.clear(HELD_TOO_LONG, self._hold.message)
        self._audit("guard.overridden", by="a person in Klaviyo")  # said first: a death between may say it twice
        self._write(phase=Phase.OVERRIDDEN, claimed_until=None, attempts=0)
        return False

    def _lapsed(self) -> bool:
        drop_tag(self._tags, self._hold)
        self._audit("guard.lapsed")
        self._write(phase=Phase.LAPSED, claimed_until=None, problem="A person changed it while it was held.")
        return False

    def _back_to_held(self, problem: str, *, missed: bool = False, keep_automatic: bool = False) -> bool:
        self._write(
            phase=Phase.HELD,
            claimed_until=None,
            attempts=0,
            problem=problem,
            missed=missed or self._hold.missed,
            for_a_person=self._hold.for_a_person or not (missed or keep_automatic),
            release_proposed=False,
            new_schedule=None,
            released_by="",
        )
        return False

    # both

    def _attempt(self, effect: Callable[[], None]) -> None:
        """Begin an effect, noted before. One that is known not to have happened is taken back."""
        claimed_until = self._hold.claimed_until
        if claimed_until is None or self._services.now() + SAFE > claimed_until:
            raise HoldConflict(self._hold.message)
        self._write(attempts=self._hold.attempts + 1)
        try:
            effect()
        except TemporaryError as error:
            if not error.outcome_unknown:
                self._write(attempts=self._hold.attempts - 1)
                raise
            log.warning("outcome unknown, reading back", message=self._hold.message, reason=str(error))
        except IntegrationError:
            self._write(attempts=self._hold.attempts - 1)
            raise

    def _still_so(self, inspected: Inspection) -> bool:
        same = inspected.message.schedule == self._hold.schedule
        return same and inspected.fingerprint == self._hold.fingerprint

    def _still_meant(self, inspected: Inspection, word: str) -> bool:
        """Judge anew at this moment, unless a person wants it."""
        if self._hold.by != GUARD and word == "hold":
            return True
        judged = self._rejudge(inspected)
        if judged is None or judged.verdict.word != word or not judged.stands():
            return False
        if word == "release":
            return judged.guard.release == "act"
        return judged.guard.mode == "act" and (not self._hold.cancels or judged.guard.cancel_when_sending)

    def _put_off(self, error: IntegrationError) -> None:
        """Leave the record to a later turn, with the reason."""
        log.warning("hold not settled", message=self._hold.message, reason=str(error))
        wait = RETRY
        if isinstance(error, TemporaryError) and error.retry_after_s is not None:
            wait = min(max(RETRY, timedelta(seconds=error.retry_after_s)), CLAIM)
        try:
            self._write(claimed_until=self._services.now() + wait, problem=str(error))
        except HoldConflict:
            return

    def _leave_to_a_person(self, phase: Phase, problem: str) -> bool:
        self._write(phase=phase, for_a_person=True, claimed_until=None, problem=problem)
        return False

    def _what_went_out(self) -> dict[str, Any]:
        window = None if self._hold.schedule is None else send_window(self._hold.schedule)
        left = 0 if window is None else left_to_save(window, self._services.now())
        return {"left_percent": round(float(left) * 100)}

    def _end(self, why: str) -> bool:
        drop_tag(self._tags, self._hold)
        self._audit("guard.ended", why=why)
        self._forget()
        return False

    def _forget(self) -> None:
        self._services.store.doubts.clear(HELD_TOO_LONG, self._hold.message)
        self._store.forget(self._hold, self._services.now())
        self._hold = replace(self._hold, claimed_until=None)

    def _write(self, **changes: Any) -> None:
        self._hold = self._store.write(self._hold, self._services.now(), **changes)

    def _audit(self, action: str, **facts: Any) -> None:
        note(self._services, self._hold, action, **facts)


def seen_of(message: Message) -> str:
    """Say what the listing shows of a message: another one means that somebody worked on it."""
    return f"{message.vendor_status} {message.updated_at} {message.digest}"


def note(services: Services, hold: Hold, action: str, actor: str | None = None, **facts: Any) -> None:
    """Write one step of a hold into the audit trail."""
    told = {"guard": hold.guard, "name": hold.name, "reasons": list(hold.reasons), "policy": hold.policy_version}
    services.store.audit.append(actor or hold.by, action, hold.message, {**told, **facts}, services.now())


def put_tag(services: Services, tags: Any, hold: Hold, message: Message) -> Hold:
    """Give a hold its second home; where that fails, the next sweep tries again."""
    if hold.phase is not Phase.HELD:
        return hold
    try:
        tags.put(tag_of(hold), message)
        return services.store.holds.write(hold, services.now(), tagged=True)
    except (IntegrationError, HoldConflict) as error:
        log.warning("hold not tagged yet", message=hold.message, reason=str(error))
        return hold


def drop_tag(tags: Any, hold: Hold) -> None:
    """Take a hold's tag away; one that stays is found by the next sweep."""
    if not hold.fingerprint:
        return
    try:
        tags.drop(tag_of(hold))
    except IntegrationError as error:
        log.warning("tag not dropped yet", message=hold.message, reason=str(error))
