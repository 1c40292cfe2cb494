"""availability.v1, one item at one location a row: from a CSV line or a flat JSON object into a row of readings."""

from collections.abc import Mapping
from typing import Any, Final

from integrations.files.figures import NoFigure, mangled, read_figure
from integrations.files.rows import StockRow
from policies.values import CAUSES

QUANTITIES: Final = (
    "on_hand",
    "available",
    "allocated",
    "reserved",
    "damaged",
    "quality_hold",
    "safety_stock",
    "inbound",
    "on_order",
    "backordered",
)
READ: Final = frozenset(
    [*QUANTITIES, "source", "op", "variant_refs", "sku", "location_ref", "stocked", "reason"]
    + ["source_updated_at", "observed_at"]
)
SCHEMA: Final = "availability.v1"


def row_from_line(line: int, told: Mapping[str, str]) -> StockRow:
    """Read a record by column name.

    Quantities are decimal texts, floored; an empty field is null, an absent column is a state the source has not.
    """
    row = StockRow(line)
    filled = {column: text.strip() for column, text in told.items() if text.strip()}
    row.value = {
        "source": filled.get("source"),
        "location": filled.get("location_ref"),
        "observed_at": filled.get("source_updated_at") or filled.get("observed_at"),
        "cause": filled.get("reason") if filled.get("reason") in CAUSES else None,
        "active": _active(filled, row),
        "quantities": {word: _figure(told[word], word, row) for word in QUANTITIES if word in told},
    }
    references = filled.get("variant_refs", "").split("|")
    if len(references) > 1:
        row.problems.append(("variant_refs", "Names several variants; send one row for each."))
    if references[0]:
        row.value["variant"] = references[0]
    else:
        row.value["sku"] = filled.get("sku")
        if sentence := mangled(filled.get("sku", "")):
            row.problems.append(("sku", sentence))
    return row


def row_from_object(line: int, told: Mapping[str, Any]) -> StockRow:
    """Read a flat JSON object: the same columns, `variant_refs` a list, flags true or false, quantities texts."""
    return row_from_line(line, {key: _text(value) for key, value in told.items() if key != "schema"})


def is_flat(told: Mapping[str, Any]) -> bool:
    """Tell a flat record from a row of readings, which has its quantities in an object of their own."""
    return told.get("schema") == SCHEMA or "location_ref" in told


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return "|".join(_text(one) for one in value)
    return str(value)


def _active(filled: Mapping[str, str], row: StockRow) -> bool | None:
    if filled.get("op", "upsert") not in ("upsert", "delete"):
        row.problems.append(("op", "Must be upsert or delete."))
    stocked = filled.get("stocked", "").lower()
    if stocked not in ("", "true", "false"):
        row.problems.append(("stocked", "Must be true, false or empty."))
    if filled.get("op") == "delete":
        return False
    return {"true": True, "false": False}.get(stocked)


def _figure(text: str, word: str, row: StockRow) -> int | None:
    try:
        figure, remark = read_figure(text, dot_is_decimal=True)
    except NoFigure as error:
        row.problems.append((f"quantities.{word}", str(error)))
        return None
    if remark:
        row.remarks.append((f"quantities.{word}", remark))
    return figure
