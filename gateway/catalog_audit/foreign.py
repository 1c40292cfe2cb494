"""What is in Klaviyo without our having noted it: ours is noted and told again, what is another's is left alone."""

from datetime import datetime

from gateway.catalog_audit.compare import DRIFT_LANE, destination_of
from gateway.catalog_audit.state import Progress
from gateway.services import Services
from gateway.store.values import Told
from integrations.ports import CatalogPublisher


def list_some(services: Services, publisher: CatalogPublisher, progress: Progress, at: datetime) -> None:
    """Look through the next page of Klaviyo's list; go to the next phase after the last."""
    store, kind = services.store, progress.kind
    progress.requests += 1
    ids, progress.cursor = publisher.listing(kind, progress.cursor)
    told = store.told.get(destination_of(kind), list(ids))
    strange = [name for name in ids if name not in told]
    known = store.catalog.products(strange) if kind == "items" else store.catalog.entries(strange)
    delisted = store.catalog.delisted(strange) if kind == "variants" else frozenset()
    ours = [name for name in strange if name in known and name not in delisted]
    for name in strange:
        progress.found("extra" if name in ours else "foreign", name)
    store.told.put(destination_of(kind), {name: Told("", None, at, exists=True) for name in ours})
    store.outbox.put(destination_of(kind), ours, DRIFT_LANE, at)
    if progress.cursor is None:
        progress.next_phase()
