"""The worker process: eight loops that claim what is due and carry it one stage on. Any number may run."""

import signal
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from threading import Event, Thread

import structlog

from gateway import metrics
from gateway.alerts.step import Rest, alert_step
from gateway.catalog_audit.task import audit_catalog
from gateway.doubts.looking import look_for_doubts
from gateway.feeds.keeper import FeedKeeper
from gateway.guard.registry import Memory
from gateway.guard.step import guard_step
from gateway.importing.snapshots import resume_snapshots
from gateway.movements.transfers import look_for_open, reread_transfers
from gateway.pipeline.categories import deliver_categories
from gateway.pipeline.connection import CHECK, check_connection, check_when_unknown, may_write
from gateway.pipeline.decide import BATCH, LEASE_S, decide_claimed, decide_due
from gateway.pipeline.deliver import deliver_due
from gateway.pipeline.destinations import ITEMS, VARIANTS
from gateway.pipeline.gate import Gate
from gateway.pipeline.held_back import release_held_back
from gateway.pipeline.jobs_in_flight import Polls, settle_jobs
from gateway.pipeline.rates import learn_rates
from gateway.pipeline.reread import RETRY_S, reread_items, reread_locations, reread_products
from gateway.policy_versions.marking import mark_redecisions
from gateway.reconcile.changes import compare_changes
from gateway.reconcile.full import read_everything
from gateway.reconcile.watch import check_source
from gateway.services import Services
from gateway.store import StoreUnavailable
from gateway.store.due import CLAIMED_PAGES
from gateway.store.keys import PARTITIONS
from gateway.store.values import TaskRun
from gateway.waves.step import wave_step
from integrations.errors import IntegrationError
from integrations.ports import StockSource

Step = Callable[[Services, datetime], int]
IDLE_S = 0.1
FAILED_S = 1.0
TASK_LEASE_S = 900.0
GAUGES_EVERY_S = 5.0

log = structlog.get_logger(__name__)


def run_worker(services: Services) -> None:
    """Work until SIGTERM or SIGINT, then finish what is in hand."""
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    epoch = services.store.epoch.read()
    keeper = FeedKeeper(services, epoch)
    steps: dict[str, Step] = {
        "decide": decide_step,
        "reread": reread_step,
        "deliver": partial(deliver_step, epoch=epoch, polls=Polls(), gate=Gate()),
        "task": task_step,
        "feeds": lambda _, at: keeper.step(at),
        "waves": partial(wave_step, epoch=epoch),
        "guard": partial(guard_step, epoch=epoch, memory=Memory()),
        "alerts": partial(alert_step, rest=Rest()),
    }
    if services.publisher is not None:
        services.store.tasks.mark([CHECK], services.now())
    if services.source is not None:
        services.store.tasks.mark([f"{services.source.name}.check"], services.now())
    loops = [Thread(target=_loop, args=(services, name, step, stop), name=name) for name, step in steps.items()]
    for loop in loops:
        loop.start()
    told = deque([0.0], maxlen=1 + round(60 / GAUGES_EVERY_S))
    while not stop.wait(GAUGES_EVERY_S):
        _report(services, told)
    for loop in loops:
        loop.join()
    services.store.close()


def _loop(services: Services, name: str, step: Step, stop: Event) -> None:
    while not stop.is_set():
        try:
            did = step(services, services.now())
        except (StoreUnavailable, IntegrationError) as error:
            log.warning("step failed", step=name, reason=str(error))
            stop.wait(FAILED_S)
            continue
        except Exception:  # a defect in one batch must not end the process: the lease returns the work
            log.exception("step broke", step=name)
            stop.wait(FAILED_S)
            continue
        if not did:
            stop.wait(IDLE_S)


def decide_step(services: Services, at: datetime) -> int:
    """Decide what is due; when that is in hand, mark more of what a new policy touches."""
    decided = decide_due(services, at)
    return decided if decided >= BATCH else decided + mark_redecisions(services, at)


def reread_step(services: Services, at: datetime) -> int:
    """Ask the source about what was marked."""
    if services.source is None:
        return 0
    return (
        reread_items(services, services.source, at)
        + reread_products(services, services.source, at)
        + reread_transfers(services, services.source, at)
    )


