"""Stages one and two: what arrives over HTTP or from a re-read becomes readings, and the ledger keeps them."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway import metrics
from gateway.pipeline.destinations import ITEMS, VARIANTS
from gateway.services import Services
from gateway.store import Outcome
from integrations.ports import Delivery
from policies.values import LocationFacts, ProductFacts, Reading

AHEAD = timedelta(minutes=5)
LARGEST_UNITS = 10_000_000
WORDS = {Outcome.ACCEPTED: "accepted", Outcome.UNCHANGED: "unchanged", Outcome.SUPERSEDED: "superseded"}


@dataclass(frozen=True, slots=True)
class ReadingsResult:
    """What became of each reading, in order."""

    outcomes: tuple[str, ...]


def accept_readings(services: Services, readings: Sequence[Reading], at: datetime) -> ReadingsResult:
    """Record readings; absurd and future ones are set aside as doubts and stop nobody."""
    doubts = [why_set_aside(reading, at) for reading in readings]
    good = [reading for reading, why in zip(readings, doubts, strict=True) if why is None]
    policy = services.policies.current()
    recorded = iter(services.store.ledger.record(good, at=at, renewals_matter=bool(policy and policy.uses_freshness)))
    outcomes = tuple("set_aside" if why else WORDS[next(recorded)] for why in doubts)
    for reading, why in zip(readings, doubts, strict=True):
        if why:
            key = f"{reading.source}/{reading.location}/{reading.variant}"
            services.store.doubts.raise_("reading", key, why, {"variant": reading.variant}, at)
    for word, count in Counter(outcomes).items():
        metrics.READINGS.labels(word).inc(count)
    _heard(services, readings, outcomes, at)
    services.store.wake.ring()
    return ReadingsResult(outcomes)


def why_set_aside(reading: Reading, at: datetime) -> str | None:
    """Say why a reading is not to be believed, if it is not."""
    if reading.observed_at > at + AHEAD:
        return f"{reading.source} dates this reading more than 5 minutes ahead."
    for state, figure in reading.quantities.items():
        if figure is not None and abs(figure) > LARGEST_UNITS:
            return f"{reading.source} says {figure} units of {state}: absurd."
    return None


def accept_delivery(services: Services, source: str, delivery: Delivery, at: datetime) -> bool:
    """Mark what a source's webhook says must be read again; tell whether the delivery is new."""
    store = services.store
    if delivery.products:
        store.rereads(f"{source}.products").mark(delivery.products, at)
    if delivery.locations:
        store.tasks.mark([f"{source}.locations"], at)
    new = store.deliveries.accept(delivery.id, source, delivery.items, at)
    store.wake.ring()
    return new


def accept_products(services: Services, source: str, products: Sequence[ProductFacts], at: datetime) -> None:
    """Keep catalogue facts; their variants are due, and Klaviyo's copies are compared again."""
    services.store.catalog.put_products(products, at=at)
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
        counts = Counter(outcome for _, outcome in mine)
        services.store.sources.heard(
            source, at, max(believed, default=None), accepted=counts["accepted"], unchanged=counts["unchanged"]
        )
