"""Cin7 Core: one record per SKU, location, bin and batch, added up to one row per SKU and location.

Facts: `GET /ref/productavailability` as public clients read it, 2026-11. `StockOnHand` is a value in money.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from integrations.files.figures import mangled
from integrations.files.rows import StockRow
from integrations.files.systems.payloads import figure_of, have_keys, no_object, records_in, text_of

STATES: Final = {
    "OnHand": "on_hand",
    "Available": "available",
    "Allocated": "committed",
    "InTransit": "incoming",
    "OnOrder": "on_order",
}
ENVELOPES: Final = ("ProductAvailabilityList", "ProductAvailability")


def fits(payload: Any) -> bool:
    """Recognise the records by SKU, location and figures."""
    return have_keys(records_in(payload, *ENVELOPES), "SKU", "Location", "OnHand", "Available")


def rows(payload: Any) -> Iterator[StockRow]:
    """Add up bins and batches; a null in one of them makes the sum unknown. Locations are told by name."""
    summed: dict[tuple[str, str], StockRow] = {}
    for line, record in enumerate(records_in(payload, *ENVELOPES), start=1):
        if not isinstance(record, Mapping):
            yield no_object(line)
            continue
        sku, place = text_of(record.get("SKU")), text_of(record.get("Location"))
        key = (sku or f"?{line}", place or f"?{line}")
        row = summed.setdefault(key, StockRow(line, {"sku": sku, "quantities": {}}, location_name=place or ""))
        if sku and not row.problems and (sentence := mangled(sku)):
            row.problems.append(("SKU", sentence))
        _add(row, record)
    yield from summed.values()


def _add(row: StockRow, record: Mapping[str, Any]) -> None:
    quantities = row.value["quantities"]
    for theirs, ours in STATES.items():
        if theirs in record:
            figure = figure_of(record[theirs], f"quantities.{ours}", row)
            earlier = quantities.get(ours, 0)
            quantities[ours] = None if figure is None or earlier is None else earlier + figure
