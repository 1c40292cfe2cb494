"""Stages one and two: what arrives over HTTP or from a re-read becomes readings, and the ledger keeps them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
import numpy.typing as npt

from gateway import metrics
from gateway.doubts.catalogue import look_at_products
from gateway.doubts.jumps import look_at_columns, look_for_jumps, raise_jumps
from gateway.pipeline.authority import applied
from gateway.pipeline.destinations import ITEMS, VARIANTS
from gateway.services import Services
from gateway.store import Outcome, ReadingColumns
from gateway.store.movements import Hint
from integrations.ports import Delivery
from policies.columns import NULL, STAMP_SHIFT, from_us, to_us
from policies.values import STATES, LocationFacts, ProductFacts, Reading

AHEAD = timedelta(minutes=5)
LARGEST_UNITS = 10_000_000
BEYOND = LARGEST_UNITS + 1
"""What a figure that no stock can have is kept as."""
WORDS = ("accepted", "unchanged", "superseded", "set_aside")
"""What becomes of a reading: an `Outcome` of the ledger by its number, or a doubt."""


@dataclass(frozen=True, slots=True)
class ReadingsResult:
    """What became of each reading, in order."""

    outcomes: tuple[str, ...]


def accept_readings(services: Services, readings: Sequence[Reading], at: datetime) -> ReadingsResult:
    """Record readings; absurd and future ones are set aside as doubts and stop nobody."""
    doubts = [why_set_aside(reading, at) for reading in readings]
    good = [reading for reading, why in zip(readings, doubts, strict=True) if why is None]
    jumps = look_for_jumps(services, good)
    policy = services.policies.current()
    recorded = services.store.ledger.record(good, at=at, renewals_matter=bool(policy and policy.uses_freshness))
    raise_jumps(services, [jump for jump in jumps if recorded[jump.reading] == Outcome.ACCEPTED], at)
    rest = iter(recorded)
    outcomes = tuple("set_aside" if why else WORDS[next(rest)] for why in doubts)
    for reading, why in zip(readings, doubts, strict=True):
        if why:
            _doubt(services, reading, why, at)
    _heard(services, readings, outcomes, at)
    services.store.wake.ring()
    return ReadingsResult(outcomes)


def accept_columns(services: Services, source: str, columns: ReadingColumns, at: datetime) -> npt.NDArray[np.int8]:
    """Record one source's readings by the thousand; return for each an index into WORDS.

    Figures beyond what an i32 holds must have been brought down to it: they are as absurd there.
    """
    figures = columns.quantities.astype(np.int64)
    absurd = ((np.abs(figures) > LARGEST_UNITS) & (figures > NULL)).any(axis=1)
    ahead = (columns.stamps >> np.uint64(STAMP_SHIFT)).astype(np.int64) > to_us(at + AHEAD)
    doubted = absurd | ahead
    outcomes = np.full(len(doubted), WORDS.index("set_aside"), np.int8)
    good = columns if not doubted.any() else columns.only(~doubted)
    policy = services.policies.current()
    matter = bool(policy and policy.uses_freshness)
    jumps = look_at_columns(services, good)
    recorded = services.store.ledger.record_columns(good, at=at, renewals_matter=matter)
    raise_jumps(services, [jump for jump in jumps if recorded[jump.reading] == Outcome.ACCEPTED], at)
    outcomes[~doubted] = recorded
    for index in np.flatnonzero(doubted).tolist():
        location = services.store.ledger.slots()[int(columns.slots[index])].location
        observed_at = from_us(int(columns.stamps[index]) >> STAMP_SHIFT)
        told = dict(zip(columns.states, figures[index].tolist(), strict=True))
        seen = {state: figure for state, figure in told.items() if figure > NULL}
        why = _ahead(source) if ahead[index] else _absurd(source, seen) or ""
        _doubt(services, Reading(source, columns.variants[index], location, seen, observed_at), why, at)
    counts = dict(zip(WORDS, np.bincount(outcomes, minlength=len(WORDS)).tolist(), strict=True))
    newest = (good.stamps >> np.uint64(STAMP_SHIFT)).max(initial=0)
    _counted(services, source, from_us(int(newest)) if newest else None, counts, at)
    services.store.wake.ring()
    return outcomes


def why_set_aside(reading: Reading, at: datetime) -> str | None:
    """Say why a reading is not to be believed, if it is not."""
    if reading.observed_at > at + AHEAD:
        return _ahead(reading.source)
    return _absurd(reading.source, reading.quantities)


def _ahead(source: str) -> str:
    return f"{source} dates this reading more than 5 minutes ahead."


def _absurd(source: str, quantities: Mapping[str, int | None]) -> str | None:
    for state in STATES:
        figure = quantities.get(state)
        if figure is not None and abs(figure) > LARGEST_UNITS:
            return f"{source} says {figure} units of {state}: absurd."
    return None


def _doubt(services: Services, reading: Reading, why: str, at: datetime) -> None:
    """Set a reading aside whole, so that a person may still take it."""
    figures = {
        state: None if figure is None else max(-BEYOND, min(figure, BEYOND))
        for state, figure in reading.quantities.items()
    }
    facts = {
        "source": reading.source,
        "variant": reading.variant,
        "location": reading.location,
        "quantities": figures,
        "observed_at": reading.observed_at.isoformat(),
    }
    key = f"{reading.source}/{reading.location}/{reading.variant}"
    services.store.doubts.raise_("reading", key, why, facts, at)


def accept_delivery(services: Services, source: str, delivery: Delivery, at: datetime) -> bool:
    """Mark what a source's webhook says must be read again; tell whether the delivery is new."""
    store = services.store
    if delivery.products:
        store.rereads(f"{source}.products").mark(delivery.products, at)
    if delivery.locations:
        store.tasks.mark([f"{source}.locations"], at)
    if delivery.transfers:
        store.rereads(f"{source}.transfers").mark(delivery.transfers, at)
    if delivery.movement:
        store.tasks.mark([f"{source}.transfers"], at)
    if delivery.access:
        store.tasks.mark([f"{source}.check"], at)
    if delivery.bulk_finished:
        store.tasks.mark([f"{source}.full_load"], at)
    new = store.deliveries.accept(delivery.id, source, delivery.items, at)
    if new and delivery.restocked:
        hints = [(one.variant, one.location, Hint(one.cause, one.units)) for one in delivery.restocked]
        store.movements.hint(source, hints)
    store.wake.ring()
    return new


