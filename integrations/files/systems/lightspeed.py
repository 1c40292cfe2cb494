"""Lightspeed X-Series: one figure per product and outlet, taken as available; it may be negative.

Facts: X-Series inventory records as connectors quote them; X-Series support, negative inventory warning, 2026-11.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from integrations.files.rows import StockRow
from integrations.files.systems.payloads import figure_of, have_keys, no_object, records_in, text_of

FIGURES: Final = ("current_inventory_level", "inventory_level", "current_amount")
PLACES: Final = ("location_id", "outlet_id")
ENVELOPES: Final = ("data", "inventory", "inventory_levels")


def fits(payload: Any) -> bool:
    """Recognise the records by product, place and figure."""
    records = records_in(payload, *ENVELOPES)
    return any(have_keys(records, "product_id", place, figure) for place in PLACES for figure in FIGURES)


def rows(payload: Any) -> Iterator[StockRow]:
    """Read each record; one that was deleted is a level withdrawn."""
    for line, record in enumerate(records_in(payload, *ENVELOPES), start=1):
        if not isinstance(record, Mapping):
            yield no_object(line)
            continue
        row = StockRow(line, {"variant": text_of(record.get("product_id"))})
        row.value["location"] = next((text_of(record[key]) for key in PLACES if key in record), None)
        told = next((record[key] for key in FIGURES if key in record), None)
        row.value["quantities"] = {"available": figure_of(told, "quantities.available", row)}
        if record.get("deleted_at"):
            row.value["active"] = False
        yield row
