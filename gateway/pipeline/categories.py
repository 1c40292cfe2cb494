"""Collections become categories: told once each, before the items that name them, which are then told again.

Their outbox is small and its jobs are few, so each is settled where it was handed in.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import orjson

from gateway.pipeline.destinations import CATEGORIES, ITEMS
from gateway.services import Services
from gateway.store.values import OutboxEntry, OutsideJob, Told
from integrations.errors import IntegrationError, PermanentError
from integrations.ports import CatalogJob, CatalogPublisher, RecordFailure

AT_ONCE: Final = 100
LEASE_S: Final = 600.0
MOST_TRIES: Final = 8


def deliver_categories(services: Services, at: datetime) -> int:
    """Settle the jobs that ended, then hand in at most one; return how many entries were claimed."""
    publisher = services.publisher
    if publisher is None:
        return 0
    for job in services.store.jobs.all(CATEGORIES):
        _settle(services, publisher, job, at)
    entries = services.store.outbox.claim(CATEGORIES, AT_ONCE, at, LEASE_S)
    told = services.store.told.get(CATEGORIES, [entry.target for entry in entries])
    there = [entry for entry in entries if entry.target in told and told[entry.target].exists]
    services.store.outbox.ack(CATEGORIES, there, at)
    new = [entry for entry in entries if entry not in there]
    if new:
        _submit(services, publisher, new, at)
    return len(entries)


def want_categories(services: Services, products: Sequence[str], at: datetime) -> None:
    """Want the collections of changed products told, and remember which products wait for them."""
    found = services.store.catalog.products(products)
    waiting: dict[str, list[str]] = {}
    for facts in found.values():
        for collection in facts.collections:
            waiting.setdefault(collection, []).append(facts.id)
    told = services.store.told.get(CATEGORIES, list(waiting))
    new = {name: some for name, some in waiting.items() if not (name in told and told[name].exists)}
    if new:
        services.store.waiting.add(CATEGORIES, new)
        services.store.outbox.put(CATEGORIES, list(new), 2, at)


def _submit(services: Services, publisher: CatalogPublisher, entries: Sequence[OutboxEntry], at: datetime) -> None:
    outbox = services.store.outbox
    try:
        job_id = publisher.submit(CatalogJob("create_categories", ids=tuple(e.target for e in entries)), urgent=False)
    except PermanentError as error:
        if len(entries) > 1:  # one bad name refuses all: alone, each shows whether it is the bad one
            for entry in entries:
                _submit(services, publisher, [entry], at)
        else:
            outbox.park(CATEGORIES, entries, str(error), at)
        return
    except IntegrationError as error:
        outbox.retry(CATEGORIES, entries, at, str(error))
        return
    lines = [[entry.target, entry.lane, entry.attempts, entry.token] for entry in entries]
    services.store.jobs.put(CATEGORIES, job_id, orjson.dumps(lines), at)


def _settle(services: Services, publisher: CatalogPublisher, job: OutsideJob, at: datetime) -> None:
    lines = orjson.loads(job.payload)
    entries = [OutboxEntry(target, lane, tries, token, False) for target, lane, tries, token in lines]
    asked = CatalogJob("create_categories", ids=tuple(entry.target for entry in entries))
    try:
        outcome = publisher.outcome("create_categories", job.id, job=asked)
    except IntegrationError:
        return
    if not outcome.finished:
        return
    failed = dict(outcome.failed)
    if outcome.all_failed:
        failed = {entry.target: RecordFailure(outcome.all_failed) for entry in entries}
    there = [e for e in entries if e.target not in failed or failed[e.target].exists_already]
    services.store.told.put(CATEGORIES, {entry.target: Told("", None, at, exists=True) for entry in there})
    names = [entry.target for entry in there]
    services.store.outbox.put(ITEMS, services.store.waiting.members(CATEGORIES, names), 2, at)
    services.store.waiting.drop(CATEGORIES, names)
    services.store.outbox.ack(CATEGORIES, there, at)
    for entry in entries:
        if entry in there:
            continue
        if entry.attempts >= MOST_TRIES:
            services.store.outbox.park(CATEGORIES, [entry], failed[entry.target].reason, at)
        else:
            services.store.outbox.retry(CATEGORIES, [entry], at, failed[entry.target].reason)
    services.store.jobs.remove(CATEGORIES, job.id)
