"""Of several clocks one acts; it only marks work due, and remembers when it last did."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Event, Thread
from time import monotonic, sleep

import pytest

from gateway import clock
from gateway.jobs.process import keep_timetable
from gateway.jobs.timetable import Job, timetable
from gateway.policy_library import PolicyLibrary
from gateway.services import Services
from gateway.settings import Settings
from gateway.store import Store, open_store
from gateway.store.values import PausedJob

HOURLY = (Job("shop.full_load", 3600),)
LEASE_S = 60.0


@pytest.fixture
def store(redis_url: str) -> Iterator[Store]:
    opened = open_store(redis_url, "clock")
    yield opened
    opened.close()


@contextmanager
def ticking(store: Store, jobs: tuple[Job, ...] = HOURLY) -> Iterator[Event]:
    stop = Event()
    services = Services(Settings(), store, PolicyLibrary(store), now=clock.now, elapsed=clock.elapsed)
    thread = Thread(target=keep_timetable, args=(services, jobs, stop), kwargs={"renew_every_s": 0.05})
    thread.start()
    try:
        yield stop
    finally:
        stop.set()
        thread.join(timeout=10)
        assert not thread.is_alive()


def due(store: Store) -> set[str]:
    return {state.name for state in store.tasks.all() if state.due_at is not None}


def last_run(store: Store) -> datetime | None:
    return next((state.progress_at for state in store.tasks.all() if state.name == "clock.shop.full_load"), None)


def wait_for_first_run(store: Store) -> None:
    deadline = monotonic() + 10
    while last_run(store) is None:
        assert monotonic() < deadline
        sleep(0.02)


def finish(store: Store) -> None:
    store.tasks.complete(store.tasks.claim(10, datetime.now(UTC), LEASE_S))
    assert due(store) == set()


def test_a_job_that_never_ran_is_marked_at_once_and_the_run_is_remembered(store: Store) -> None:
    with ticking(store):
        wait_for_first_run(store)
        assert due(store) == {"shop.full_load"}
        assert store.gauges.all(datetime.now(UTC))["clock"] == {"lease_held": 1.0}


def test_a_restart_within_the_period_does_not_run_the_job_again(store: Store) -> None:
    with ticking(store):
        wait_for_first_run(store)
    finish(store)
    with ticking(store):
        sleep(0.3)
    assert due(store) == set()


def test_a_run_missed_while_no_clock_was_up_is_made_up_for(store: Store) -> None:
    store.tasks.progress("clock.shop.full_load", 1, 1, datetime.now(UTC) - timedelta(hours=2))
    with ticking(store):
        deadline = monotonic() + 10
        while due(store) != {"shop.full_load"}:
            assert monotonic() < deadline
            sleep(0.02)


def test_a_second_clock_stands_by_and_takes_over_when_the_lease_is_free(store: Store) -> None:
    other = store.lease("clock")
    assert other.acquire(blocking=False)
    with ticking(store):
        sleep(0.3)
        assert last_run(store) is None
        other.release()
        wait_for_first_run(store)


def test_a_clock_that_lost_its_lease_stops_acting_and_stands_by(store: Store) -> None:
    with ticking(store, (Job("shop.full_load", 1),)):
        wait_for_first_run(store)
        steal_lease(store)
        sleep(0.3)  # several renewals: the loss is seen by now
        finish(store)
        sleep(1.2)  # longer than the job's period
        assert due(store) == set()


def steal_lease(store: Store) -> None:
    """Let the lease run out under its holder, and another clock take it."""
    name = store.lease("clock").name
    store.lease("clock").redis.delete(name)
    assert store.lease("clock").acquire(blocking=False)


def test_the_timetable_asks_nothing_of_a_shop_that_is_not_there() -> None:
    assert {job.task for job in timetable(Settings())} == {"sales_rates", "journal_trim", "look_for_doubts"}


def test_the_timetable_follows_the_settings() -> None:
    jobs = {job.task: job.every_s for job in timetable(Settings(shopify_shop="a.example", reconcile_interval_s=120))}
    assert jobs["shopify.reconcile"] == 120
    assert jobs["shopify.full_load"] == 86_400


def test_a_paused_job_is_not_marked_and_a_resumed_one_makes_up_for_what_it_missed(store: Store) -> None:
    at = datetime.now(UTC)
    store.tasks.progress("clock.shop.full_load", 1, 1, at - timedelta(hours=2))
    store.job_states.pause("shop.full_load", PausedJob("Ann", at))
    with ticking(store):
        sleep(0.4)  # several looks at what is paused
        assert due(store) == set()
        assert store.job_states.resume("shop.full_load")
        deadline = monotonic() + 10
        while due(store) != {"shop.full_load"}:
            assert monotonic() < deadline
            sleep(0.02)


def test_a_job_paused_under_a_running_clock_stops_and_comes_back_at_its_time(store: Store) -> None:
    with ticking(store, (Job("shop.full_load", 1),)):
        wait_for_first_run(store)
        store.job_states.pause("shop.full_load", PausedJob("Ann", datetime.now(UTC)))
        sleep(0.3)  # a mark that was being made is there by now
        finish(store)
        sleep(1.3)  # longer than the job's period
        assert due(store) == set()
        store.job_states.resume("shop.full_load")
        deadline = monotonic() + 10
        while due(store) != {"shop.full_load"}:
            assert monotonic() < deadline
            sleep(0.02)
