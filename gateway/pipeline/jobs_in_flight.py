"""Klaviyo applies bulk jobs later: what was handed in is kept until its job ends, then acknowledged or retried."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import orjson

from gateway import metrics
from gateway.pipeline.wanted import Wanted
from gateway.services import Services
from gateway.store.values import OutboxEntry, OutsideJob, Told
from integrations.errors import IntegrationError
from integrations.ports import CatalogItem, CatalogJob, CatalogVariant, JobKind, RecordFailure
from policies.columns import from_us, to_us

TRIES_BEFORE_PARKING = 8
FIRST_POLL, LONGEST_POLL = timedelta(seconds=0.5), timedelta(seconds=30)
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
        """Forget a job that ended."""
        self._asked.pop(job.id, None)


def settle_jobs(services: Services, destination: str, at: datetime, polls: Polls) -> int:
    """Ask after the jobs in flight whose time has come, settle those that ended; return how many still run."""
    running = 0
    for job in services.store.jobs.all(destination):
        if services.publisher is None or not polls.due(job, at):
            running += 1
            continue
        kind, lines = _unpacked(job)
        try:
            outcome = services.publisher.outcome(kind, job.id, job=_shape(kind, lines))
        except IntegrationError:
            running += 1
            continue
        if not outcome.finished:
            running += 1
            continue
        failed = dict(outcome.failed)
        if outcome.all_failed:
            failed = {entry.target: RecordFailure(outcome.all_failed) for entry, *_ in lines}
        _settle(services, destination, lines, failed, at)
        services.store.jobs.remove(destination, job.id)
        polls.forget(job)
    return running


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
