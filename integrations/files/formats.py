"""Which of the files we know a header belongs to, and what a header lacks that belongs to none."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from integrations.files.errors import FileRefused


class Format(Enum):
    """The files we can read; the value is their name for people."""

    AVAILABILITY_CSV = "availability.v1 CSV"
    AVAILABILITY_JSON = "availability.v1 JSON"
    AVAILABILITY_JSONL = "availability.v1 JSON Lines"
    SHOPIFY_INVENTORY = "Shopify inventory export, all quantities"
    SHOPIFY_AVAILABLE = "Shopify inventory export, available quantities"
    SHOPIFY_PRODUCTS = "Shopify product export"


DELIMITERS: Final = {",": "commas", ";": "semicolons", "\t": "tabs"}
NEEDED: Final = {
    Format.AVAILABILITY_CSV: ("source", "location_ref", "observed_at"),
    Format.SHOPIFY_INVENTORY: ("Handle", "SKU", "Location", "Available"),
    Format.SHOPIFY_AVAILABLE: ("Handle", "SKU", "Option1 Value"),
    Format.SHOPIFY_PRODUCTS: ("Handle", "Title", "Variant Price", "Variant SKU"),
}
"""What tells the formats apart; listed so that the first whose columns are all there is the right one."""
RENAMED: Final = {
    "URL handle": "Handle",
    "Description": "Body (HTML)",
    "Published on online store": "Published",
    "SKU": "Variant SKU",
    "Barcode": "Variant Barcode",
    "Barcodes": "Variant Barcode",
    "Price": "Variant Price",
    "Inventory tracker": "Variant Inventory Tracker",
    "Inventory quantity": "Variant Inventory Qty",
    "Continue selling when out of stock": "Variant Inventory Policy",
    "Product image URL": "Image Src",
    "Variant image URL": "Variant Image",
    "Gift card": "Gift Card",
    **{f"Option{n} {word}": f"Option{n} {word.title()}" for n in (1, 2, 3) for word in ("name", "value")},
}
"""Shopify's newer names for the columns of a product export (Shopify Help, product CSV sample, 2026) -> older ones."""
ENDINGS: Final = (" (not editable)", " (current)")
"""What Shopify adds to the quantities of an inventory export (Shopify Help, inventory CSV, 2026)."""


@dataclass(frozen=True, slots=True)
class Header:
    """A recognised header: its columns by the names we read them under."""

    format: Format
    columns: tuple[str, ...]


def delimiter_of(first_line: str) -> str:
    """Find what separates the columns of a header; spreadsheets of many countries write semicolons."""
    counts = Counter(character for character in first_line if character in DELIMITERS)
    return max(DELIMITERS, key=lambda one: counts[one])


def recognise(header: Sequence[str]) -> Header:
    """Find the format that a header belongs to. Raises FileRefused with what is wrong with it."""
    told = [column.strip() for column in header]
    if twice := sorted(name for name, count in Counter(told).items() if count > 1 and name):
        raise FileRefused(f"The column {_listed(twice)} stands twice in the header.")
    for format_, needed in NEEDED.items():
        columns = _named(told, format_)
        if set(needed) <= set(columns) and (format_ is not Format.SHOPIFY_AVAILABLE or _is_wide(columns)):
            if twice := sorted(name for name, count in Counter(columns).items() if count > 1 and name):
                raise FileRefused(f"Two columns of the header mean {_listed(twice)}.")
            return Header(format_, columns)
    raise FileRefused(_nearest(told))


def _is_wide(columns: Sequence[str]) -> bool:
    return not {"Variant Price", "Price", "Status", "Location"} & set(columns)


def _named(told: Sequence[str], format_: Format) -> tuple[str, ...]:
    if format_ is Format.AVAILABILITY_CSV:
        return tuple(told)
    if format_ is Format.SHOPIFY_PRODUCTS:
        return tuple(RENAMED.get(name, name) for name in told)
    return tuple(_without_ending(name) for name in told)


def _without_ending(name: str) -> str:
    for ending in ENDINGS:
        name = name.removesuffix(ending)
    return name


def _nearest(told: Sequence[str]) -> str:
    missing = {
        format_: [name for name in needed if name not in _named(told, format_)] for format_, needed in NEEDED.items()
    }
    shares = {format_: 1 - len(lacking) / len(NEEDED[format_]) for format_, lacking in missing.items()}
    best = max(shares, key=lambda format_: shares[format_])
    if not shares[best]:
        shown = _listed([name[:40] or "(empty)" for name in told[:6]])
        return (
            f"None of its columns ({shown}) belongs to a file we know: availability.v1, or Shopify's export of "
            "products or inventory. The first line must name the columns."
        )
    return f"It looks like a {best.value} but lacks the column {_listed(missing[best])}."


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names)
