"""What a change of one target means for others: a variant's for its item, a product's for its categories.

Called with what was put into the outbox since the last look (`gateway.store.changes`), by the process that follows it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from gateway.pipeline.categories import want_categories
from gateway.pipeline.destinations import ITEMS
from gateway.services import Services

AT_ONCE: Final = 1000
RISE: Final = 1


def follow_variants(services: Services, variants: Sequence[str], at: datetime) -> None:
    """Want the items of changed variants told, where an item is hidden once all its variants are out."""
    if not (_mirrors(services) and services.settings.klaviyo_unpublish_out):
        return
    for start in range(0, len(variants), AT_ONCE):
        entries = services.store.catalog.entries(variants[start : start + AT_ONCE])
        products = sorted({entry.variant.product for entry in entries.values() if entry.variant.product})
        services.store.outbox.put(ITEMS, products, RISE, at)


def follow_items(services: Services, products: Sequence[str], at: datetime) -> None:
    """Want the categories of changed products told."""
    if _mirrors(services):
        for start in range(0, len(products), AT_ONCE):
            want_categories(services, products[start : start + AT_ONCE], at)


def _mirrors(services: Services) -> bool:
    return services.publisher is not None and services.settings.klaviyo_catalog == "api"
