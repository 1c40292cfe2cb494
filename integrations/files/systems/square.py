"""Square: one record per item, location and state, folded into one row.

Facts: squareup 46.0.0.20260916, `InventoryCount`; developer.squareup.com, InventoryState, 2026-11.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from integrations.files.rows import StockRow
from integrations.files.systems.payloads import figure_of, have_keys, no_object, records_in, text_of

STATES: Final = {
    "IN_STOCK": "available",
    "SOLD_ONLINE": "committed",
    "RESERVED_FOR_SALE": "held",
    "WASTE": "damaged",
    "RETURNED_BY_CUSTOMER": "quarantined",
    "RECEIVED_FROM_VENDOR": "quarantined",
    "IN_TRANSIT_TO": "incoming",
    "IN_TRANSIT": "incoming",
    "ORDERED_FROM_VENDOR": "on_order",
}
"""Goods that came back or came in are not for sale until someone has looked at them. Other states tell history."""


def fits(payload: Any) -> bool:
    """Recognise `POST /v2/inventory/counts/batch-retrieve`."""
    return have_keys(records_in(payload, "counts"), "catalog_object_id", "state", "location_id", "quantity")


def rows(payload: Any) -> Iterator[StockRow]:
    """Fold the counts; Square tells no SKU, so the variant is its catalogue object.

    A state without a record has never held anything, but a page may end within an item, so it is left out, not 0.
    """
    folded: dict[tuple[str, str], StockRow] = {}
    for line, count in enumerate(records_in(payload, "counts"), start=1):
        if not isinstance(count, Mapping):
            yield no_object(line)
            continue
        item, place = text_of(count.get("catalog_object_id")), text_of(count.get("location_id"))
        state = STATES.get(str(count.get("state")))
        if state is None:
            continue
        key = (item or f"?{line}", place or f"?{line}")
        value: dict[str, Any] = {"variant": item, "location": place, "quantities": {}, "observed_at": None}
        row = folded.setdefault(key, StockRow(line, value))
        _add(row, state, count)
    yield from folded.values()


def _add(row: StockRow, state: str, count: Mapping[str, Any]) -> None:
    figure = figure_of(count.get("quantity"), f"quantities.{state}", row)
    quantities = row.value["quantities"]
    earlier = quantities.get(state, 0)
    quantities[state] = None if figure is None or earlier is None else earlier + figure
    told_at = count.get("calculated_at")
    if isinstance(told_at, str):
        row.value["observed_at"] = max(told_at, row.value["observed_at"] or told_at)
    if count.get("is_estimated") is True:
        row.remarks.append((f"quantities.{state}", "Square says that this is an estimate."))
