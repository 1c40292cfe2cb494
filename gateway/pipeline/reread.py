"""Stage one for a source that can be asked: what a webhook marked is read again, and the read state is recorded."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

from gateway.movements.explained import with_causes
from gateway.movements.received import Receiving, wake_for_received
from gateway.movements.transfers import reread_behind
from gateway.pipeline.absent import absent
from gateway.pipeline.read import accept_locations, accept_products, accept_readings
from gateway.services import Services
from gateway.store.rereads import Rereads
from gateway.store.values import Lease
from integrations.errors import IntegrationError
from integrations.ports import ItemLevel, StockSource
from policies.values import ProductFacts, Reading

LEASE_S = 30.0
ITEMS_AT_ONCE = 50
PRODUCTS_AT_ONCE = 20
RETRY_S = 5.0


def reread_items(services: Services, source: StockSource, at: datetime) -> int:
    """Ask the source about marked stock items, and record every variant behind them; return how many were claimed."""
    marked = services.store.rereads(source.name)
    claims = marked.claim(ITEMS_AT_ONCE, at, LEASE_S)
    if not claims:
        return 0
    with _given_back_on_failure(marked, claims, at):
        read = source.levels_of([claim.member for claim in claims])
        told = _told(services, source, read.levels, at)
    lost = _lost(services, source.name, read.complete | read.gone, told, at)
    _mark_counted_otherwise(services, source.name, read.tracked, at)
    accept_readings(services, [*told, *lost], at)
    finished = [claim for claim in claims if claim.member in read.complete or claim.member in read.gone]
    marked.complete(finished)
    marked.retry([claim for claim in claims if claim not in finished], at + timedelta(seconds=RETRY_S))
    wake_for_received(services, source.name, [claim.member for claim in finished], at)
    return len(claims)


def reread_products(services: Services, source: StockSource, at: datetime) -> int:
    """Ask the source about marked products, and keep their facts; return how many were claimed."""
    marked = services.store.rereads(f"{source.name}.products")
    claims = marked.claim(PRODUCTS_AT_ONCE, at, LEASE_S)
    if not claims:
        return 0
    with _given_back_on_failure(marked, claims, at):
        found = source.products_of([claim.member for claim in claims])
    gone = sorted({claim.member for claim in claims} - {product.id for product in found})
    known = services.store.catalog.products(gone)
    withdrawn = [replace(facts, published=False) for facts in known.values()]
    before = services.store.catalog.products([product.id for product in found])
    accept_products(services, source.name, [*found, *withdrawn], at)
    mark_counted_anew(services, source.name, before, at)
    marked.complete(claims)
    return len(claims)


def reread_locations(services: Services, source: StockSource, at: datetime) -> None:
    """Ask the source about its locations."""
    accept_locations(services, source.locations(), at)


def _told(services: Services, source: StockSource, levels: Sequence[ItemLevel], at: datetime) -> list[Reading]:
    """Make readings with their causes; where the policy lets received units wait, their transfers are asked first."""
    told = [reading for _, reading in readings_of(services, source.name, levels)]
    caused = with_causes(services, source.name, told)
    received = Receiving(services, source.name)
    receipts = [one for one in caused if one.cause == "receipt" and received.asked(one.location)]
    if not receipts or not reread_behind(services, source, receipts, at):
        return caused
    again = [reading for _, reading in readings_of(services, source.name, levels)]
    return [replace(reading, cause=one.cause) for reading, one in zip(again, caused, strict=True)]


def mark_counted_anew(services: Services, source: str, before: Mapping[str, ProductFacts], at: datetime) -> None:
    """Want the stock items read again that a source began or ceased to count: what is not counted has no figures.

    The webhook that says so of the item may be lost, and its levels do not change with it.
    """
    now = services.store.catalog.products(list(before))
    was = {one.id: one.tracked for facts in before.values() for one in facts.variants}
    kept = [one for facts in now.values() if facts.source == source for one in facts.variants]
    items = {one.stock_item for one in kept if one.stock_item and was.get(one.id, one.tracked) != one.tracked}
    if items:
        services.store.rereads(source).mark(sorted(items), at)


def _mark_counted_otherwise(services: Services, source: str, tracked: Mapping[str, bool], at: datetime) -> None:
    """Want the products read again whose catalogue facts say otherwise than their items whether they are counted."""
    behind = services.store.catalog.by_item(source, sorted(tracked))
    entries = services.store.catalog.entries(sorted({variant for some in behind.values() for variant in some}))
    found = (
        entry.variant.product
        for item, variants in behind.items()
        for variant in variants
        if (entry := entries.get(variant)) and entry.source == source
        if entry.variant.tracked not in (None, tracked[item])
    )
    if products := sorted({product for product in found if product}):
        services.store.rereads(f"{source}.products").mark(products, at)


def _lost(
    services: Services, source: str, items: AbstractSet[str], told: Sequence[Reading], at: datetime
) -> list[Reading]:
    """Say of levels that items had and have no more that nothing is known of them: never 0, never the old figure."""
    behind = services.store.catalog.by_item(source, sorted(items))
    variants = sorted({variant for some in behind.values() for variant in some})
    rows, slots = services.store.ledger.read(variants), services.store.ledger.slots()
    seen = {(reading.variant, reading.location) for reading in told}
    return list(absent(rows, slots, source, at, seen))


@contextmanager
def _given_back_on_failure(marked: Rereads, claims: Sequence[Lease], at: datetime) -> Iterator[None]:
    """Give claims back when the source fails, to be tried when it says, or soon."""
    try:
        yield
    except IntegrationError as error:
        wait_s = getattr(error, "retry_after_s", None) or RETRY_S
        marked.retry(claims, at + timedelta(seconds=wait_s))
        raise


def readings_of(services: Services, source: str, levels: Sequence[ItemLevel]) -> Iterator[tuple[ItemLevel, Reading]]:
    """Give each variant behind a stock item the item's levels: several variants may share one."""
    behind = services.store.catalog.by_item(source, list(dict.fromkeys(level.item for level in levels)))
    received = Receiving(services, source)
    for level in levels:
        for variant in behind.get(level.item, ()):
            told = Reading(source, variant, level.location, level.quantities, level.observed_at, level.active)
            yield level, received.of(level.item, told)
