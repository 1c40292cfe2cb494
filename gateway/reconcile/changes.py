"""The small comparison: what a source says it changed since the last one, with an overlap."""

from datetime import datetime, timedelta
from typing import Final

import structlog

from gateway.reconcile.merge import Merged, merge_levels, merge_products, progress_of, told_by
from gateway.reconcile.wanting import want_full
from gateway.services import Services
from gateway.store.reconciles import Mark, Report
from integrations.errors import TooMuchError
from integrations.ports import StockSource

OVERLAP: Final = timedelta(minutes=10)
"""What is read twice, for the difference of two clocks and for what the source's search has yet to index."""
OLDEST: Final = timedelta(hours=12)
LEAST_MISSED: Final = 20
MISSED_PERCENT: Final = 5
log = structlog.get_logger(__name__)


def compare_changes(services: Services, source: StockSource, at: datetime) -> None:
    """Record what a source changed since the last comparison; ask for a full read where that cannot be enough.

    The mark moves only when everything is recorded, and only to when this began: a level that changes while its page
    was passed already is read by the next one.
    """
    reconciles, epoch = services.store.reconciles, services.store.epoch.read()
    mark = reconciles.mark(source.name)
    if mark is None or (why := _not_enough(mark, epoch, at)) is not None:
        want_full(services, source.name, "It was never read whole." if mark is None else str(why), at)
        return
    task = f"{source.name}.reconcile"
    try:
        merge_products(services, source.name, source.products_since(mark.at), progress_of(services, task))
        merged = merge_levels(services, source.name, source.levels_since(mark.at), progress_of(services, task))
    except TooMuchError as error:
        want_full(services, source.name, str(error), at)
        return
    services.store.tasks.progress(task, merged.seen, merged.seen, services.now())
    told_by(services, source.name, merged, at)
    reconciles.finish(source.name, Mark(at - OVERLAP, epoch), Report("changes", at, merged.seen, merged.corrected))
    if (missed := _missed(merged)) is not None:
        log.warning("the live feed misses changes", source=source.name, corrected=merged.corrected, seen=merged.seen)
        want_full(services, source.name, missed, at)


def _not_enough(mark: Mark, epoch: str | None, at: datetime) -> str | None:
    if mark.epoch != epoch:
        return "The store was emptied or replaced."
    if at - mark.at > OLDEST:
        return f"It was last compared at {mark.at:%Y-%m-%d %H:%M} UTC."
    return None


def _missed(merged: Merged) -> str | None:
    if merged.corrected >= LEAST_MISSED and merged.corrected * 100 >= MISSED_PERCENT * merged.seen:
        return f"The live feed missed {merged.corrected} of {merged.seen} changes."
    return None
