"""What a comparison reads, into catalogue and ledger in batches; counts what had escaped the live feed."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Final, TypeVar

from gateway.pipeline.read import accept_products, accept_readings
from gateway.pipeline.reread import mark_counted_anew, readings_of
from gateway.services import Services
from integrations.ports import ItemLevel
from policies.values import ProductFacts

T = TypeVar("T")
LEVELS_AT_ONCE: Final = 1000
PRODUCTS_AT_ONCE: Final = 100
LIVE_WITHIN: Final = timedelta(minutes=2)
"""The time a change is given to arrive by itself, before a comparison that brings it counts it as missed."""


@dataclass(slots=True)
class Merged:
    """What became of the levels read."""

    seen: int = 0
    corrected: int = 0
    set_aside: set[tuple[str, str]] = field(default_factory=set)  # variant and location of what was not believed


def merge_products(
    services: Services, source: str, products: Iterator[ProductFacts], told: Callable[[int], None]
) -> None:
    """Keep the products that differ from what is known; `told` hears how many were read."""
    done = 0
    for batch in batches(products, PRODUCTS_AT_ONCE):
        known = services.store.catalog.products([(source, product.id) for product in batch])
        if changed := [product for product in batch if known.get(product.id) != product]:
            accept_products(services, source, changed, services.now())
            before = {product.id: known[product.id] for product in changed if product.id in known}
            mark_counted_anew(services, source, before, services.now())
        done += len(batch)
        told(done)


def merge_levels(services: Services, source: str, levels: Iterator[ItemLevel], told: Callable[[int], None]) -> Merged:
    """Record levels, a thousand at a time; `told` hears how many were read."""
    merged = Merged()
    for batch in batches(levels, LEVELS_AT_ONCE):
        merged.seen += len(batch)
        pairs = list(readings_of(services, source, batch))
        outcomes = accept_readings(services, [reading for _, reading in pairs], services.now()).outcomes
        missed: set[tuple[str, str]] = set()
        for (level, reading), outcome in zip(pairs, outcomes, strict=True):
            if outcome == "accepted" and _had_its_time(level):
                missed.add((level.item, level.location))
            elif outcome == "set_aside":
                merged.set_aside.add((reading.variant, reading.location))
        merged.corrected += len(missed)
        told(merged.seen)
    return merged


def batches(values: Iterable[T], size: int) -> Iterator[list[T]]:
    """Cut a stream into lists."""
    rest = iter(values)
    while batch := list(islice(rest, size)):
        yield batch


def _had_its_time(level: ItemLevel) -> bool:
    return level.changed_at is not None and level.changed_at < level.observed_at - LIVE_WITHIN


def progress_of(services: Services, task: str, total: int | None = None) -> Callable[[int], None]:
    """Return what tells people how far a task is."""

    def told(done: int) -> None:
        services.store.tasks.progress(task, done, total, services.now())

    return told


def told_by(services: Services, source: str, merged: Merged, at: datetime) -> None:
    """Add to the source's counts how many levels were compared and how many of them had escaped the live feed."""
    services.store.sources.heard(source, at, None, reconciled=merged.seen, corrected=merged.corrected)
