"""What is done next, and above all what never is."""

from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.guard import (
    Episode,
    Phase,
    Schedule,
    SendWindow,
    Situation,
    Step,
    effects_per_hour,
    is_due,
    judge,
    left_to_save,
    next_step,
    send_window,
)
from tests.builders.guard import AT, featured, guard

NOON = datetime(2026, 11, 30, 12, tzinfo=UTC)
TONIGHT = SendWindow(AT + timedelta(hours=8), AT + timedelta(hours=8))
BANDS = {"hold": "out", "release": "healthy", "leave": "low"}


def situation(word: str = "hold", **changes: Any) -> Situation:
    message = [featured("a", "out" if word == "hold" else "healthy")]
    if word == "leave":
        message = [featured("a", "low"), featured("b"), featured("c")]
    fields: dict[str, Any] = {"status": "scheduled", "at": AT, "window": TONIGHT}
    return Situation(judge(message, guard(), AT), **{**fields, **changes})


def step(word: str = "hold", *, mode: str = "act", release: str = "act", cancel: bool = False, **changes: Any) -> Step:
    return next_step(situation(word, **changes), guard(mode=mode, release=release, cancel_when_sending=cancel))


episodes = st.one_of(
    st.none(),
    st.builds(Episode, st.sampled_from(Phase), st.booleans(), st.booleans(), st.booleans(), st.booleans()),
)
anything = st.builds(
    situation,
    st.sampled_from(["hold", "release", "leave"]),
    status=st.sampled_from(["draft", "scheduled", "sending", "sent", "cancelled", "gone", "live"]),
    at=st.integers(-30, 30).map(lambda hours: AT + timedelta(hours=hours)),
    window=st.one_of(st.none(), st.just(TONIGHT)),
    episode=episodes,
    unchanged=st.booleans(),
)
modes = st.builds(
    lambda mode, release, cancel: guard(mode=mode, release=release, cancel_when_sending=cancel),
    st.sampled_from(["watch", "ask", "act"]),
    st.sampled_from(["ask", "act", "never"]),
    st.booleans(),
)


@given(anything, modes)
def test_a_guard_that_only_watches_or_asks_never_touches_a_message(case: Situation, one: Any) -> None:
    chosen = next_step(case, one)
    if chosen in (Step.HOLD, Step.CANCEL):
        assert one.mode == "act" and case.verdict.word == "hold"
    if chosen is Step.CANCEL:
        assert one.cancel_when_sending and case.status == "sending"
    if chosen is Step.RELEASE:
        assert one.release == "act" and case.verdict.word == "release"


@given(anything, modes)
def test_what_a_person_decided_or_changed_is_never_touched(case: Situation, one: Any) -> None:
    if case.episode is None:
        return
    chosen = next_step(case, one)
    if case.episode.phase in (Phase.OVERRIDDEN, Phase.LAPSED):
        assert chosen in (Step.NOTHING, Step.END)
    if case.episode.for_a_person or not case.unchanged or not case.episode.by_guard:
        assert chosen is not Step.RELEASE
    if case.episode.for_a_person:
        assert chosen is not Step.HOLD


@given(anything, modes)
def test_only_a_hold_of_ours_in_draft_before_its_time_is_released(case: Situation, one: Any) -> None:
    if next_step(case, one) is Step.RELEASE:
        assert case.episode is not None and case.episode.phase is Phase.HELD and case.status == "draft"
        assert case.window is None or case.at < case.window.first_at


def test_the_mode_decides_between_recording_asking_and_acting() -> None:
    assert [step(mode=mode) for mode in ("watch", "ask", "act")] == [Step.RECORD, Step.PROPOSE_HOLD, Step.HOLD]


def test_a_message_is_not_judged_before_its_lead() -> None:
    far = SendWindow(AT + timedelta(days=3), AT + timedelta(days=3))
    assert step(window=far) is Step.NOTHING
    assert step(window=None, status="live") is Step.HOLD


