"""Shopify's product export: rows of one handle stand together, the first carries the product, some only a picture.

Facts: Shopify Help, "Using CSV files to import and export products", 2026.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from integrations.files.doubles import Doubles
from integrations.files.figures import mangled, read_price
from integrations.files.records import Record
from integrations.files.rows import ProductRows
from integrations.files.shopify_names import OPTIONS, options_of, sku_of, variant_id
from policies.values import ProductFacts, VariantFacts

VARIANT_COLUMNS: Final = (*OPTIONS, "Variant SKU", "Variant Price", "Variant Inventory Policy", "Variant Barcode")
READ: Final = frozenset(
    [*VARIANT_COLUMNS, "Handle", "Title", "Vendor", "Type", "Tags", "Published", "Status", "Gift Card", "Image Src"]
    + ["Variant Inventory Tracker"]
)
FLAGS: Final = {"true": True, "false": False}
POLICIES: Final = {"deny": "deny", "continue": "continue", "false": "deny", "true": "continue"}
Told = Mapping[str, str]


def read_products(records: Iterable[Record], columns: tuple[str, ...], source: str) -> Iterator[ProductRows]:
    """Yield each product once all its rows are read; a product with a broken row is rejected whole.

    Taking it without that row would say that the shop no longer lists a variant.
    """
    begun: dict[str, int] = {}
    doubles = Doubles()
    group: list[tuple[Record, Told]] = []
    for record in records:
        told = dict(zip(columns, record.fields, strict=False))
        handle = told.get("Handle", "").strip()
        if group and not record.fields:  # it may have been a row of this product
            group.append((record, told))
            continue
        if group and handle != group[0][1]["Handle"].strip():
            yield _product(group, begun, doubles, source)
            group = []
        if handle:
            group.append((record, told))
        else:
            yield ProductRows(
                record.line, rows=1, problems=[(record.line, "Handle", record.problem or "Names no product.")]
            )
    if group:
        yield _product(group, begun, doubles, source)


def _product(group: list[tuple[Record, Told]], begun: dict[str, int], doubles: Doubles, source: str) -> ProductRows:
    line, first = group[0][0].line, group[0][1]
    handle = first["Handle"].strip()
    made = ProductRows(line, rows=0)
    if handle in begun:
        earlier = f"Appears again: the rows of {handle} began at line {begun[handle]} and must stand together."
        made.problems.append((line, "Handle", earlier))
    begun.setdefault(handle, line)
    variants: dict[str, VariantFacts] = {}
    for record, told in group:
        if record.problem:
            made.problems.append((record.line, "", record.problem))
            made.rows += 1
            continue
        if record.line != line and not any(told.get(column, "").strip() for column in VARIANT_COLUMNS):
            made.skipped += 1
            continue
        made.rows += 1
        variant = _variant(record.line, told, made)
        made.remarks += _said_before(record.line, variant, doubles)
        if variant.id in variants:
            made.problems.append((record.line, "Option1 Value", "Has the same options as a row before it."))
        variants[variant.id] = variant
    if not first.get("Title", "").strip():
        made.problems.append((line, "Title", "Names no title: the first row of the product is missing."))
    if (vendor := first.get("Vendor", "").strip()) and (sentence := doubles.vendor(vendor)):
        made.remarks.append((line, "Vendor", sentence))
    made.product = _facts(line, first, tuple(variants.values()), made, source)
    return made


def _said_before(line: int, variant: VariantFacts, doubles: Doubles) -> Iterator[tuple[int, str, str]]:
    if variant.sku and (sentence := doubles.sku(variant.sku, line)):
        yield line, "Variant SKU", sentence
    if variant.barcode and (sentence := doubles.barcode(variant.barcode, line)):
        yield line, "Variant Barcode", sentence


def _facts(line: int, first: Told, variants: tuple[VariantFacts, ...], made: ProductRows, source: str) -> ProductFacts:
    image = first.get("Image Src", "").strip()
    return ProductFacts(
        id=first["Handle"].strip(),
        source=source,
        title=first.get("Title", "").strip(),
        image_url=image if image.startswith(("https://", "http://")) else None,
        vendor=first.get("Vendor", "").strip() or None,
        product_type=first.get("Type", "").strip() or None,
        tags=tuple(dict.fromkeys(tag.strip() for tag in first.get("Tags", "").split(",") if tag.strip())),
        published=_published(line, first, made),
        variants=variants,
    )


def _published(line: int, first: Told, made: ProductRows) -> bool | None:
    """Say whether marketing may show a product: sold openly, and no gift card. None: the file does not say."""
    status, cell = first.get("Status", "").strip().lower(), first.get("Published", "").strip().lower()
    if cell and cell not in FLAGS:
        made.remarks.append((line, "Published", "Must be true or false; the product counts as not published."))
    if FLAGS.get(first.get("Gift Card", "").strip().lower()):
        return False
    if status and status != "active":
        return False
    return FLAGS.get(cell)


def _variant(line: int, told: Told, made: ProductRows) -> VariantFacts:
    sku, sku_problem = sku_of(told, "Variant SKU")
    if sku_problem:
        made.problems.append((line, "Variant SKU", sku_problem))
    barcode = told.get("Variant Barcode", "").strip().removeprefix("'") or None
    if barcode and (sentence := mangled(barcode)):
        made.remarks.append((line, "Variant Barcode", sentence))
        barcode = None
    price, price_remark = read_price(told.get("Variant Price", ""))
    if price_remark:
        made.remarks.append((line, "Variant Price", price_remark))
    word = told.get("Variant Inventory Policy", "").strip().lower()
    if word and word not in POLICIES:
        made.remarks.append((line, "Variant Inventory Policy", "Must be deny or continue; it counts as deny."))
    tracker = told.get("Variant Inventory Tracker")
    return VariantFacts(
        id=variant_id(told),
        sku=sku,
        barcode=barcode,
        title=" / ".join(options_of(told)),
        price=price,
        tracked=None if tracker is None else bool(tracker.strip()),
        inventory_policy=POLICIES.get(word),
    )
