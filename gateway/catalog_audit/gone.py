"""Deleting what our catalogue no longer lists: by night, a few at a time, and never more than a mistake may cost.

Until then such a variant is told as hidden with nothing in stock. Deleting it drops those who wait for it in Klaviyo,
so beyond the cap nothing is deleted and a person is asked.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, cast

import orjson

from gateway.catalog_audit.state import Progress
from gateway.services import Services
from integrations.ports import CatalogJob, CatalogPublisher, JobKind, Records

CAP_LEAST: Final = 50
CAP_PERCENT: Final = 5
DELETIONS: Final = {"items": "klaviyo.deleted_items", "variants": "klaviyo.deleted_variants"}
"""Where the jobs in flight are remembered."""


def delete_gone(
    services: Services, publisher: CatalogPublisher, progress: Progress, names: Sequence[str], at: datetime
) -> frozenset[str]:
    """Hand in the deletion of those that are gone, within the cap; return all that are gone."""
    kind = progress.kind
    gone = sorted(services.store.catalog.delisted(names)) if kind == "variants" else _empty_products(services, names)
    progress.to_delete += len(gone)
    chosen = gone[: max(0, _cap(services, kind) - progress.counts["deleted"])]
    if chosen:
        progress.requests += 1
        job = CatalogJob(cast("JobKind", f"delete_{kind}"), ids=tuple(chosen))
        job_id = publisher.submit(job, urgent=False)
        services.store.jobs.put(DELETIONS[kind], job_id, orjson.dumps(chosen), at)
        for name in chosen:
            progress.found("deleted", name)
    if progress.to_delete > progress.counts["deleted"]:
        sentence = (
            f"{progress.to_delete} records are in Klaviyo but no longer in the catalogue; more than may be deleted "
            "in one night. The rest stays, hidden and with nothing in stock."
        )
        services.store.doubts.raise_("deletions", "klaviyo", sentence, {"gone": progress.to_delete}, at)
    return frozenset(gone)


def settle_deletions(services: Services, publisher: CatalogPublisher) -> int:
    """Forget what was deleted; return how many jobs still run. What could not be deleted is tried the next night."""
    running = 0
    kinds: tuple[Records, ...] = ("items", "variants")
    for kind in kinds:
        for job in services.store.jobs.all(DELETIONS[kind]):
            names = orjson.loads(job.payload)
            asked = CatalogJob(cast("JobKind", f"delete_{kind}"), ids=tuple(names))
            outcome = publisher.outcome(asked.kind, job.id, job=asked)
            if not outcome.finished:
                running += 1
                continue
            failed = set(names) if outcome.all_failed else {n for n, why in outcome.failed.items() if not why.unknown}
            destination = f"klaviyo.{kind}"
            services.store.told.forget(destination, [name for name in names if name not in failed])
            services.store.jobs.remove(DELETIONS[kind], job.id)
    return running


def _empty_products(services: Services, names: Sequence[str]) -> list[str]:
    """Name the products that list no variant any more and are hidden."""
    found = services.store.catalog.products(names)
    return [name for name in names if name in found and not found[name].variants and not found[name].published]


def _cap(services: Services, kind: Records) -> int:
    return max(CAP_LEAST, services.store.told.count(f"klaviyo.{kind}") * CAP_PERCENT // 100)
