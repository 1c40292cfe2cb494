"""Files as shops and their systems write them: headers, lines, and a small export of a whole shop."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

EXPORTED = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
AVAILABILITY = (
    "source,account,op,item_ref,variant_refs,sku,gtin,location_ref,location_code,tracked,stocked,uom,on_hand,"
    "available,allocated,reserved,damaged,quality_hold,safety_stock,inbound,on_order,backordered,policy,reason,"
    "doc_ref,source_updated_at,observed_at,source_version"
)
INVENTORY = (
    "Handle,Title,Option1 Name,Option1 Value,Option2 Name,Option2 Value,Option3 Name,Option3 Value,SKU,HS Code,COO,"
    "Location,Bin name,Incoming (not editable),Unavailable (not editable),Committed (not editable),"
    "Available (not editable),On hand (current),On hand (new)"
)
WIDE = "Handle,Title,Option1 Name,Option1 Value,Option2 Name,Option2 Value,Option3 Name,Option3 Value,SKU,HS Code,COO"
PRODUCTS = (
    "Handle,Title,Body (HTML),Vendor,Type,Tags,Published,Option1 Name,Option1 Value,Option2 Name,Option2 Value,"
    "Variant SKU,Variant Inventory Tracker,Variant Inventory Qty,Variant Inventory Policy,Variant Price,"
    "Variant Barcode,Image Src,Image Position,Gift Card,Status"
)
NEW_PRODUCTS = (
    "Title,URL handle,Description,Vendor,Product category,Type,Tags,Published on online store,Status,SKU,Barcode,"
    "Option1 name,Option1 value,Option1 Linked To,Price,Inventory tracker,Inventory quantity,"
    "Continue selling when out of stock,Product image URL,Gift card"
)


def availability(**changed: str) -> str:
    """One line of availability.v1, by column; a column that it does not name is a mistake of the test."""
    columns = AVAILABILITY.split(",")
    fields = {"source": "wms", "op": "upsert", "variant_refs": "tee-m", "location_ref": "wh", "on_hand": "17"}
    fields |= {"available": "14", "observed_at": "2026-11-23T11:59:00Z"} | changed
    assert fields.keys() <= set(columns)
    return ",".join(fields.get(column, "") for column in columns)


def inventory(
    handle: str = "tee", option: str = "M", sku: str = "TEE-M", location: str = "East Warehouse", available: str = "14",
    on_hand: str = "17", committed: str = "2", unavailable: str = "1", incoming: str = "0",
) -> str:  # fmt: skip
    """One line of Shopify's inventory export, all quantities."""
    figures = f"{incoming},{unavailable},{committed},{available},{on_hand},"
    return f"{handle},{handle.title()},Size,{option},,,,,{sku},,,{location},,{figures}"


def wide(handle: str = "tee", option: str = "M", sku: str = "TEE-M", *figures: str) -> str:
    """One line of Shopify's inventory export, available quantities only."""
    return ",".join([handle, handle.title(), "Size", option, "", "", "", "", sku, "", "", *figures])


def product(
    handle: str = "tee", title: str = "Tee", option: str = "M", sku: str = "TEE-M", price: str = "19.90",
    status: str = "active", published: str = "true", tracker: str = "shopify", policy: str = "deny", tags: str = "",
    image: str = "",
) -> str:  # fmt: skip
    """One line of Shopify's product export."""
    head = f'{handle},{title},<p>{title}</p>,Harbor,Shirts,"{tags}",{published},Size,{option},,,'
    return head + f"{sku},{tracker},5,{policy},{price},,{image},,false,{status}"


def picture(handle: str = "tee", number: int = 2) -> str:
    """A line of a product export that carries only a picture."""
    return f"{handle}{',' * 17}https://cdn.example/{handle}-{number}.jpg,{number},,"


def table(header: str, *lines: str, end: str = "\n") -> str:
    """A whole file."""
    return "".join(line + end for line in (header, *lines))


def write(folder: Path, name: str, content: str | bytes | Sequence[str]) -> Path:
    """Write a file and return where it is."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else str(content).encode())
    return path
