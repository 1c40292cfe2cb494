"""How often an outside job is asked after: soon at first, then ever less, so that reads never run out before writes."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from gateway.pipeline.jobs_in_flight import LONGEST_POLL, Polls
from gateway.store.values import OutsideJob
from tests.builders.web import AT

JOB = OutsideJob("job-1", b"", AT)


def asked(turns_ms: list[int]) -> list[timedelta]:
    polls = Polls()
    return [age for age in (timedelta(milliseconds=ms) for ms in turns_ms) if polls.due(JOB, AT + age)]


def test_a_job_is_asked_after_at_doubling_intervals_until_every_half_minute() -> None:
    seconds = [age.total_seconds() for age in asked(list(range(0, 120_000, 100)))]
    assert seconds == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 62.0, 92.0]


@given(st.lists(st.integers(0, 600_000), max_size=400).map(sorted))
def test_however_often_the_turns_come_two_asks_are_never_closer_than_half_a_second(turns_ms: list[int]) -> None:
    ages = asked(turns_ms)
    gaps = [later - earlier for earlier, later in zip([timedelta(0), *ages], ages, strict=False)]
    assert all(gap >= timedelta(seconds=0.5) for gap in gaps)
    assert len(ages) <= 8 + timedelta(minutes=10) / LONGEST_POLL


def test_a_job_that_ended_is_forgotten() -> None:
    polls = Polls()
    assert polls.due(JOB, AT + timedelta(seconds=1))
    assert not polls.due(JOB, AT + timedelta(seconds=1))
    polls.forget(JOB)
    assert polls.due(JOB, AT + timedelta(seconds=1))
