"""Klaviyo applies bulk jobs later: what was handed in is kept until its job ends, then acknowledged or retried."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import orjson

from gateway import metrics
from gateway.pipeline.side_by_side import side_by_side
from gateway.pipeline.wanted import Wanted
from gateway.services import Services
from gateway.store.values import OutboxEntry, OutsideJob, Told
from integrations.errors import IntegrationError, TemporaryError
from integrations.ports import (
    CatalogItem,
    CatalogJob,
    CatalogPublisher,
    CatalogVariant,
    JobKind,
    JobOutcome,
    RecordFailure,
)
from policies.columns import from_us, to_us

TRIES_BEFORE_PARKING = 8
FIRST_POLL, LONGEST_POLL = timedelta(seconds=0.5), timedelta(seconds=30)
LIST_FROM = 3  # jobs, from which on a list of two requests costs less than asking after each
Line = tuple[OutboxEntry, str, int | None, int, int]
"""An entry, the digest and units that were sent, when, and when they were decided (microseconds; 0: not a decision)."""


def remember(
    services: Services,
    destination: str,
    kind: JobKind,
    job_id: str,
    lines: Sequence[tuple[OutboxEntry, Wanted]],
    at: datetime,
) -> None:
    """Keep a job until its end is known."""
    packed = [
        [entry.target, entry.lane, entry.attempts, entry.token, wanted.digest, wanted.units, to_us(at)]
        + [to_us(wanted.since) if wanted.since else 0]
        for entry, wanted in lines
    ]
    services.store.jobs.put(destination, job_id, orjson.dumps({"kind": kind, "lines": packed}), at)


class Polls:
    """When each job was last asked after, by this process; forgetting it costs a request and nothing else."""

    def __init__(self) -> None:
        self._asked: dict[str, datetime] = {}

    def due(self, job: OutsideJob, at: datetime) -> bool:
        """Tell whether to ask now: half a second after the job was handed in, then at doubling intervals.

        Klaviyo grants 750 reads of jobs a minute and as many new jobs (OpenAPI, x-klaviyo-ratelimit, 2026-07-15).
        """
        last = self._asked.get(job.id, job.at)
        wait = min(max(FIRST_POLL, last - job.at), LONGEST_POLL)
        if at - last < wait:
            return False
        self._asked[job.id] = at
        return True

    def forget(self, job: OutsideJob) -> None:
        """Forget a job that ended, or that could not be asked after for want of a turn."""
        self._asked.pop(job.id, None)


@dataclass(frozen=True, slots=True)
class Flight:
    """A job in flight with what it carries."""

    job: OutsideJob
    kind: JobKind
    lines: list[Line]


def settle_jobs(services: Services, destination: str, at: datetime, polls: Polls) -> int:
    """Ask after the jobs in flight whose time has come, settle those that ended; return how many still run."""
    jobs = services.store.jobs.all(destination)
    if services.publisher is None:
        return len(jobs)
    flights = [Flight(job, *_unpacked(job)) for job in jobs if polls.due(job, at)]
    ended = _without_those_at_work(services.publisher, flights)
    answers = side_by_side([partial(_outcome, services.publisher, flight) for flight in ended])
    settled = 0
    for flight, outcome in zip(ended, answers, strict=True):
        if outcome is None:
            polls.forget(flight.job)
        elif outcome.finished:
            failed = dict(outcome.failed)
            if outcome.all_failed:
                failed = {entry.target: RecordFailure(outcome.all_failed) for entry, *_ in flight.lines}
            _settle(services, destination, flight.lines, failed, at)
            services.store.jobs.remove(destination, flight.job.id)
            polls.forget(flight.job)
            settled += 1
    return len(jobs) - settled


def _without_those_at_work(publisher: CatalogPublisher, flights: Sequence[Flight]) -> list[Flight]:
    """Drop the jobs that are not done yet: two requests tell that of any number, so no read is spent on them."""
    ended = []
    for kind in sorted({flight.kind for flight in flights}):
        some = [flight for flight in flights if flight.kind == kind]
        try:
            unfinished = publisher.unfinished(kind) if len(some) >= LIST_FROM else None
        except IntegrationError:
            unfinished = None
        ended += [flight for flight in some if unfinished is None or flight.job.id not in unfinished]
    return ended


def _outcome(publisher: CatalogPublisher, flight: Flight) -> JobOutcome | None:
    """Ask how far a job is; None when there was no turn to ask. One that cannot be asked after still runs, to us."""
    try:
        return publisher.outcome(flight.kind, flight.job.id, job=_shape(flight.kind, flight.lines))
    except TemporaryError as error:
        return None if error.retry_after_s is not None else JobOutcome(finished=False)
    except IntegrationError:
        return JobOutcome(finished=False)


def _settle(
    services: Services, destination: str, lines: Sequence[Line], failed: dict[str, RecordFailure], at: datetime
) -> None:
    store = services.store
    done = [line for line in lines if line[0].target not in failed]
    # Only what this job still holds: another worker may have settled it, and told its targets something newer since.
    held = store.outbox.ack_told(
        destination,
        [(entry, Told(digest, units, from_us(us), exists=True)) for entry, digest, units, us, _ in done],
        at,
    )
    metrics.TOLD.labels(destination).inc(len(held))
    if held:
        store.told.heard(destination, at)
    for entry, *_, decided_us in done:
        if decided_us and entry.target in held:
            metrics.LAG_S.labels(destination).observe((at - from_us(decided_us)).total_seconds())
    for entry, *_ in lines:
        if (failure := failed.get(entry.target)) is not None:
            _give_back(services, destination, entry, failure, at)


def _give_back(services: Services, destination: str, entry: OutboxEntry, failure: RecordFailure, at: datetime) -> None:
    """Try a record that failed again, alone; one that only went by the wrong verb is never given up."""
    store = services.store
    wrong_verb = failure.exists_already or failure.unknown
    if entry.attempts >= TRIES_BEFORE_PARKING and not wrong_verb:
        store.outbox.park(destination, [entry], failure.reason, at)
        return
    if not store.outbox.retry(destination, [entry], at, failure.reason):
        return  # another worker has settled this job
    if failure.exists_already:
        store.told.put(destination, {entry.target: Told("", None, at, exists=True)})
    elif failure.unknown:
        store.told.forget(destination, [entry.target])


def targets_of(job: OutsideJob) -> frozenset[str]:
    """Name the targets that a job carries."""
    _, lines = _unpacked(job)
    return frozenset(entry.target for entry, *_ in lines)


def _unpacked(job: OutsideJob) -> tuple[JobKind, list[Line]]:
    packed = orjson.loads(job.payload)
    lines: list[Line] = [
        (OutboxEntry(target, lane, attempts, token, unknown_outcome=False), digest, units, us, decided_us)
        for target, lane, attempts, token, digest, units, us, decided_us in packed["lines"]
    ]
    return packed["kind"], lines


def _shape(kind: JobKind, lines: Sequence[Line]) -> CatalogJob:
    """Rebuild a job far enough for its failures to be named: the ids, in order."""
    ids = [entry.target for entry, *_ in lines]
    if kind.endswith("items"):
        return CatalogJob(kind, items=tuple(CatalogItem(id_, "", "", "") for id_ in ids))
    return CatalogJob(kind, variants=tuple(CatalogVariant(id_, "", "", "", "", "", 0) for id_ in ids))
