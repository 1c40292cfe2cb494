"""After a publication: what the new version touches becomes due, a few at a time, whenever nothing live is waiting.

Called by the worker's decide step once all that is due is in hand, so a live change waits for at most one batch of
these marks. Work is claimed under a lease and every mark may be made twice: a worker that is killed loses nothing.
"""

from datetime import datetime
from typing import Final

import numpy as np
import numpy.typing as npt

from gateway.pipeline.decide import BATCH
from gateway.services import Services
from gateway.store.redecisions import EVERYTHING, Redecision
from policies.affected import Comparison, FactColumns

LEASE_S: Final = 30.0
MOST_MARKS: Final = BATCH * 9 // 10
"""Leaves room in the next batch for what changes live."""
MOST_LOOKED: Final = 2048
"""Variants looked at in one call, some ten milliseconds."""
LOOKED_AT_ONCE: Final = 512


def mark_redecisions(services: Services, at: datetime) -> int:
    """Mark what the versions published last touch, as far as there is room; return how many variants were looked at."""
    marked = looked = 0
    while marked < MOST_MARKS and looked < MOST_LOOKED:
        work = services.store.redecisions.claim(at, LEASE_S)
        if work is None:
            break
        if work.partition is None:
            _tell_audit(services, work)
            looked += 1
        else:
            more = _mark(services, work, work.partition, MOST_MARKS - marked, at)
            marked, looked = marked + more[0], looked + more[1]
    return looked


def _mark(services: Services, work: Redecision, partition: int, room: int, at: datetime) -> tuple[int, int]:
    """Mark due within one partition; return how many variants were marked and looked at."""
    facts = services.store.catalog_columns.partition(partition)
    end = min(len(facts.ids), work.row + min(LOOKED_AT_ONCE, room))
    some = facts.take(np.arange(work.row, end))
    comparison = None if work.number == EVERYTHING else services.policies.comparison(work.number, at)
    chosen = np.arange(len(some.ids)) if comparison is None else _touched(services, comparison, some)
    services.store.due.mark([some.ids[row] for row in chosen.tolist()], at)
    if end < len(facts.ids):
        services.store.redecisions.pause(work, end, at)
    else:
        services.store.redecisions.complete(work)
    return len(chosen), max(1, len(some.ids))


def _touched(services: Services, comparison: Comparison, facts: FactColumns) -> npt.NDArray[np.intp]:
    kinds = comparison.kinds_of(facts)
    reach = comparison.reach(kinds, ever=False)
    doubtful = np.flatnonzero(reach.at_columns)
    if len(doubtful):
        stamps = services.store.ledger.read([facts.ids[row] for row in doubtful.tolist()]).levels.stamps
        missing = len(comparison.after.slots) - stamps.shape[1]
        stamps = np.pad(stamps, ((0, 0), (0, max(0, missing))))
        doubtful = doubtful[comparison.lies_there(kinds[doubtful], stamps, ever=False)]
    return np.union1d(np.flatnonzero(reach.everywhere), doubtful)


def _tell_audit(services: Services, work: Redecision) -> None:
    version = services.store.policies.get(work.number)
    if version is not None:
        action = "policy.publish" if version.restores is None else "policy.rollback"
        facts = {"note": version.note, "confirmed": version.confirmed, "restores": version.restores}
        services.store.audit.append(version.author, action, f"policy {version.number}", facts, version.published_at)
    services.store.redecisions.complete(work)
