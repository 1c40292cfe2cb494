"""What staff should know of holds: made, proposed, late, in trouble."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Final

from gateway.alerts.alert import Alert, Kind
from gateway.guard.check import CAPPED
from gateway.store.holds import GUARD, Hold
from policies.document import Guard
from policies.guard import Phase, send_window

PAGE: Final = "campaigns"
MISSED: Final = Kind("hold.missed", "message was missed by the guard", "messages were missed by the guard", PAGE)
STUCK: Final = Kind("hold.stuck", "hold or release does not succeed", "holds or releases do not succeed", PAGE)
CAP: Final = Kind("hold.cap", "limit of automatic holds is reached", "limits of automatic holds are reached", PAGE)
PROPOSED: Final = Kind("hold.proposed", "message should be held: decide", "messages should be held: decide", PAGE)
RELEASE: Final = Kind("release.proposed", "held message may be released", "held messages may be released", PAGE)
PASSED: Final = Kind("hold.passed", "held message missed its send time", "held messages missed their send times", PAGE)
LATE: Final = Kind("hold.late", "message is held beyond its deadline", "messages are held beyond their deadline", PAGE)
MADE: Final = Kind("hold.made", "message was held", "messages were held", PAGE)
HOLD_KINDS: Final = (MISSED, STUCK, CAP, PROPOSED, RELEASE, PASSED, LATE, MADE)
STUCK_FOR: Final = timedelta(minutes=1)
DAILY: Final = timedelta(days=1)
NAMED: Final = 3


def alerts_of_holds(holds: Iterable[Hold], guards: Mapping[str, Guard]) -> Iterator[Alert]:
    """Say of every hold what staff should know; what waits because of the cap is one alert."""
    capped = []
    for hold in holds:
        if hold.problem == CAPPED:
            capped.append(hold)
        yield from _alerts_of(hold, guards.get(hold.guard))
    if capped:
        names = ", ".join(sorted(hold.name for hold in capped)[:NAMED])
        more = f" and {len(capped) - NAMED} more" if len(capped) > NAMED else ""
        sentence = f"As many as an hour allows happened by themselves. {len(capped)} wait for a person: {names}{more}."
        otherwise = "What should be held is sent as scheduled; what should be released stays held."
        yield Alert(CAP, GUARD, "reached", sentence, otherwise, again=DAILY)


def _alerts_of(hold: Hold, guard: Guard | None) -> Iterator[Alert]:
    capped = hold.problem == CAPPED
    match hold.phase:
        case Phase.PROPOSED if not capped:
            mark = f"{hold.opened_at.isoformat()} {hold.problem}"
            yield Alert(PROPOSED, hold.message, mark, _why(hold, hold.problem), _sends(hold))
        case Phase.HOLDING | Phase.RELEASING if hold.problem:
            waits = "It is tried again until it is settled. " + (
                _sends(hold) if hold.phase is Phase.HOLDING else "Until then it stays held."
            )
            sentence = f"{hold.name}: {hold.problem}"
            yield Alert(STUCK, hold.message, hold.phase, sentence, waits, lasts=STUCK_FOR, again=DAILY)
        case Phase.HELD:
            yield from _alerts_of_held(hold, guard, capped=capped)
        case Phase.LAPSED if hold.held_at is None and hold.problem:
            sentence = f"{hold.name}: {hold.problem}"
            yield Alert(MISSED, hold.message, hold.opened_at.isoformat(), sentence, "The rest of it is sent too.")
        case _:
            return


def _alerts_of_held(hold: Hold, guard: Guard | None, *, capped: bool) -> Iterator[Alert]:
    since = (hold.held_at or hold.opened_at).isoformat()
    yield Alert(MADE, hold.message, since, _why(hold), _stays(hold, guard))
    if hold.missed:
        sentence = f"{hold.name} was to send while it was held."
        yield Alert(PASSED, hold.message, since, sentence, "It stays held, and nobody gets it.")
    elif hold.release_proposed and not capped:
        sentence = f"{hold.name}: what it features can be bought again."
        yield Alert(RELEASE, hold.message, since, sentence, _stays(hold, None))
    elif hold.for_a_person and hold.problem and not capped:
        yield Alert(STUCK, hold.message, hold.problem, f"{hold.name}: {hold.problem}", _stays(hold, None))
    if hold.remind_at is not None:
        sentence = f"{hold.name} has been held since {words_of(hold.held_at or hold.opened_at)}."
        yield Alert(LATE, hold.message, hold.remind_at.isoformat(), sentence, "It stays held; you are asked daily.")


def _why(hold: Hold, problem: str = "") -> str:
    sentences = [f"{hold.name}:", *hold.reasons[:2], problem]
    if not hold.reasons and not problem:
        sentences.append("A person asked for it.")
    return " ".join(sentence for sentence in sentences if sentence)


def _sends(hold: Hold) -> str:
    window = None if hold.schedule is None else send_window(hold.schedule)
    if window is None:
        return "It goes on being sent."
    return f"It is sent as scheduled, at {words_of(window.first_at)}."


def _stays(hold: Hold, guard: Guard | None) -> str:
    """Say what becomes of a held message; without a guard only a person releases it."""
    window = None if hold.schedule is None else send_window(hold.schedule)
    if guard is None or guard.release != "act" or hold.by != GUARD or hold.for_a_person:
        return "It stays held until a person releases it."
    until = "" if window is None else f" before {words_of(window.first_at)}; after that a person is asked"
    return f"It is released by itself when {guard.name} lets it go{until}."


def words_of(at: datetime) -> str:
    """Write a time for people."""
    return f"{at:%d %b %Y %H:%M} UTC"
