"""The audit as a task of the timetable: a few requests at a time, so that it never crowds out what must be told."""

from datetime import datetime, timedelta
from typing import Any, Final

from gateway.catalog_audit.compare import compare_some
from gateway.catalog_audit.foreign import list_some
from gateway.catalog_audit.gone import settle_deletions
from gateway.catalog_audit.state import PHASES, Progress
from gateway.pipeline.connection import AUDIT, may_write
from gateway.services import Services
from integrations.ports import CatalogPublisher
from policies.explain import time_text

STEPS_AT_ONCE: Final = 40
REQUESTS_AT_ONCE: Final = 20
PAUSE: Final = timedelta(seconds=10)
"""So 120 of the 750 requests a minute that are granted: half a million variants take an hour and a half."""


def audit_catalog(services: Services, at: datetime) -> None:
    """Go on with the audit that runs, or begin one; come back for the rest. Without a writable account: nothing."""
    publisher = services.publisher
    if publisher is None or services.settings.klaviyo_catalog != "api" or not may_write(services):
        return
    audits = services.store.audits
    stored = audits.running()
    progress = Progress(started_at=at) if stored is None else Progress.read(stored)
    first = progress.requests
    for _ in range(STEPS_AT_ONCE):
        if progress.requests - first >= REQUESTS_AT_ONCE:
            break
        if _step(services, publisher, progress, at):
            _finish(services, progress, at)
            return
        audits.keep(progress.plain())
        services.store.tasks.progress(AUDIT, progress.phase, len(PHASES), at)
    services.store.tasks.mark([AUDIT], at + PAUSE)


def report(services: Any) -> dict[str, Any]:
    """Tell what the last audit found, and how far the one that runs is."""
    running, last = services.store.audits.running(), services.store.audits.last()
    return {"running": None if running is None else PHASES[running["phase"]], "last": last}


def _step(services: Services, publisher: CatalogPublisher, progress: Progress, at: datetime) -> bool:
    """Do one piece; tell whether all is done."""
    if progress.phase == len(PHASES) - 1:
        return settle_deletions(services, publisher) == 0
    if PHASES[progress.phase].startswith("compare"):
        compare_some(services, publisher, progress, at)
    else:
        list_some(services, publisher, progress, at)
    return False


def _finish(services: Services, progress: Progress, at: datetime) -> None:
    result = {
        "started_at": time_text(progress.started_at),
        "finished_at": time_text(at),
        "checked": progress.checked,
        "requests": progress.requests,
        "counts": progress.counts,
        "examples": [{"kind": kind, "id": id_, "found": found} for kind, id_, found in progress.examples],
    }
    services.store.audits.finish(result)
    services.store.tasks.progress(AUDIT, len(PHASES), len(PHASES), at)
    edited, doubts = progress.counts["edited"], services.store.doubts
    if edited:
        names = [line[1] for line in progress.examples if line[2] == "edited"]
        sentence = f"{edited} records were edited in Klaviyo by somebody else and have been put right."
        doubts.raise_("edited_in_klaviyo", "catalog", sentence, {"records": names}, at)
    else:
        doubts.clear("edited_in_klaviyo", "catalog")
