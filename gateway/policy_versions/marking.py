"""After a publication: what the new version touches becomes due, a few at a time, whenever nothing live is waiting.

Called by the worker's decide step once all that is due is in hand. Each call takes a few rows of every partition, so a
live change, wherever it lies, is decided in the next batch. Work is claimed under a lease and every mark may be made
twice: a worker that is killed loses nothing.
"""

from datetime import datetime
from typing import Final

import numpy as np
import numpy.typing as npt

from gateway.services import Services
from gateway.store.redecisions import Redecision
from policies.affected import Comparison, FactColumns

LEASE_S: Final = 10.0
ROWS: Final = 16
"""Of every partition at once: some thousand variants, a quarter of a batch, looked at in under ten milliseconds."""


def mark_redecisions(services: Services, at: datetime) -> int:
    """Mark some more of what the versions published last touch; return how many variants were looked at."""
    work = services.store.redecisions.claim(at, LEASE_S)
    if work is None:
        return 0
    if work.audit:
        _tell_audit(services, work)
        return 1
    facts = services.store.catalog_columns.rows(work.row, work.row + ROWS)
    services.store.due.mark(_touched(services, work.number, facts, at), at)
    if len(facts.ids):
        services.store.redecisions.pause(work, work.row + ROWS, at)
    else:
        services.store.redecisions.complete(work)
    return max(1, len(facts.ids))


def _touched(services: Services, number: int, facts: FactColumns, at: datetime) -> list[str]:
    comparison = services.policies.comparison(number - 1, number, at)
    if comparison is None:
        return list(facts.ids)
    return [facts.ids[row] for row in _otherwise(services, comparison, facts).tolist()]


def _otherwise(services: Services, comparison: Comparison, facts: FactColumns) -> npt.NDArray[np.intp]:
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
