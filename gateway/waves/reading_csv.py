"""Reading a waitlist that was exported from Klaviyo, or made by hand. Its columns are known by their names.

Klaviyo does not document the export's columns, so each may go by several names. No problem repeats a contact.
"""

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Final

from marshmallow import ValidationError

from gateway.waves.joining import Wish, read_contact
from integrations.ports import Channel, Contact

NAMES: Final[Mapping[str, tuple[str, ...]]] = {
    "email": ("email", "e-mail", "email address"),
    "phone": ("phone", "phone number", "phone_number"),
    "variant": ("variant", "variant id", "variantid", "variant_id", "catalog variant id"),
    "sku": ("sku", "variant sku"),
    "since": ("since", "date", "subscribed at", "subscribed on", "timestamp", "created", "datetime"),
    "vip": ("vip",),
}
COMPOUND: Final = ":::"
"""Parts Klaviyo's own ids of catalogue variants: `$shopify:::$default:::44556677`."""

ReadTime = Callable[[str], datetime]
"""Reads an RFC 3339 time. Raises ValidationError."""


class UnreadableList(Exception):  # noqa: N818  (a state of a file)
    """The file is no waitlist."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row: a wish, or what is wrong with it. `sku` stands for the variant where no id was given."""

    number: int
    wish: Wish | None = None
    sku: str | None = None
    problem: str = ""


def read_list(file: IO[str], variant: str | None, read_time: ReadTime) -> Iterator[Line]:
    """Read rows; `variant` is meant for all of them where it is given. Raises UnreadableList."""
    rows = csv.reader(file)
    try:
        columns = columns_of(next(rows, []))
        if "email" not in columns and "phone" not in columns:
            raise UnreadableList("No column says whom to tell: Email or Phone Number is needed.")
        if variant is None and "variant" not in columns and "sku" not in columns:
            raise UnreadableList("No column says for which variant: add --variant, or a column Variant ID or SKU.")
        for row in rows:
            if any(cell.strip() for cell in row):
                yield _line(
                    rows.line_num, {name: _cell(row, place) for name, place in columns.items()}, variant, read_time
                )
    except (csv.Error, UnicodeDecodeError) as error:
        raise UnreadableList(f"It cannot be read as CSV in UTF-8 near line {rows.line_num}.") from error


def columns_of(header: Sequence[str]) -> dict[str, int]:
    """Find our columns in a header. Raises UnreadableList where two go by the same."""
    found: dict[str, int] = {}
    for place, title in enumerate(header):
        for name, words in NAMES.items():
            if title.strip().lstrip("\ufeff").lower() in words:
                if name in found:
                    raise UnreadableList(f"Two columns say the {name}: columns {found[name] + 1} and {place + 1}.")
                found[name] = place
    return found


def _line(number: int, cells: Mapping[str, str], variant: str | None, read_time: ReadTime) -> Line:
    contact = read_contact(cells.get("email") or None, None if cells.get("email") else cells.get("phone") or None)
    if contact is None:
        return Line(number, problem="There is no e-mail address, and no phone number such as +14155550123.")
    id_ = variant or cells.get("variant", "").rpartition(COMPOUND)[2]
    if not id_ and not cells.get("sku"):
        return Line(number, problem="There is no variant.")
    try:
        since = _since(cells.get("since", ""), read_time)
    except ValidationError:
        return Line(number, problem="The time cannot be read: write it as 2026-11-23T12:00:00Z.")
    vip = cells.get("vip", "").lower() in ("1", "true", "yes")
    return Line(number, Wish(contact, id_, _channels(contact), vip, since), None if id_ else cells["sku"])


def _since(text: str, read_time: ReadTime) -> datetime | None:
    if not text:
        return None
    told = text.replace(" ", "T", 1)
    return read_time(told if "T" in told and ("+" in told or told.upper().endswith("Z")) else _utc(told))


def _utc(text: str) -> str:
    """Take a time without an offset, or a date alone, as UTC."""
    return f"{text}Z" if "T" in text else f"{text}T00:00:00Z"


def _channels(contact: Contact) -> tuple[Channel, ...]:
    return ("email",) if contact.email is not None else ("sms",)


def _cell(row: Sequence[str], place: int) -> str:
    return row[place].strip() if place < len(row) else ""