def accept_products(services: Services, source: str, products: Sequence[ProductFacts], at: datetime) -> None:
    """Keep catalogue facts of whom the policy lets tell them; their variants are due, and copies are compared again."""
    products = applied(services, source, products, at)
    services.store.catalog.put_products(products, at=at)
    look_at_products(services, source, products, at)
    services.store.outbox.put(ITEMS, [product.id for product in products], 2, at)
    services.store.outbox.put(VARIANTS, [variant.id for product in products for variant in product.variants], 2, at)
    services.store.sources.heard(source, at, None)
    services.store.wake.ring()


def accept_locations(services: Services, facts: Sequence[LocationFacts], at: datetime) -> None:
    """Keep location facts; when one moved, everything is decided anew."""
    if services.store.catalog.put_locations(facts, at=at):
        services.store.tasks.mark(["redecide"], at)
    services.store.wake.ring()


def _heard(services: Services, readings: Sequence[Reading], outcomes: Sequence[str], at: datetime) -> None:
    for source in {reading.source for reading in readings}:
        mine = [(r, o) for r, o in zip(readings, outcomes, strict=True) if r.source == source]
        believed = [r.observed_at for r, o in mine if o != "set_aside"]
        _counted(services, source, max(believed, default=None), Counter(outcome for _, outcome in mine), at)


def _counted(services: Services, source: str, newest: datetime | None, counts: Mapping[str, int], at: datetime) -> None:
    for word, count in counts.items():
        metrics.READINGS.labels(word).inc(count)
    services.store.sources.heard(
        source, at, newest, accepted=counts.get("accepted", 0), unchanged=counts.get("unchanged", 0)
    )
