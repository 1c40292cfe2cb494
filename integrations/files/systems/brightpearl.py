"""Brightpearl: products by id, each with its warehouses. What it calls on hand is what is free to sell.

Facts: `GET /warehouse-service/product-availability/{ids}` as public clients read it, 2026-11. That `onHand` is
`inStock - allocated` is nowhere promised, so it is checked in every record.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from integrations.files.rows import StockRow
from integrations.files.systems.payloads import figure_of, no_object

STATES: Final = {"inStock": "on_hand", "onHand": "available", "allocated": "committed", "inTransit": "incoming"}


def fits(payload: Any) -> bool:
    """Recognise the envelope: products with warehouses."""
    response = payload.get("response") if isinstance(payload, Mapping) else None
    if not isinstance(response, Mapping) or not response:
        return False
    first = next(iter(response.values()))
    return isinstance(first, Mapping) and isinstance(first.get("warehouses"), Mapping)


def rows(payload: Any) -> Iterator[StockRow]:
    """Read each warehouse of each product; the total is theirs to add up, not ours."""
    line = 0
    for product, told in payload["response"].items():
        warehouses = told.get("warehouses") if isinstance(told, Mapping) else None
        if not isinstance(warehouses, Mapping):
            line += 1
            yield no_object(line)
            continue
        for warehouse, figures in warehouses.items():
            line += 1
            yield _row(line, str(product), str(warehouse), figures)


def _row(line: int, product: str, warehouse: str, figures: Any) -> StockRow:
    if not isinstance(figures, Mapping):
        return no_object(line)
    row = StockRow(line, {"variant": product, "location": warehouse})
    quantities = {
        ours: figure_of(figures[key], f"quantities.{ours}", row) for key, ours in STATES.items() if key in figures
    }
    row.value["quantities"] = quantities or {"available": None}
    on_hand, free, committed = (quantities.get(state) for state in ("on_hand", "available", "committed"))
    if None not in (on_hand, free, committed) and free != on_hand - committed:  # type: ignore[operator]
        row.problems.append(
            ("onHand", f"{free} is not inStock {on_hand} less allocated {committed}: what is free to sell is not sure.")
        )
    return row
