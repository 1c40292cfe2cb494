"""The reference shop: 20,000 variants at 50 locations, its catalogue kept, its levels loaded, everything decided."""

import atexit
import functools
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import numpy as np
import numpy.typing as npt

from gateway.embedded.server import embedded_server
from gateway.pipeline.decide import decide_due
from gateway.services import Services
from gateway.store import ReadingColumns
from policies.columns import LEVEL_EXISTS, LEVEL_READ, STAMP_SHIFT, to_us
from policies.values import CAUSES, ProductFacts, Reading, VariantFacts
from tests.bench.ground import Ground, default_policy, location_name, publish

Ints = npt.NDArray[np.int64]
Slots = npt.NDArray[np.int32]
NOON = datetime(2025, 11, 25, 12, tzinfo=UTC)
VARIANTS, LOCATIONS = 20_000, 50
SOURCE = "shopify"
PER_PRODUCT = 4
CALL_LEVELS = 50_000


@dataclass(frozen=True, slots=True)
class Size:
    """How large a shop is."""

    variants: int = VARIANTS
    locations: int = LOCATIONS

    @property
    def levels(self) -> int:
        """Levels it has: every variant everywhere."""
        return self.variants * self.locations


def variant_name(number: int) -> str:
    """Name a variant as Shopify would."""
    return str(40_000_000_000_000 + number)


@functools.cache
def filled() -> Path:
    """Fill a server with the reference shop once per run and stop it; return its folder, to be copied."""
    folder = Path(tempfile.mkdtemp(prefix="bench-shop-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    with embedded_server(folder) as url:
        services = Ground(url, folder).services()
        fill(services, Size())
        services.store.close()
    return folder


def fill(services: Services, size: Size, *, catalogue: bool = True, decided: bool = True, more: int = 0) -> None:
    """Publish the default policy, keep the catalogue, load levels of (variant x location) mod 10 and `more`, decide."""
    publish(services, default_policy(size.locations), NOON)
    if catalogue:
        put_catalog(services, size)
    load_levels(services, size, more=more)
    if decided:
        decide_all(services, NOON)


def product_of(number: int) -> str:
    """Name the product that a variant belongs to."""
    return str(8_000_000_000_000 + number // PER_PRODUCT)


def put_catalog(services: Services, size: Size) -> None:
    """Keep products of four variants each."""
    products = [
        ProductFacts(
            id=product_of(first),
            source=SOURCE,
            title=f"Product {first // PER_PRODUCT}",
            url=f"https://shop.example/products/{first // PER_PRODUCT}",
            description="A thing that is sold in four sizes.",
            tags=("summer",) if first % 7 else ("sneakers", "sale"),
            published=True,
            variants=tuple(
                VariantFacts(id=variant_name(n), sku=f"SKU-{n}", title=f"Size {n % PER_PRODUCT}", tracked=True)
                for n in range(first, min(first + PER_PRODUCT, size.variants))
            ),
        )
        for first in range(0, size.variants, PER_PRODUCT)
    ]
    for start in range(0, len(products), 250):
        services.store.catalog.put_products(products[start : start + 250], at=NOON)


def load_levels(services: Services, size: Size, *, more: int = 0) -> None:
    """Load every level by columns, variant by variant."""
    slots = np.array([services.store.ledger.slot(SOURCE, location_name(n)) for n in range(size.locations)], np.int32)
    step = max(1, CALL_LEVELS // size.locations)
    for first in range(0, size.variants, step):
        numbers = np.arange(first, min(first + step, size.variants))
        columns = dense(numbers, slots, NOON)
        columns.quantities[:] += more
        services.store.ledger.record_columns(columns, at=NOON)


def dense(numbers: Ints, slots: Slots, at: datetime) -> ReadingColumns:
    """Readings of some variants at every location."""
    quantities = (numbers[:, None] * np.arange(len(slots))[None, :]) % 10
    count = quantities.size
    return ReadingColumns(
        variants=[name for n in numbers.tolist() for name in [variant_name(n)] * len(slots)],
        slots=np.tile(slots, len(numbers)),
        states=("available",),
        stamps=np.full(count, to_us(at) << STAMP_SHIFT | LEVEL_EXISTS | LEVEL_READ, np.uint64),
        quantities=quantities.reshape(count, 1).astype(np.int32),
        causes=np.full(count, CAUSES.index("unknown"), np.uint8),
    )


def decide_all(services: Services, at: datetime) -> int:
    """Decide until nothing is due; return how many variants were."""
    decided = 0
    while count := decide_due(services, at):
        decided += count
    return decided


def changes(count: int, size: Size, seed: int, at: datetime) -> list[Reading]:
    """Random changes: any variant at any location, a quantity below 200, each a microsecond after the one before."""
    random = Random(seed)
    return [
        Reading(
            source=SOURCE,
            variant=variant_name(random.randrange(size.variants)),
            location=location_name(random.randrange(size.locations)),
            quantities={"available": random.randrange(200)},
            observed_at=at + timedelta(microseconds=n),
        )
        for n in range(count)
    ]


def batches(readings: Sequence[Reading], size: int) -> list[Sequence[Reading]]:
    """Cut readings into calls."""
    return [readings[start : start + size] for start in range(0, len(readings), size)]
