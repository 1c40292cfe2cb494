"""JSON Lines, read a line at a time; and JSON documents, which are held whole and therefore limited."""

from collections.abc import Iterator
from typing import Any, Final, TextIO

import orjson

from integrations.files.availability import is_flat, row_from_object
from integrations.files.errors import FileRefused
from integrations.files.rows import StockRow

LONGEST_LINE: Final = 1_000_000
LARGEST_DOCUMENT: Final = 64 * 1024 * 1024


def line_rows(text: TextIO) -> Iterator[StockRow]:
    """Yield the row of every line that is not blank; a line that is no JSON is a row with a problem."""
    number = 0
    while line := text.readline(LONGEST_LINE + 1):
        number += 1
        ended = line.endswith("\n")
        if len(line) > LONGEST_LINE:
            while line and not line.endswith(("\n", "\r")):
                line = text.readline(LONGEST_LINE)
            yield StockRow(number, problems=[("", f"Is longer than {LONGEST_LINE:,} characters.")])
        elif line.strip():
            yield _line_row(number, line, ended)


def document_rows(payload: Any) -> Iterator[StockRow]:
    """Yield the rows of `{"source", "readings": [...]}` or of a plain list."""
    source = payload.get("source") if isinstance(payload, dict) else None
    listed = payload.get("readings") if isinstance(payload, dict) else payload
    if not isinstance(listed, list):
        raise FileRefused("The JSON is neither a list of rows, nor an object with `source` and `readings`.")
    for index, told in enumerate(listed, start=1):
        row = object_row(index, told)
        if source is not None:
            row.value["source"] = source
        yield row


def read_document(text: TextIO, size_bytes: int) -> Any:
    """Parse a whole document. Raises FileRefused."""
    if size_bytes > LARGEST_DOCUMENT:
        raise FileRefused("A JSON document may have 64 MB; send JSON Lines, one row a line, which has no such limit.")
    try:
        return orjson.loads(text.read())
    except orjson.JSONDecodeError as error:
        raise FileRefused(f"The JSON cannot be read, or was cut short: {error}.") from None


def object_row(line: int, told: Any) -> StockRow:
    """Read one object, flat or as a row of readings."""
    if not isinstance(told, dict):
        return StockRow(line, problems=[("", "Must be an object.")])
    return row_from_object(line, told) if is_flat(told) else StockRow(line, dict(told))


def _line_row(number: int, line: str, ended: bool) -> StockRow:
    try:
        told = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        cut = "" if ended else " The file ends here: it may have been cut short."
        return StockRow(number, problems=[("", f"Is no JSON: {error}.{cut}")])
    return object_row(number, told)
