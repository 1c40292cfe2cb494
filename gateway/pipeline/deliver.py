"""Stage five: Klaviyo's catalogue is told what differs from what it was told last, and each answer is recorded.

An entry stays leased from the claim until its job has ended, so a target is never in two jobs at once. A crash lets the
lease run out and the latest wanted state is sent again. Retries happen here and nowhere else.

No more is claimed than the allowance has turns for, so that what waits keeps its order until the last moment; what is
urgent is claimed without a turn.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Literal, cast

from gateway import metrics
from gateway.pipeline.destinations import ITEMS, VARIANTS
from gateway.pipeline.jobs_in_flight import remember
from gateway.pipeline.side_by_side import AT_ONCE, side_by_side
from gateway.pipeline.wanted import Wanted, wanted_items, wanted_variants
from gateway.policy_library import CompiledVersion
from gateway.services import Services
from gateway.store.values import OutboxEntry, Told
from integrations.errors import IntegrationError, PermanentError, TemporaryError
from integrations.ports import CatalogItem, CatalogJob, CatalogPublisher, CatalogVariant, JobKind

BATCH = 100
LEASE_S = 30.0
JOB_LEASE_S = 600.0


@dataclass(frozen=True, slots=True)
class Line:
    """An outbox entry with the record it should become."""

    entry: OutboxEntry
    wanted: Wanted


def deliver_due(services: Services, at: datetime) -> int:
    """Hand in as many jobs as there are turns, and what is urgent; return how many entries were claimed."""
    publisher, version = services.publisher, services.policies.current()
    if publisher is None or version is None:
        return 0
    claimed = 0
    for destination in (ITEMS, VARIANTS):
        entries = _claim(services, publisher, destination, at)
        if entries:
            claimed += len(entries)
            _tell(services, publisher, destination, entries, version, at)
    return claimed


def _claim(services: Services, publisher: CatalogPublisher, destination: str, at: datetime) -> Sequence[OutboxEntry]:
    turns = min(publisher.turns(), AT_ONCE)
    if turns:
        return services.store.outbox.claim(destination, turns * BATCH, at, LEASE_S)
    if publisher.turns(urgent=True):
        return services.store.outbox.claim(destination, BATCH, at, LEASE_S, only_urgent=True)
    return ()


def _tell(
    services: Services,
    publisher: CatalogPublisher,
    destination: str,
    entries: Sequence[OutboxEntry],
    version: CompiledVersion,
    at: datetime,
) -> None:
    targets = [entry.target for entry in entries]
    wanted = wanted_items(services, targets) if destination == ITEMS else wanted_variants(services, targets, version)
    outbox, told = services.store.outbox, services.store.told.get(destination, targets)
    lines = [Line(entry, wanted[entry.target]) for entry in entries if entry.target in wanted]
    silent = [entry for entry in entries if entry.target not in wanted]
    same = [line.entry for line in lines if _says_it(told.get(line.entry.target), line)]
    outbox.ack(destination, [*silent, *same], at)
    differing = [line for line in lines if not _says_it(told.get(line.entry.target), line)]
    if destination == VARIANTS:
        differing = _with_known_items(services, differing, at)
    known = {target for target, last in told.items() if last.exists}
    verbs: tuple[Literal["update", "create"], ...] = ("update", "create")
    by_verb = {
        verb: [line for line in differing if (line.entry.target in known) == (verb == "update")] for verb in verbs
    }
    side_by_side(
        [
            partial(_submit, services, publisher, destination, verb, some[start : start + BATCH], at)
            for verb, some in by_verb.items()
            for start in range(0, len(some), BATCH)
        ]
    )


def _says_it(last: Told | None, line: Line) -> bool:
    return last is not None and last.exists and last.digest == line.wanted.digest and not line.entry.unknown_outcome


def _with_known_items(services: Services, lines: Sequence[Line], at: datetime) -> list[Line]:
    """Keep the variants whose item Klaviyo knows; the others wait for their item."""
    products = {cast("CatalogVariant", line.wanted.record).product for line in lines}
    items = services.store.told.get(ITEMS, sorted(products))
    missing = {product for product in products if not (product in items and items[product].exists)}
    if not missing:
        return list(lines)
    services.store.outbox.put(ITEMS, sorted(missing), 2, at)
    waiting = [line for line in lines if cast("CatalogVariant", line.wanted.record).product in missing]
    services.store.outbox.retry(VARIANTS, [line.entry for line in waiting], at, "Its item is not in Klaviyo yet.")
    return [line for line in lines if cast("CatalogVariant", line.wanted.record).product not in missing]


def _submit(
    services: Services,
    publisher: CatalogPublisher,
    destination: str,
    verb: Literal["update", "create"],
    lines: Sequence[Line],
    at: datetime,
) -> None:
    kind = cast("JobKind", f"{verb}_{destination.removeprefix('klaviyo.')}")
    records = [line.wanted.record for line in lines]
    job = CatalogJob(
        kind=kind,
        items=tuple(record for record in records if isinstance(record, CatalogItem)),
        variants=tuple(record for record in records if isinstance(record, CatalogVariant)),
    )
    entries = [line.entry for line in lines]
    try:
        job_id = publisher.submit(job, urgent=any(entry.lane == 0 for entry in entries))
    except PermanentError as error:
        # One bad record refuses the whole request: alone, each shows whether it is the bad one.
        if len(lines) > 1:
            for line in lines:
                _submit(services, publisher, destination, verb, [line], at)
        else:
            services.store.outbox.park(destination, entries, str(error), at)
        return
    except IntegrationError as error:
        metrics.KLAVIYO_CALLS.labels("catalog.write", type(error).__name__).inc()
        if isinstance(error, TemporaryError) and error.retry_after_s is not None and not error.outcome_unknown:
            services.store.outbox.release(destination, entries, at)  # no turn, or too many: the budget says when
        else:
            services.store.outbox.retry(destination, entries, at, str(error))
        return
    metrics.KLAVIYO_CALLS.labels("catalog.write", "accepted").inc()
    # Remembered first, under the tokens to come: a longer lease without a job would silence its targets until it ended.
    later = services.store.outbox.extended(entries, at, JOB_LEASE_S)
    sent = [(entry, line.wanted) for entry, line in zip(later, lines, strict=True)]
    remember(services, destination, kind, job_id, sent, at)
    services.store.outbox.extend(destination, entries, at, JOB_LEASE_S)
