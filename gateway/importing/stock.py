"""Stock rows of a file into readings: sources, times, places and variants are filled in, a thousand rows at a time."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from gateway.importing.batches import batches
from gateway.importing.known import Known, why_no_variant
from gateway.importing.places import Places, UnclearPlace
from gateway.importing.report import CHECKED, FileReport
from gateway.pipeline.read import accept_locations, accept_readings, why_set_aside
from gateway.services import Services
from integrations.files import StockRow
from policies.values import Reading

BATCH = 1000


class ReadRow(Protocol):
    """A row as the readings' own parser leaves it."""

    problems: list[tuple[str, str]]

    def reading(self) -> Reading:
        """Make the reading, where there is no problem."""


RowReader = Callable[[Any, str | None], ReadRow]
"""The parser of `POST /readings`, handed in by the edge: there is one judge of what a row may say."""


@dataclass(frozen=True, slots=True)
class StockFile:
    """What holds for all rows of one file."""

    source: str | None  # None: every row says it itself
    as_of: datetime | None  # None: every row says it itself
    places: Places
    known: Known
    read_row: RowReader
    services: Services | None  # None: only look


def take_stock(
    rows: Iterable[StockRow], file: StockFile, report: FileReport, at: datetime, told: Callable[[], None]
) -> None:
    """Record rows and count each of them once; `told` is called after every batch."""
    for batch in batches(rows, BATCH):
        for row in batch:
            _fill(row, file)
        if file.services is not None and (new := file.places.take_new()):
            accept_locations(file.services, new, at)  # first: an id that was given must be found again by its name
        _find_variants(batch, file, report)
        _name_repetitions(batch, report)
        _record(batch, file, report, at)
        told()


def _fill(row: StockRow, file: StockFile) -> None:
    if not row.value and row.problems:
        return
    if file.source is not None and row.value.get("source") is None:
        row.value["source"] = file.source
    if file.as_of is not None and row.value.get("observed_at") is None:
        row.value["observed_at"] = file.as_of.isoformat()
    if row.location_name is not None:
        try:
            row.value["location"] = file.places.id_of(row.location_name)
        except UnclearPlace as error:
            row.problems.append(("location", str(error)))


def _find_variants(batch: Sequence[StockRow], file: StockFile, report: FileReport) -> None:
    """Put a variant in every row: the one it names, else the one that carries its SKU."""
    open_rows = [row for row in batch if not row.problems]
    named = [variant for row in open_rows if isinstance(variant := row.value.get("variant"), str)]
    catalogued = file.known.catalogued(named)
    by_sku = file.known.by_skus([sku for row in open_rows if (sku := _sku(row)) and not _is_known(row, catalogued)])
    for row in open_rows:
        sku = _sku(row)
        if sku is None or _is_known(row, catalogued):
            continue
        variants = by_sku.get(sku, ())
        if len(variants) == 1:
            row.value.pop("sku", None)
            row.value["variant"] = variants[0]
        elif variants or (file.services is not None and row.value.get("variant") is None):
            row.problems.append(("sku", why_no_variant(variants)))
    if file.services is not None:
        unheard = set(named) - catalogued
        placed = [row.value.get("variant") for row in open_rows if not row.problems]
        report.uncatalogued += sum(1 for variant in placed if isinstance(variant, str) and variant in unheard)


def _sku(row: StockRow) -> str | None:
    sku = row.sku if row.sku is not None else row.value.get("sku")
    return sku.strip() if isinstance(sku, str) and sku.strip() else None


def _is_known(row: StockRow, catalogued: set[str]) -> bool:
    variant = row.value.get("variant")
    return isinstance(variant, str) and (variant in catalogued or row.sku is None)


def _name_repetitions(batch: Sequence[StockRow], report: FileReport) -> None:
    """Say which rows tell a level again; the ledger takes the smaller figure of two at one time."""
    first: dict[tuple[Any, ...], int] = {}
    for row in batch:
        if not row.problems:
            key = tuple(str(row.value.get(name)) for name in ("source", "variant", "sku", "location", "observed_at"))
            if key in first:
                report.remarks.add(
                    row.line, "", f"Tells the same level as line {first[key]}; the smaller figure counts."
                )
            first.setdefault(key, row.line)


def _record(batch: Sequence[StockRow], file: StockFile, report: FileReport, at: datetime) -> None:
    readings: list[Reading] = []
    for row in batch:
        for path, message in row.remarks:
            report.remarks.add(row.line, path, message)
        read = None if row.problems else file.read_row(row.value, None)
        if problems := row.problems if read is None else read.problems:
            report.counts["rejected"] += 1
            for path, message in problems:
                report.problems.add(row.line, path, message)
        elif read is not None:
            readings.append(read.reading())
            _name_doubt(row, readings[-1], report, at)
    if file.services is None:
        report.counts["set_aside"] += sum(1 for one in readings if why_set_aside(one, at))
        report.counts[CHECKED] += sum(1 for one in readings if not why_set_aside(one, at))
        return
    told = _without_empty_places(readings, file.known, report)
    if told:
        report.counts.update(accept_readings(file.services, told, at).outcomes)


def _name_doubt(row: StockRow, reading: Reading, report: FileReport, at: datetime) -> None:
    if why := why_set_aside(reading, at):
        report.problems.add(row.line, "", f"Set aside: {why}")


def _without_empty_places(readings: Sequence[Reading], known: Known, report: FileReport) -> list[Reading]:
    """Leave out what was never stocked anywhere: there is no level to withdraw, and none is made up."""
    withdrawn = [one for one in readings if one.active is False]
    if not withdrawn:
        return list(readings)
    levels: set[tuple[str, str, str]] = set()
    for source in {one.source for one in withdrawn}:
        variants = list(dict.fromkeys(one.variant for one in withdrawn if one.source == source))
        levels |= {(source, *level) for level in known.levels(variants, source)}
    kept = [one for one in readings if one.active is not False or (one.source, one.variant, one.location) in levels]
    report.counts["unchanged"] += len(readings) - len(kept)
    return kept
