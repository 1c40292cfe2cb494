"""Doubts about which product a thing is: one SKU or one barcode on several variants, a barcode that cannot be right."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Literal

from gateway.doubts.clean_up import variants_of
from gateway.services import Services
from gateway.store.doubts import doubt_id
from policies.values import ProductFacts

SKU: Final = "duplicate_sku"
BARCODE: Final = "barcode_mismatch"
WRONG: Final = "barcode"
GTIN_LENGTHS: Final = (8, 12, 13, 14)
"""GS1 General Specifications, section 1: GTIN-8, -12, -13 and -14. Other texts are a shop's own codes."""
EXAMPLES: Final = 10
LISTED: Final = 1000


def look_at_products(services: Services, source: str, products: Sequence[ProductFacts], at: datetime) -> None:
    """Raise what these products make doubtful."""
    variants = [variant for product in products for variant in product.variants]
    catalog, doubts = services.store.catalog, services.store.doubts
    for sku, names in catalog.sharing("sku", [variant.sku for variant in variants if variant.sku]).items():
        sentence = f"The SKU {sku} is on {', '.join(names)}: a file that names it cannot say which is meant."
        doubts.raise_(SKU, sku, sentence, {"sku": sku, "variants": list(names)}, at)
    for code, names in catalog.sharing("barcode", [variant.barcode for variant in variants if variant.barcode]).items():
        sentence = f"The barcode {code} is on {', '.join(names)}: nothing is joined by it."
        doubts.raise_(BARCODE, code, sentence, {"barcode": code, "variants": list(names)}, at)
    wrong = {variant.id for variant in variants if variant.barcode and not may_be_right(variant.barcode)}
    _add_to_the_wrong(services, source, wrong, {variant.id for variant in variants}, at)


def _add_to_the_wrong(services: Services, source: str, wrong: set[str], told: set[str], at: datetime) -> None:
    """Bring the one doubt of a source's barcodes in line with the variants that were told now."""
    doubts = services.store.doubts
    open_one = doubts.get(doubt_id(WRONG, source))
    before = set(variants_of(open_one)) if open_one else set()
    now = sorted((before - told) | wrong)
    if not now:
        doubts.clear(WRONG, source)
    elif wrong or now != sorted(before):
        more = f" and {len(now) - EXAMPLES} more" if len(now) > EXAMPLES else ""
        sentence = f"The last digit of a barcode does not fit: {', '.join(now[:EXAMPLES])}{more}."
        doubts.raise_(WRONG, source, sentence, {"source": source, "count": len(now), "variants": now[:LISTED]}, at)


def clear_catalogue(services: Services) -> None:
    """Drop the doubts about SKUs and barcodes that nothing shares any more."""
    pairs: tuple[tuple[str, Literal["sku", "barcode"]], ...] = ((SKU, "sku"), (BARCODE, "barcode"))
    for kind, what in pairs:
        keys = services.store.doubts.keys(kind)
        shared = services.store.catalog.sharing(what, keys)
        for key in keys:
            if key not in shared:
                services.store.doubts.clear(kind, key)


def may_be_right(barcode: str) -> bool:
    """Check the last digit of what looks like a GTIN (GS1: weights 3 and 1 from the right)."""
    code = barcode.strip()
    if not (code.isascii() and code.isdigit() and len(code) in GTIN_LENGTHS):
        return True
    weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(reversed(code)))
    return weighted % 10 == 0
