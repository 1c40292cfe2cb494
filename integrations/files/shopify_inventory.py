"""Shopify's inventory export in both its forms: a row per variant and location, or a column per location.

Facts: Shopify Help, "Exporting or importing inventory with a CSV file", 2026.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from integrations.files.figures import NoFigure, read_figure
from integrations.files.rows import StockRow
from integrations.files.shopify_names import NOT_STOCKED, OPTIONS, sku_of, variant_id

STATES: Final = {"Available": "available", "On hand": "on_hand", "Committed": "committed", "Incoming": "incoming"}
"""`Unavailable` is one figure for several states: what it takes away is already taken from `Available`."""
IDENTIFYING: Final = frozenset(
    ["Handle", "Title", "SKU", "Barcode", "HS Code", "COO", "Bin name", "Location"]
    + [f"Option{n} {word}" for n in (1, 2, 3) for word in ("Name", "Value")]
)

READ: Final = frozenset([*STATES, *OPTIONS, "Handle", "SKU", "Location", "Unavailable"])


def long_rows(line: int, told: Mapping[str, str]) -> Iterator[StockRow]:
    """Read one variant at one location."""
    row = _row(line, told)
    name = told.get("Location", "").strip()
    if not name:
        row.problems.append(("Location", "Names no location."))
    row.location_name = name
    cells = {column: told[column] for column in STATES if column in told}
    if any(cell.strip().lower() == NOT_STOCKED for cell in cells.values()):
        _not_stocked(row)
    else:
        row.value["quantities"] = {STATES[column]: _figure(cell, column, row) for column, cell in cells.items()}
        _compare(row, told)
    yield row


def wide_rows(line: int, told: Mapping[str, str], locations: Sequence[str]) -> Iterator[StockRow]:
    """Read one variant at every location; each cell is a row of its own."""
    for name in locations:
        row = _row(line, told)
        row.location_name = name
        if told[name].strip().lower() == NOT_STOCKED:
            _not_stocked(row)
        else:
            row.value["quantities"] = {"available": _figure(told[name], name, row)}
        yield row


def location_columns(columns: Sequence[str]) -> list[str]:
    """Return the columns of a wide file that are named by a location."""
    return [name for name in columns if name and name not in IDENTIFYING]


def _row(line: int, told: Mapping[str, str]) -> StockRow:
    sku, problem = sku_of(told, "SKU")
    row = StockRow(line, {"variant": variant_id(told)}, sku=sku)
    if problem:
        row.problems.append(("SKU", problem))
    if not told.get("Handle", "").strip():
        row.problems.append(("Handle", "Names no product."))
    return row


def _not_stocked(row: StockRow) -> None:
    row.value["active"] = False
    row.value["quantities"] = {"available": None}


def _figure(cell: str, column: str, row: StockRow) -> int | None:
    try:
        figure, remark = read_figure(cell, dot_is_decimal=False)
    except NoFigure as error:
        row.problems.append((column, str(error)))
        return None
    if remark:
        row.remarks.append((column, remark))
    return figure


def _compare(row: StockRow, told: Mapping[str, str]) -> None:
    """Say when on hand is not the sum that Shopify documents it to be."""
    try:
        unavailable, _ = read_figure(told.get("Unavailable", ""), dot_is_decimal=False)
    except NoFigure:
        return
    figures = [row.value["quantities"].get(state) for state in ("on_hand", "available", "committed")]
    if unavailable is None or any(figure is None for figure in figures):
        return
    on_hand, available, committed = figures
    if on_hand != available + committed + unavailable:
        row.remarks.append(
            ("On hand", f"{on_hand} on hand is not {available} available + {committed} committed + {unavailable} not.")
        )
