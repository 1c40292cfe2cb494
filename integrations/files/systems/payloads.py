"""What the readers of other systems share: lists out of envelopes, figures out of numbers, texts and nulls."""

from collections.abc import Mapping, Sequence
from typing import Any

from integrations.files.figures import NoFigure, read_figure
from integrations.files.rows import StockRow


def records_in(payload: Any, *envelopes: str) -> list[Any]:
    """Return the list that a payload is, or carries under one of these keys; none is an empty list."""
    if isinstance(payload, Mapping):
        payload = next((payload[key] for key in envelopes if isinstance(payload.get(key), list)), [])
    return payload if isinstance(payload, list) else []


def have_keys(records: Sequence[Any], *keys: str) -> bool:
    """Tell whether the first record is an object with all these keys."""
    return bool(records) and isinstance(records[0], Mapping) and set(keys) <= records[0].keys()


def figure_of(value: Any, path: str, row: StockRow) -> int | None:
    """Read a quantity; what is none becomes a problem of the row, a fraction a remark."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        row.problems.append((path, "Must be a number, a number in quotes, or null."))
        return None
    try:
        figure, remark = read_figure(str(value), dot_is_decimal=True)
    except NoFigure as error:
        row.problems.append((path, str(error)))
        return None
    if remark:
        row.remarks.append((path, remark))
    return figure


def text_of(value: Any) -> str | None:
    """Read an id, which some systems write as a number."""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return None
    return str(value).strip() or None


def no_object(line: int) -> StockRow:
    """Return the row of an entry that is no object."""
    return StockRow(line, problems=[("", "Must be an object.")])