def test_what_sends_is_cancelled_only_where_the_guard_says_so() -> None:
    sending = SendWindow(AT - timedelta(hours=1), AT + timedelta(hours=5))
    assert step(status="sending", window=sending, cancel=True) is Step.CANCEL
    assert step(status="sending", window=sending) is Step.RECORD


def test_an_episode_waits_out_an_override() -> None:
    episode = Episode(Phase.OVERRIDDEN)
    assert step("hold", episode=episode) is Step.NOTHING
    assert step("leave", episode=episode) is Step.NOTHING
    assert step("release", episode=episode) is Step.END


def test_a_held_message_that_a_person_scheduled_again_is_theirs() -> None:
    assert step(episode=Episode(Phase.HELD), status="scheduled") is Step.OVERRIDDEN
    assert step("release", episode=Episode(Phase.HELD), status="draft", unchanged=False) is Step.LAPSE


def test_a_held_message_whose_time_passed_stays_for_a_person() -> None:
    late = {"status": "draft", "at": TONIGHT.first_at}
    assert step("release", episode=Episode(Phase.HELD), **late) is Step.MISSED
    assert step("release", episode=Episode(Phase.HELD, missed=True), **late) is Step.NOTHING


def test_a_release_is_asked_for_once_and_taken_back_when_the_stock_falls() -> None:
    held = {"status": "draft", "release": "ask"}
    assert step("release", episode=Episode(Phase.HELD), **held) is Step.PROPOSE_RELEASE
    assert step("release", episode=Episode(Phase.HELD, release_proposed=True), **held) is Step.NOTHING
    assert step("leave", episode=Episode(Phase.HELD, release_proposed=True), **held) is Step.WITHDRAW_PROPOSAL


def test_at_least_two_may_happen_in_an_hour() -> None:
    ten = guard().hold_when.share_percent / 5
    assert [effects_per_hour(ten, judged) for judged in (0, 5, 29, 30, 2000)] == [2, 2, 2, 3, 200]


@pytest.mark.parametrize(
    ("schedule", "first", "last"),
    [
        (Schedule("static", NOON), NOON, NOON),
        (Schedule("immediate", NOON), NOON, NOON),
        (Schedule("local", NOON), NOON - timedelta(hours=14), NOON + timedelta(hours=12)),
        (Schedule("local", NOON, passed_zones_tomorrow=True), NOON - timedelta(hours=14), NOON + timedelta(hours=36)),
        (Schedule("throttled", NOON, percent_per_period=25), NOON, NOON + timedelta(hours=3)),
        (Schedule("throttled", NOON, percent_per_period=33, period="minute"), NOON, NOON + timedelta(minutes=3)),
        (
            Schedule("smart", send_on=date(2026, 11, 30)),
            datetime(2026, 11, 29, 10, tzinfo=UTC),
            datetime(2026, 12, 1, 12, tzinfo=UTC),
        ),
        (Schedule("ab_test", None, variation_times=(NOON, NOON - timedelta(hours=2))), NOON - timedelta(hours=2), NOON),
    ],
)
def test_every_strategy_has_its_first_and_last_send(schedule: Schedule, first: datetime, last: datetime) -> None:
    window = send_window(schedule)
    assert window == SendWindow(first, last)
    assert is_due(window, 60, first - timedelta(hours=1)) and not is_due(window, 60, first - timedelta(minutes=61))


def test_half_way_through_half_is_left_to_save() -> None:
    window = SendWindow(NOON, NOON + timedelta(hours=4))
    saved = [left_to_save(window, NOON + timedelta(hours=hours)) for hours in (-1, 1, 4)]
    assert saved == [Fraction(1), Fraction(3, 4), Fraction(0)]


def test_a_schedule_that_tells_no_time_has_no_window() -> None:
    assert send_window(Schedule("static")) is None
