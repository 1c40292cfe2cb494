"""What we told against what Klaviyo holds: differences are told again, in the way everything is told.

A record that waits in the outbox differs rightly; it is wanted once more, which changes nothing, and counted apart.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from gateway.catalog_audit.gone import delete_gone
from gateway.catalog_audit.state import Progress
from gateway.pipeline.destinations import ITEMS, VARIANTS
from gateway.pipeline.wanted import Wanted, wanted_items, wanted_variants
from gateway.services import Services
from gateway.store.keys import PARTITIONS
from gateway.store.values import Told
from integrations.ports import CatalogPublisher, Drift, Records

AT_ONCE: Final = 100
DRIFT_LANE: Final = 2
SETTLES_WITHIN: Final = timedelta(minutes=2)
"""A record told more recently may be read as it was before: Klaviyo applies and indexes behind our back."""
ORDER: Final[tuple[Drift, ...]] = ("missing", "number", "published", "edited")


def destination_of(kind: Records) -> str:
    """Name the outbox of a kind of record."""
    return ITEMS if kind == "items" else VARIANTS


def compare_some(services: Services, publisher: CatalogPublisher, progress: Progress, at: datetime) -> None:
    """Compare the next targets that were told; go to the next phase after the last."""
    if progress.partition >= PARTITIONS:
        progress.next_phase()
        return
    destination = destination_of(progress.kind)
    names, place = services.store.told.page(destination, progress.partition, progress.place, AT_ONCE)
    for start in range(0, len(names), AT_ONCE):
        _compare(services, publisher, progress, names[start : start + AT_ONCE], at)
    progress.place = place
    if not place:
        progress.partition += 1


def _compare(
    services: Services, publisher: CatalogPublisher, progress: Progress, names: Sequence[str], at: datetime
) -> None:
    store, kind = services.store, progress.kind
    told = {name: last for name, last in store.told.get(destination_of(kind), names).items() if last.exists}
    gone = delete_gone(services, publisher, progress, sorted(told), at)
    settled = [name for name, last in told.items() if name not in gone and at - last.at >= SETTLES_WITHIN]
    wanted = _wanted(services, kind, settled)
    if not wanted:
        return
    progress.requests += 1
    drifts = publisher.compare(kind, {name: one.record for name, one in wanted.items()})
    progress.checked += len(wanted)
    pending = [name for name in drifts if told[name].digest != wanted[name].digest]
    for name, drift in drifts.items():
        progress.found("pending" if name in pending else next(word for word in ORDER if word in drift), name)
    missing = [name for name, drift in drifts.items() if "missing" in drift]
    # What it was told is forgotten first: an entry that is claimed before that is acknowledged as told already.
    store.told.forget(destination_of(kind), missing)
    changed = [name for name in drifts if name not in missing]
    store.told.put(destination_of(kind), {name: Told("", None, at, exists=True) for name in changed})
    store.outbox.put(destination_of(kind), list(drifts), DRIFT_LANE, at)


def _wanted(services: Services, kind: Records, names: Sequence[str]) -> dict[str, Wanted]:
    version = services.policies.current()
    if not names or version is None:
        return {}
    return wanted_items(services, names) if kind == "items" else wanted_variants(services, names, version)
