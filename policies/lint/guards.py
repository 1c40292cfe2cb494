"""Guards that can never do their work, or do it all the time."""

from collections.abc import Iterator

from policies.document import Guard
from policies.lint.subject import Subject
from policies.lint.warning import PolicyWarning, WarningCode
from policies.lint.words import quoted

WHOLE_PERCENT = 100


def guards_of_pools_without_places(subject: Subject) -> Iterator[PolicyWarning]:
    """Find guards of a pool that no location can serve: it is always out."""
    for number, guard in enumerate(subject.document.guards):
        if not subject.places[guard.pool]:
            sentence = f"{quoted(guard.name)} watches {guard.pool}, which is always out: it would hold every message."
            yield PolicyWarning(WarningCode.GUARD_POOL_WITHOUT_PLACES, f"guards[{number}].pool", sentence)


def guards_without_a_gap(subject: Subject) -> Iterator[PolicyWarning]:
    """Find guards whose reasons to hold and to release can both be there at once."""
    for number, guard in enumerate(subject.document.guards):
        hold, release = guard.hold_when, guard.release_when
        if hold.band == release.band or hold.share_percent + release.share_percent <= WHOLE_PERCENT:
            sentence = (
                f"{quoted(guard.name)} may find reason to hold and to release in the same stock: held at "
                f"{hold.share_percent} % {hold.band}, released at {release.share_percent} % {release.band}. "
                "One sale more or less would switch the message on and off."
            )
            yield PolicyWarning(WarningCode.GUARD_WITHOUT_GAP, f"guards[{number}].release_when", sentence)


def guards_that_see_no_low(subject: Subject) -> Iterator[PolicyWarning]:
    """Find guards that hold at `low` in a pool where no rule says what low is."""
    for number, guard in enumerate(subject.document.guards):
        if guard.hold_when.band != "low" or not all(subject.witnesses):
            continue
        limits = [cell.terms.thresholds for cell in subject.cells if cell.pool.name == guard.pool]
        if all(of.low_at == of.out_at and of.low_days is None for of in limits):
            sentence = (
                f"{quoted(guard.name)} holds at low, and no rule says what low is in {guard.pool}: "
                "it holds only what is out already."
            )
            yield PolicyWarning(WarningCode.GUARD_SEES_NO_LOW, f"guards[{number}].hold_when.band", sentence)


def guards_without_lead(subject: Subject) -> Iterator[PolicyWarning]:
    """Find guards that begin to look at a message when it is being sent."""
    for number, guard in enumerate(subject.document.guards):
        if guard.lead_minutes == 0:
            sentence = f"{quoted(guard.name)} looks at a campaign only when its sending begins, too late to hold it."
            yield PolicyWarning(WarningCode.GUARD_WITHOUT_LEAD, f"guards[{number}].lead_minutes", sentence)


def guards_that_repeat(subject: Subject) -> Iterator[PolicyWarning]:
    """Find a guard whose channels an earlier one judges in the same way."""
    guards = subject.document.guards
    for number, guard in enumerate(guards):
        for earlier in guards[:number]:
            if _judgement(guard) == _judgement(earlier) and set(guard.channels) <= set(earlier.channels):
                sentence = (
                    f"{quoted(guard.name)} judges the same messages by the same shares as {quoted(earlier.name)}."
                )
                yield PolicyWarning(WarningCode.GUARD_REPEATS, f"guards[{number}]", sentence)
                break


def _judgement(guard: Guard) -> tuple[object, ...]:
    return guard.pool, guard.hold_when, guard.release_when, guard.lead_minutes


def guards_that_only_watch(subject: Subject) -> Iterator[PolicyWarning]:
    """Find guards that only watch and are told how to act."""
    for number, guard in enumerate(subject.document.guards):
        if guard.mode != "watch":
            continue
        if guard.release == "act":
            sentence = f"{quoted(guard.name)} only watches, so it never holds anything that it could release."
            yield PolicyWarning(WarningCode.WATCH_NEVER_RELEASES, f"guards[{number}].release", sentence)
        if guard.cancel_when_sending:
            sentence = f"{quoted(guard.name)} only watches, so it never cancels a message."
            yield PolicyWarning(WarningCode.WATCH_NEVER_CANCELS, f"guards[{number}].cancel_when_sending", sentence)
