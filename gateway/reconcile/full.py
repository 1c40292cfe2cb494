"""The full comparison: the source prepares everything as files, a worker looks in until they are there, then merges.

No step waits: each marks the task for the next look and ends. A read that dies is taken up where it was, by the ids in
the store; its files are merged from their beginning again, which changes nothing twice.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import structlog

from gateway.doubts.looking import LOOK
from gateway.pipeline.read import accept_locations
from gateway.reconcile.changes import OVERLAP
from gateway.reconcile.merge import merge_levels, merge_products, told_by
from gateway.reconcile.missing import withdraw_missing
from gateway.services import Services
from gateway.store.reconciles import FullRun, Mark, Report
from gateway.store.snapshots import LostLease
from integrations.errors import PermanentError, TemporaryError
from integrations.ports import BulkRead, StockSource

FIRST_LOOK_S: Final = 0.5
LONGEST_LOOK_S: Final = 30.0
BUSY_S: Final = 30.0
AGAIN: Final = timedelta(minutes=5)
WORTH: Final = timedelta(hours=12)
"""A read that was asked for so long ago says too little: another one is begun."""
JUST_NOW: Final = timedelta(hours=1)
log = structlog.get_logger(__name__)


def read_everything(services: Services, source: StockSource, at: datetime) -> None:
    """Begin a full read of a source, look how far one is, or merge what has come."""
    task = f"{source.name}.full_load"
    with services.store.snapshots.merging(source.name) as keep:
        if keep is None:
            services.store.tasks.mark([task], at + timedelta(seconds=BUSY_S))
            return
        run = services.store.reconciles.run(source.name)
        if run is None or at - run.as_of > WORTH:
            if _is_due(services, source.name, at):
                _begin(services, source, at)
                services.store.tasks.mark([task], at + timedelta(seconds=FIRST_LOOK_S))
            return
        reads = [source.bulk(run.products), source.bulk(run.levels)]
        if not all(read.finished for read in reads):
            services.store.reconciles.put_run(source.name, replace(run, polls=run.polls + 1))
            services.store.tasks.progress(task, sum(read.objects for read in reads), None, services.now())
            wait_s = min(LONGEST_LOOK_S, FIRST_LOOK_S * 2 ** min(run.polls, 10))
            services.store.tasks.mark([task], at + timedelta(seconds=wait_s))
            return
        try:
            _merge(services, source, run, reads[0], reads[1], keep, at)
        except LostLease:
            services.store.tasks.mark([task], at + timedelta(seconds=BUSY_S))


def _is_due(services: Services, source: str, at: datetime) -> bool:
    """Tell whether a read is wanted, and not just looked for: a late word of a finished file begins no new one."""
    if services.store.reconciles.wanted(source) is not None:
        return True
    last = next((one for one in services.store.reconciles.reports(source) if one.kind == "full"), None)
    return last is None or at - last.at > JUST_NOW


def _begin(services: Services, source: StockSource, at: datetime) -> None:
    """Ask for everything. A crash before the ids are kept leaves files that nobody fetches."""
    accept_locations(services, source.locations(), at)
    as_of = services.now()
    reason = services.store.reconciles.wanted(source.name) or "It is read whole every day."
    run = FullRun(source.start_bulk("products"), source.start_bulk("levels"), as_of, reason)
    services.store.reconciles.put_run(source.name, run)
    log.info("full read begun", source=source.name, reason=reason)


def _merge(
    services: Services,
    source: StockSource,
    run: FullRun,
    products: BulkRead,
    levels: BulkRead,
    keep: Callable[[], None],
    at: datetime,
) -> None:
    """Merge both files. What a whole one lacks is withdrawn; a part takes nothing away."""
    name, total = source.name, products.objects + levels.objects
    first = services.store.reconciles.mark(name) is None

    def told(done: int) -> None:
        keep()
        services.store.tasks.progress(f"{name}.full_load", done, max(total, done), services.now())

    failure = products.failure or levels.failure
    try:
        merge_products(services, name, source.bulk_products(products), told)
        merged = merge_levels(
            services, name, source.bulk_levels(levels, run.as_of), lambda n: told(products.objects + n)
        )
    except (PermanentError, TemporaryError) as error:
        failure = str(error)
    if failure is not None:
        _failed(services, name, run.reason, failure, at)
        return
    if first:
        merged.corrected = 0  # nothing was expected of the live feed yet
    withdrawn = withdraw_missing(services, name, run.as_of, merged.set_aside, keep, at)
    told_by(services, name, merged, at)
    report = Report("full", at, merged.seen, merged.corrected, withdrawn, run.reason)
    services.store.reconciles.finish(name, Mark(run.as_of - OVERLAP, services.store.epoch.read()), report)
    services.store.doubts.clear("full_read", name)
    services.store.tasks.mark([LOOK], at)
    if services.store.reconciles.wanted(name) is not None:  # another gap was noticed after this one had begun
        services.store.tasks.mark([f"{name}.full_load"], at)
    services.store.tasks.progress(f"{name}.full_load", total, total, services.now())
    log.info("full read merged", source=name, seen=merged.seen, corrected=merged.corrected, withdrawn=withdrawn)


def _failed(services: Services, source: str, reason: str, why: str, at: datetime) -> None:
    """Forget a read that came in part or not at all, tell a person, and begin another one soon."""
    services.store.reconciles.want_full(source, reason)
    services.store.reconciles.drop_run(source)
    sentence = f"{source} could not be read whole; what came of it was kept, and nothing was taken away. {why}"
    services.store.doubts.raise_("full_read", source, sentence, {}, at)
    services.store.tasks.mark([f"{source}.full_load"], at + AGAIN)
    log.warning("full read failed", source=source, reason=why)
