"""How a variant is written in the catalogue feed: a fixed part from its facts and a live part from its promises.

Field names are Klaviyo's (developers.klaviyo.com, "Sync a custom catalog feed": id, title, link, description and
image_link are required and never blank; objects are one level deep; what it does not know becomes custom metadata).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final
from xml.sax.saxutils import escape

import orjson

from gateway.store.values import CatalogEntry

Value = str | int | float | list[str]
DESCRIPTION_LETTERS: Final = 5_000


@dataclass(frozen=True, slots=True)
class Form:
    """One way of writing: the bytes around, between and within items."""

    name: str
    media_type: str
    opening: bytes
    between: bytes
    closing: bytes
    fixed: Callable[[Mapping[str, Value]], bytes]
    live: Callable[[Mapping[str, Value]], bytes]  # ends the item


def facts_of(entry: CatalogEntry) -> dict[str, Value] | None:
    """Describe a variant as an item of the feed; None where something is missing that must never be blank."""
    title = " / ".join(part for part in (entry.product_title.strip(), entry.title.strip()) if part)
    if not (entry.url and entry.image_url and title):
        return None
    facts: dict[str, Value] = {
        "id": entry.variant.id,
        "title": title,
        "link": entry.url,
        "description": (entry.description.strip() or title)[:DESCRIPTION_LETTERS],
        "image_link": entry.image_url,
    }
    if entry.price is not None:
        facts["price"] = number(entry.price)
    if entry.variant.collections:
        facts["categories"] = list(entry.variant.collections)
    optional = {
        "sku": entry.variant.sku,
        "product_id": entry.variant.product,
        "vendor": entry.variant.vendor,
        "product_type": entry.variant.product_type,
    }
    return facts | {name: value for name, value in optional.items() if value}


def number(price: Decimal) -> int | float:
    """Write a price as a bare number."""
    return int(price) if price == price.to_integral_value() else float(price)


def _json_fixed(facts: Mapping[str, Value]) -> bytes:
    return orjson.dumps(dict(facts))[:-1]


def _json_live(promises: Mapping[str, Value]) -> bytes:
    return b"," + orjson.dumps(dict(promises))[1:] if promises else b"}"


def _xml_fixed(facts: Mapping[str, Value]) -> bytes:
    return b"<Product>" + _elements(facts)


def _xml_live(promises: Mapping[str, Value]) -> bytes:
    return _elements(promises) + b"</Product>"


def _elements(values: Mapping[str, Value]) -> bytes:
    return "".join(f"<{name}>{escape(_legal(_text(value)))}</{name}>" for name, value in values.items()).encode()


def _text(value: Any) -> str:
    return ",".join(value) if isinstance(value, list) else str(value)


def _legal(text: str) -> str:
    """Drop the control characters that XML 1.0 has no way to write."""
    return "".join(letter for letter in text if letter in "\t\n\r" or (letter >= " " and letter not in "\ufffe\uffff"))


JSON: Final = Form("json", "application/json", b"[\n", b",\n", b"\n]\n", _json_fixed, _json_live)
XML: Final = Form(
    "xml",
    "application/xml",
    b'<?xml version="1.0" encoding="UTF-8"?>\n<Products>\n',
    b"\n",
    b"\n</Products>\n",
    _xml_fixed,
    _xml_live,
)
FORMS: Final = {form.name: form for form in (JSON, XML)}
