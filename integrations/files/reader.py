"""Opens a file, finds out what it is, and hands out its rows one at a time. Called by `gateway.importing`."""

import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO, Final

import orjson

from integrations.files import availability
from integrations.files import shopify_inventory as inventory
from integrations.files import shopify_products as products
from integrations.files.encoding import Encoding, inspect
from integrations.files.errors import FileRefused
from integrations.files.formats import DELIMITERS, Format, Header, delimiter_of, recognise
from integrations.files.json_rows import LONGEST_LINE, document_rows, line_rows, read_document
from integrations.files.records import Record, read_records
from integrations.files.rows import ProductRows, StockRow
from integrations.files.systems import system_of

SHOPIFY: Final = "shopify-export"
"""What the readings of Shopify's files are called: they must not be taken for what the shop itself says later."""


READ: Final = {
    Format.AVAILABILITY_CSV: availability.READ,
    Format.SHOPIFY_INVENTORY: inventory.READ,
    Format.SHOPIFY_AVAILABLE: inventory.READ,
    Format.SHOPIFY_PRODUCTS: products.READ,
}
SHOWN: Final = 8  # columns named that are not read
ROW_KEYS: Final = {"schema", "location", "location_ref", "quantities", "variant", "sku"}


@dataclass(slots=True)
class OpenFile:
    """A recognised file, at its first row."""

    kind: str  # for people
    source: str | None  # what its rows are from when nobody says otherwise; None: each row says it
    remarks: list[str] = field(default_factory=list)
    stock: Callable[[], Iterator[StockRow]] | None = None
    products: Callable[[str], Iterator[ProductRows]] | None = None  # takes the source
    size_bytes: int = 0
    position: Callable[[], int] = lambda: 0  # bytes read, for progress


@contextmanager
def open_file(path: Path) -> Iterator[OpenFile]:
    """Open a file. Raises FileRefused with a sentence when nothing in it can be used."""
    try:
        raw = path.open("rb")
    except OSError as error:
        raise FileRefused(f"The file cannot be opened: {error.strerror}.") from None
    with raw:
        encoding = inspect(raw)
        text = io.TextIOWrapper(raw, encoding=encoding.codec, newline="")
        first = encoding.head.lstrip("\ufeff \t\r\n")[:1]
        opened = _json(text, encoding) if first in ("{", "[") else _csv(text, encoding)
        opened.size_bytes, opened.position = encoding.size_bytes, partial(_position, raw)
        if encoding.remark:
            opened.remarks.insert(0, encoding.remark)
        yield opened


def _position(raw: BinaryIO) -> int:
    return raw.tell()


def _csv(text: io.TextIOWrapper, encoding: Encoding) -> OpenFile:
    delimiter = delimiter_of(encoding.head.lstrip("\ufeff\r\n").splitlines()[0])
    records = read_records(text, delimiter)
    first = next(records, None)
    if first is None:
        raise FileRefused("The file is empty.")
    if first.problem:
        raise FileRefused(f"The header cannot be read. {first.problem}")
    header = recognise(first.fields)
    opened = OpenFile(header.format.value, None if header.format is Format.AVAILABILITY_CSV else SHOPIFY)
    if delimiter != ",":
        opened.remarks.append(f"Its columns are separated by {DELIMITERS[delimiter]}.")
    if unread := _unread(header):
        opened.remarks.append(unread)
    if header.format is Format.SHOPIFY_PRODUCTS:
        opened.products = lambda source: products.read_products(records, header.columns, source)
        return opened
    if header.format is Format.AVAILABILITY_CSV and not set(availability.QUANTITIES) & set(header.columns):
        raise FileRefused("The header names no quantity, such as on_hand or available.")
    locations: list[str] = []
    if header.format is Format.SHOPIFY_AVAILABLE:
        locations = inventory.location_columns(header.columns)
        if not locations:
            raise FileRefused("It looks like Shopify's inventory export but names no location in its header.")
    opened.stock = lambda: _stock_rows(records, header, locations)
    return opened


def _unread(header: Header) -> str | None:
    """Say which columns are left alone; of a wide file every unknown one is a location."""
    names = [name for name in header.columns if name and name not in READ[header.format]]
    if header.format is Format.SHOPIFY_AVAILABLE:
        names = [name for name in names if name in inventory.IDENTIFYING]
    shown = ", ".join(names[:SHOWN]) + (" and more" if len(names) > SHOWN else "")
    return f"{len(names)} of its columns are not read: {shown}." if names else None


def _stock_rows(records: Iterator[Record], header: Header, locations: Sequence[str]) -> Iterator[StockRow]:
    for record in records:
        if record.problem:
            # Of a file with a column per location, every cell is a row.
            yield from (StockRow(record.line, problems=[("", record.problem)]) for _ in locations or ("",))
            continue
        told = dict(zip(header.columns, record.fields, strict=True))
        if header.format is Format.SHOPIFY_AVAILABLE:
            yield from inventory.wide_rows(record.line, told, locations)
        elif header.format is Format.SHOPIFY_INVENTORY:
            yield from inventory.long_rows(record.line, told)
        else:
            yield availability.row_from_line(record.line, told)


def _json(text: io.TextIOWrapper, encoding: Encoding) -> OpenFile:
    if _is_lines(text):
        return OpenFile(Format.AVAILABILITY_JSONL.value, None, stock=lambda: line_rows(text))
    payload = read_document(text, encoding.size_bytes)
    if system := system_of(payload):
        return OpenFile(system.name, system.source, stock=lambda: system.rows(payload))
    if isinstance(payload, dict) and "readings" not in payload:
        shown = ", ".join(str(key)[:40] for key in list(payload)[:6])
        raise FileRefused(f"The JSON has {shown or 'nothing'} where `source` and `readings` are expected.")
    return OpenFile(Format.AVAILABILITY_JSON.value, None, stock=lambda: document_rows(payload))


def _is_lines(text: io.TextIOWrapper) -> bool:
    """Tell JSON Lines from a document: the first line is a row of its own, or another object begins on the second."""
    line, second = text.readline(LONGEST_LINE), text.readline(LONGEST_LINE)
    text.seek(0)
    try:
        told: Any = orjson.loads(line)
    except orjson.JSONDecodeError:
        return line.endswith("\n") and second.startswith("{")
    return isinstance(told, dict) and (bool(ROW_KEYS & told.keys()) or second.startswith("{"))
