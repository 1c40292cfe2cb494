"""NetSuite: one record per item and location, of SuiteQL (`inventoryitemlocations`) or of SOAP `getItemAvailability`.

Facts: Oracle NetSuite help, getItemAvailability (section_N3498308, article_0815092044), 2026-11.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from integrations.files.rows import StockRow
from integrations.files.systems.payloads import figure_of, no_object, records_in, text_of

STATES: Final = {
    "quantityonhand": "on_hand",
    "quantityavailable": "available",
    "quantitycommitted": "committed",
    "quantityonorder": "on_order",
    "quantitybackordered": "backordered",
}
"""`preferredStockLevel` is a target and `onHandValueMli` money: neither is stock."""
ENVELOPES: Final = ("items", "itemAvailability", "itemAvailabilityList")


def fits(payload: Any) -> bool:
    """Recognise either form by its quantities."""
    records = records_in(payload, *ENVELOPES)
    if not records or not isinstance(records[0], Mapping):
        return False
    keys = {str(key).lower() for key in records[0]}
    return "item" in keys and bool({"location", "locationid"} & keys)


def rows(payload: Any) -> Iterator[StockRow]:
    """Read each record. A location without stock comes as an id without figures: unknown, not 0."""
    for line, record in enumerate(records_in(payload, *ENVELOPES), start=1):
        if not isinstance(record, Mapping):
            yield no_object(line)
            continue
        told = {str(key).lower(): value for key, value in record.items()}
        row = StockRow(line, {"variant": _id(told.get("item"))})
        row.value["location"] = _id(told.get("location", told.get("locationid")))
        quantities = {
            ours: figure_of(told[key], f"quantities.{ours}", row) for key, ours in STATES.items() if key in told
        }
        row.value["quantities"] = quantities or {"available": None}
        yield row


def _id(value: Any) -> str | None:
    """Read an internal id, plain or as the record reference that SOAP gives."""
    if isinstance(value, Mapping):
        value = value.get("internalId")
    return text_of(value)