def deliver_step(services: Services, at: datetime, *, epoch: str | None, polls: Polls, gate: Gate) -> int:
    """Settle jobs that ended, then tell what is wanted.

    Tells nothing while the store is not the one that this process began with: an emptied one knows no stock.
    """
    if epoch is None or services.store.epoch.read() != epoch:
        raise StoreUnavailable("The store was emptied or replaced: run `gateway release`, then restart the worker.")
    running = sum(settle_jobs(services, destination, at, polls) for destination in (ITEMS, VARIANTS))
    check_when_unknown(services, at)
    if services.settings.klaviyo_catalog == "feed" or not may_write(services):
        return 0  # Klaviyo reads the feed and takes no writes beside it; or the key was not seen to open our account
    if running >= MOST_JOBS:
        return 0
    categories = deliver_categories(services, at) if gate.is_open(at) else 0
    return categories + deliver_due(services, at, gate)


def task_step(services: Services, at: datetime) -> int:
    """Do one piece of house-wide work."""
    claims = services.store.tasks.claim(1, at, TASK_LEASE_S)
    for claim in claims:
        task, begun_s = TASKS.get(claim.member.rpartition(".")[2]), services.elapsed()
        services.store.job_states.put_run(claim.member, TaskRun(at))
        failure: str | None = BROKE
        try:
            if task is not None:
                task(services, at)
            failure = None
        except (StoreUnavailable, IntegrationError) as error:
            failure = str(error)
            services.store.tasks.retry([claim], at + timedelta(seconds=RETRY_S))
            raise
        finally:
            run = TaskRun(at, services.elapsed() - begun_s, failure)
            with suppress(StoreUnavailable):
                services.store.job_states.put_run(claim.member, run)
        services.store.tasks.complete([claim])
    return len(claims)


def _of_source(work: Callable[[Services, StockSource, datetime], None]) -> Callable[[Services, datetime], object]:
    """Do work of the source, where there is one."""

    def task(services: Services, at: datetime) -> None:
        if services.source is not None:
            work(services, services.source, at)

    return task


def redecide(services: Services, at: datetime) -> None:
    """Decide everything anew: a new policy, or a location that opened or closed, may move any of it.

    Goes over the ledger itself and marks nothing due, so that live changes never wait behind it. A policy that comes
    into force meanwhile starts it over; what is already decided by the one in force is left alone.
    """
    for partition in range(PARTITIONS):
        page = 0
        while len(claims := services.store.due.claim_pages(partition, page, services.now(), LEASE_S)):
            version = services.policies.current()
            if version is not None:
                decide_claimed(services, version, claims, services.now())
            page += CLAIMED_PAGES
        services.store.tasks.progress("redecide", partition + 1, PARTITIONS, services.now())


def _trim(services: Services, at: datetime) -> None:
    services.store.journal.trim(at - JOURNAL_KEPT)


def _report(services: Services, told: deque[float]) -> None:
    """Share what this process counts; `told` holds the totals of the last minute."""
    values = metrics.samples()
    told.append(sum(value for name, value in values.items() if name.startswith("gateway_told_total")))
    values["told_last_minute"] = told[-1] - told[0]
    try:
        services.store.gauges.put("worker", values, services.now())
    except StoreUnavailable as error:
        log.warning("gauges not kept", reason=str(error))


MOST_JOBS = 400
"""Klaviyo allows 500 unfinished jobs of a kind (Catalogs API, bulk jobs)."""
JOURNAL_KEPT = timedelta(days=35)
BROKE = "It broke by a defect; the worker's log says where. It is tried again when its lease is over."
TASKS: dict[str, Callable[[Services, datetime], object]] = {
    "full_load": _of_source(read_everything),
    "reconcile": _of_source(compare_changes),
    "check": _of_source(check_source),
    "transfers": _of_source(look_for_open),
    "locations": _of_source(reread_locations),
    "redecide": redecide,
    "snapshots": resume_snapshots,
    "sales_rates": learn_rates,
    "journal_trim": _trim,
    "connection": check_connection,
    "catalog_audit": audit_catalog,
    "release_held_back": release_held_back,
    "look_for_doubts": look_for_doubts,
}
