"""How a row of Shopify's own files names its variant: they carry neither variant ids nor location ids."""

from collections.abc import Mapping
from typing import Final

from integrations.files.figures import mangled

DEFAULT_OPTION: Final = "Default Title"
OPTIONS: Final = ("Option1 Value", "Option2 Value", "Option3 Value")
NOT_STOCKED: Final = "not stocked"
"""A cell that says: no level at this place, which is not a level of 0 (Shopify Help, inventory CSV, 2026)."""


def options_of(told: Mapping[str, str]) -> tuple[str, ...]:
    """Return the option values that tell this variant from its siblings."""
    values = tuple(told.get(column, "").strip() for column in OPTIONS)
    return tuple(value for value in values if value and value != DEFAULT_OPTION)


def variant_id(told: Mapping[str, str]) -> str:
    """Name a variant by its product's handle and its options, which both exports carry: `tee:Blue:M`."""
    parts = [told.get("Handle", "").strip(), *options_of(told)]
    return ":".join([parts[0], *(part.replace("%", "%25").replace(":", "%3A") for part in parts[1:])])


def sku_of(told: Mapping[str, str], column: str) -> tuple[str | None, str | None]:
    """Read a SKU; one that a spreadsheet has turned into a number is refused with a sentence."""
    sku = told.get(column, "").strip().removeprefix("'")
    return (None, sentence) if (sentence := mangled(sku)) else (sku or None, None)
