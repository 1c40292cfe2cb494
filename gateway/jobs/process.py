"""The clock process: APScheduler behind a lease, so that of several clocks one acts."""

import signal
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Any

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from gateway.jobs.timetable import LAST_RUN, Job, timetable
from gateway.services import Services
from gateway.store import StoreUnavailable

RENEW_EVERY_S = 10.0  # a third of the lease, so that one renewal may fail
log = structlog.get_logger(__name__)


def run_clock(services: Services) -> None:
    """Keep the timetable until SIGTERM or SIGINT."""
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    keep_timetable(services, timetable(services.settings), stop)


def keep_timetable(
    services: Services, jobs: tuple[Job, ...], stop: Event, *, renew_every_s: float = RENEW_EVERY_S
) -> None:
    """Act while holding the lease, stand by while another clock does; one that lost its lease stands by again."""
    while not stop.is_set():
        lease = services.store.lease("clock")
        if lease.acquire(blocking=False):
            _lead(services, jobs, lease, stop, renew_every_s)
        stop.wait(renew_every_s)


def _lead(services: Services, jobs: tuple[Job, ...], lease: Any, stop: Event, renew_every_s: float) -> None:
    scheduler = BackgroundScheduler(
        timezone=UTC, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": 300}
    )
    last_runs = {state.name: state.progress_at for state in services.store.tasks.all()}
    for job in jobs:
        first_at = _first_run(job, last_runs.get(LAST_RUN + job.task), services.now())
        scheduler.add_job(
            _mark, "interval", seconds=job.every_s, args=(services, job), id=job.task, next_run_time=first_at
        )
    scheduler.start()
    log.info("clock leads", jobs=[job.task for job in jobs])
    try:
        _tell_that_we_lead(services)
        while not stop.wait(renew_every_s):
            lease.reacquire()
            _tell_that_we_lead(services)
            _follow_pauses(services, jobs, scheduler)
        lease.release()
    except ValueError:  # redis-py's LockError is one: the lease ran out, as after a machine's sleep
        log.warning("clock lost its lease and stands by")
    finally:
        scheduler.shutdown(wait=False)


def _follow_pauses(services: Services, jobs: tuple[Job, ...], scheduler: BackgroundScheduler) -> None:
    """Take paused jobs out of the schedule, and resumed ones back in: at once when a run was missed meanwhile."""
    paused = services.store.job_states.paused()
    last_at = {state.name: state.progress_at for state in services.store.tasks.all()}
    for job in jobs:
        resting = scheduler.get_job(job.task).next_run_time is None
        if job.task in paused and not resting:
            scheduler.pause_job(job.task)
        elif resting and job.task not in paused:
            first_at = _first_run(job, last_at.get(LAST_RUN + job.task), services.now())
            scheduler.modify_job(job.task, next_run_time=first_at)


def _first_run(job: Job, last_at: datetime | None, at: datetime) -> datetime:
    """Tell when a job is due after a start: at once when a run was missed, else one period after its last."""
    return at if last_at is None else max(at, last_at + timedelta(seconds=job.every_s))


def _mark(services: Services, job: Job) -> None:
    """Mark the job's task due; a worker does it. Remembered after, so that a crash between marks it twice."""
    try:
        if services.store.job_states.is_paused(job.task):
            return
        services.store.tasks.mark([job.task], services.now())
        services.store.tasks.progress(LAST_RUN + job.task, 1, 1, services.now())
    except StoreUnavailable as error:
        log.warning("job not marked", task=job.task, reason=str(error))


def _tell_that_we_lead(services: Services) -> None:
    services.store.gauges.put("clock", {"lease_held": 1.0}, services.now())
