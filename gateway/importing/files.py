"""`gateway import`: catalogues first, then stock, every file by itself; one that is refused stops no other."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from gateway.importing.catalogue import take_products
from gateway.importing.known import Known
from gateway.importing.places import Places
from gateway.importing.proposal import proposal
from gateway.importing.report import FileReport
from gateway.importing.stock import RowReader, StockFile, take_stock
from gateway.pipeline.read import AHEAD
from gateway.services import Services
from integrations.files import SHOPIFY, FileRefused, OpenFile, StockRow, open_file

Progress = Callable[[Path, int, int], None]
"""Told after every batch: the file, bytes read, bytes in all."""


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be imported, and how."""

    files: Sequence[Path]
    read_row: RowReader
    source: str | None = None  # for files that do not name one
    as_of: datetime | None = None  # None: each file's own time
    progress: Progress = lambda *_: None


@dataclass(slots=True)
class Result:
    """What became of every file, and the locations that were met by name."""

    files: list[FileReport] = field(default_factory=list)
    locations: dict[str, str] = field(default_factory=dict)  # name -> id
    mapped: frozenset[str] = frozenset()  # ids that the policy in force knows already
    has_policy: bool = False
    source: str = SHOPIFY

    @property
    def clean(self) -> bool:
        """Whether every row of every file was taken."""
        return all(report.clean for report in self.files)

    def location_map(self) -> str | None:
        """Propose a map of the locations that the policy lacks; None when there are none."""
        lacking = {name: id_ for name, id_ in self.locations.items() if id_ not in self.mapped}
        return proposal(lacking, self.source) if lacking else None

    def as_json(self) -> dict[str, Any]:
        """Describe everything in one object."""
        files = [report.as_json() for report in self.files]
        return {"files": files, "locations": self.locations, "proposed_locations": self.location_map()}


def import_files(services: Services | None, order: Order, at: datetime) -> Result:
    """Import files; without services they are only looked at, and nothing is kept."""
    run = _Run(services, order, at, Result([FileReport(str(path)) for path in order.files]))
    for products in (True, False):
        for path, report in zip(order.files, run.result.files, strict=True):
            if report.refused is None and report.kind is None:
                run.take(path, report, products)
    policy = services.policies.current() if services else None
    run.result.mapped, run.result.has_policy = (
        frozenset(policy.document.locations if policy else ()),
        policy is not None,
    )
    return run.result


@dataclass(frozen=True, slots=True)
class _Run:
    services: Services | None
    order: Order
    at: datetime
    result: Result

    def take(self, path: Path, report: FileReport, products: bool) -> None:
        """Take one file if it is a catalogue, or if it is stock, as asked."""
        try:
            with open_file(path) as opened:
                if products != (opened.products is not None):
                    return
                report.kind, report.source = opened.kind, self.order.source or opened.source
                for remark in opened.remarks:
                    report.remarks.add(0, "", remark)
                told = partial(self._told, path, opened)
                if opened.products is not None:
                    take_products(self.services, opened.products(report.source or SHOPIFY), report, self.at, told)
                elif opened.stock is not None:
                    self._take_stock(opened.stock(), report, self._as_of(path, opened, report), told)
        except FileRefused as error:
            report.refused = str(error)

    def _take_stock(
        self, rows: Iterator[StockRow], report: FileReport, as_of: datetime | None, told: Callable[[], None]
    ) -> None:
        known = Known(self.services)
        places = Places(report.source or SHOPIFY, known.locations())
        file = StockFile(report.source, as_of, places, known, self.order.read_row, self.services)
        try:
            take_stock(rows, file, report, self.at, told)
        finally:
            if places.met:
                self.result.locations |= places.met
                self.result.source = places.source

    def _as_of(self, path: Path, opened: OpenFile, report: FileReport) -> datetime | None:
        as_of = self.order.as_of
        if as_of is None and opened.source is not None:
            as_of = datetime.fromtimestamp(path.stat().st_mtime, UTC)
            taken = (
                f"Its rows tell no time; the file's own, {as_of:%Y-%m-%d %H:%M} UTC, was taken (--as-of sets another)."
            )
            report.remarks.add(0, "", taken)
        if as_of is not None and as_of > self.at + AHEAD:
            raise FileRefused("The file is dated ahead of now. Give the time of the export with --as-of.")
        report.as_of = None if as_of is None else as_of.isoformat().replace("+00:00", "Z")
        return as_of

    def _told(self, path: Path, opened: OpenFile) -> None:
        self.order.progress(path, opened.position(), opened.size_bytes)
