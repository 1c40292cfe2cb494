"""The clock process: APScheduler behind a lease, so that of several clocks one acts."""

import signal
from threading import Event

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from gateway.jobs.timetable import timetable
from gateway.services import Services
from gateway.store import StoreUnavailable

RENEW_EVERY_S = 10.0
log = structlog.get_logger(__name__)


def run_clock(services: Services) -> None:
    """Keep the timetable while holding the lease; stand by while another does. Ends on SIGTERM or SIGINT."""
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    lease = services.store.lease("clock")
    while not lease.acquire(blocking=False):
        if stop.wait(RENEW_EVERY_S):
            return
    scheduler = BackgroundScheduler(
        timezone="UTC", job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": 300}
    )
    for job in timetable(services.settings):
        scheduler.add_job(
            _mark,
            "interval",
            seconds=job.every_s,
            args=(services, job.task),
            id=job.task,
            next_run_time=services.now(),
        )
    scheduler.start()
    try:
        while not stop.wait(RENEW_EVERY_S):
            lease.reacquire()
            services.store.gauges.put("clock", {"lease_held": 1.0}, services.now())
    finally:
        scheduler.shutdown(wait=False)
    lease.release()


def _mark(services: Services, task: str) -> None:
    try:
        services.store.tasks.mark([task], services.now())
    except StoreUnavailable as error:
        log.warning("job not marked", task=task, reason=str(error))
