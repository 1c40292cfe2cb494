"""Products of a file into the catalogue, two hundred at a time."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime

from gateway.importing.batches import batches
from gateway.importing.report import CHECKED, FileReport
from gateway.pipeline.read import accept_products
from gateway.services import Services
from integrations.files import ProductRows
from policies.values import ProductFacts

BATCH = 200
LONGEST_ID = 300


def take_products(
    services: Services | None,
    products: Iterable[ProductRows],
    report: FileReport,
    at: datetime,
    told: Callable[[], None],
) -> None:
    """Keep every product that is whole; count each of its rows once."""
    word = CHECKED if services is None else "accepted"
    for batch in batches(products, BATCH):
        good = list(_good(batch, report, word))
        if services is not None and good:
            accept_products(services, report.source or good[0].source, good, at)
        report.products += len(good)
        told()


def _good(batch: Iterable[ProductRows], report: FileReport, word: str) -> Iterator[ProductFacts]:
    for read in batch:
        report.pictures += read.skipped
        for line, path, message in read.remarks:
            report.remarks.add(line, path, message)
        problems = read.problems + [(read.line, "Handle", text) for text in _bad_ids(read.product)]
        for line, path, message in problems:
            report.problems.add(line, path, message)
        if problems or read.product is None:
            report.counts["rejected"] += read.rows
        else:
            report.counts[word] += read.rows
            yield read.product


def _bad_ids(product: ProductFacts | None) -> list[str]:
    ids = [] if product is None else [product.id, *(variant.id for variant in product.variants)]
    bad = [one for one in ids if not 0 < len(one) <= LONGEST_ID or not one.isprintable()]
    return [f"{one[:40]!r} is too long or has characters that cannot be printed." for one in bad]
