"""Files that went wrong on their way: a name, the bytes, what a person is told, and how many rows are good."""

import codecs
import json
from collections.abc import Iterator
from dataclasses import dataclass

from tests.builders.files import (
    AVAILABILITY,
    INVENTORY,
    PRODUCTS,
    WIDE,
    availability,
    inventory,
    product,
    table,
    wide,
)


@dataclass(frozen=True, slots=True)
class Malformed:
    """One file; `good` rows of it are taken."""

    name: str
    content: bytes
    told: str
    good: int = 0
    http: str | None = None  # the media type under which it may also be posted


def corpus() -> list[Malformed]:
    """All of them."""
    return [*_not_tables(), *_encodings(), *_headers(), *_records(), *_figures(), *_stock(), *_products(), *_json()]


def _file(name: str, content: str | bytes, told: str, good: int = 0, http: str | None = None) -> Malformed:
    return Malformed(name, content.encode() if isinstance(content, str) else content, told, good, http)


def _not_tables() -> Iterator[Malformed]:
    yield _file("empty", b"", "empty", http="text/csv")
    yield _file("blank", b" \r\n\n \t", "empty", http="text/csv")
    yield _file("only a byte order mark", codecs.BOM_UTF8, "empty", http="text/csv")
    yield _file("xlsx", b"PK\x03\x04\x14\x00\x06\x00" + b"\0" * 200, "ZIP file or a spreadsheet", http="text/csv")
    yield _file("xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 200, "old Excel workbook")
    yield _file("pdf", b"%PDF-1.7\n%\xe2\xe3", "PDF", http="text/csv")
    yield _file("gzip", b"\x1f\x8b\x08\x00\x00", "compressed", http="text/csv")
    yield _file("bzip2", b"BZh91AY&SY", "compressed")
    yield _file("zstandard", b"\x28\xb5\x2f\xfd\x00", "compressed")
    yield _file("png", b"\x89PNG\r\n\x1a\n", "picture")
    yield _file("jpeg", b"\xff\xd8\xff\xe0\x00\x10JFIF", "picture")
    yield _file("login page", "<!DOCTYPE html><html><body>Log in</body></html>", "web page or XML", http="text/csv")
    yield _file("xml feed", '<?xml version="1.0"?><items/>', "web page or XML")
    yield _file("random bytes", bytes(range(256)) * 4, "neither UTF-8 nor Windows-1252", http="text/csv")
    yield _file("zeros", b"\0" * 5000, "binary", http="text/csv")


def _encodings() -> Iterator[Malformed]:
    good = table(AVAILABILITY, availability(), availability(variant_refs="tee-l"))
    accents = table(INVENTORY, inventory(location="Café"))
    yield _file("UTF-32", codecs.BOM_UTF32_LE + good.encode("utf-32-le"), "UTF-32", http="text/csv")
    yield _file("UTF-16 without its mark", good.encode("utf-16-le"), "UTF-16 without its mark", http="text/csv")
    yield _file("UTF-16", good.encode("utf-16"), "The file is UTF-16", 2)
    yield _file("UTF-16 cut within a character", good.encode("utf-16")[:-1], "breaks off", http="text/csv")
    yield _file("Windows-1252", accents.encode("cp1252"), "read as Windows-1252", 1)
    yield _file("UTF-8 cut within a character", accents.encode()[: accents.encode().index(b"\xc3") + 1], "cut short")
    yield _file("semicolons", accents.replace(",", ";"), "separated by semicolons", 1)
    yield _file("tabs", accents.replace(",", "\t"), "separated by tabs", 1)


def _headers() -> Iterator[Malformed]:
    row = availability()
    yield _file("other table", "date,amount\n2026-11-23,5\n", "None of its columns (date, amount)", http="text/csv")
    yield _file("no header", row + "\n" + row + "\n", "The first line must name the columns", http="text/csv")
    lacking = AVAILABILITY.replace("location_ref", "place")
    yield _file("a column has another name", table(lacking, row), "lacks the column location_ref", http="text/csv")
    twice = table(AVAILABILITY.replace("account", "on_hand"), row)
    yield _file("a column stands twice", twice, "column on_hand stands twice")
    yield _file("no quantity", "source,location_ref,observed_at\nwms,wh,x\n", "names no quantity", http="text/csv")
    yield _file(
        "inventory without Handle", table(INVENTORY.replace("Handle", "Id"), inventory()), "lacks the column Handle"
    )
    both = INVENTORY.replace("COO", "Available")
    yield _file("two columns mean one thing", table(both, inventory()), "Two columns of the header mean Available")
    yield _file("wide without a location", table(WIDE, wide()), "names no location in its header")
    yield _file("a location twice", table(WIDE + ",East,East", wide("tee", "M", "A", "1", "2")), "East stands twice")
    yield _file("products without Title", table(PRODUCTS.replace("Title", "Name"), product()), "lacks the column Title")
    yield _file("header that never closes", '"Handle,Title\nx,y\n', "header cannot be read", http="text/csv")


def _records() -> Iterator[Malformed]:
    good = availability(), availability(variant_refs="tee-l")
    cases = {
        "too few fields": ("wms,acme,upsert", "Has 3 fields where the header has 28"),
        "too many fields": (availability() + ",more,and,more", "fields where the header has 28"),
        "a quote never closed": ('wms,"acme' + availability()[3:], "never closed"),
        "quotes that do not match": (availability().replace("tee-m", '"tee"-m'), "quotation marks cannot be matched"),
        "a NUL byte": (availability(doc_ref="a\0b"), "NUL byte"),
        "a field of a megabyte": (availability(doc_ref="x" * 900_000), "more than 131,072 characters"),
        "a line of two megabytes": (availability(doc_ref="x" * 2_000_000), "longer than any record may be"),
    }
    for name, (line, told) in cases.items():
        kind = None if name == "a NUL byte" else "text/csv"  # HTTP does not look into columns that it does not read
        yield _file(name, table(AVAILABILITY, good[0], line, good[1]), told, 2, kind)
    half = table(AVAILABILITY, good[0], good[1])
    yield _file("cut within the last line", half[: half.rindex("14")], "cut short", 1, "text/csv")
    yield _file("cut within a quoted field", table(AVAILABILITY, good[0]) + 'wms,"ac', "cut short", 1, "text/csv")
    yield _file("only a header", AVAILABILITY + "\n", "none")
    blank = table(AVAILABILITY, good[0], "", "," * 27, "2 rows exported") + good[1]
    yield _file("a trailer of a spreadsheet", blank, "Has 1 fields", 2, "text/csv")


def _figures() -> Iterator[Malformed]:
    cases = {
        "formula": ("=1+1", "formula"), "plus": ("+5", "formula"), "at": ("@SUM(A1)", "formula"),
        "dash formula": ("-A1", "formula"), "thousands": ('"1,234"', "two ways"), "apostrophes": ("1'234", "two ways"),
        "spaces": ("1 234", "two ways"), "narrow space": ("1\u202f234", "two ways"),
        "scientific": ("1.2E+3", "scientific"), "words": ("twelve", "no number"), "boxes": ("3 boxes", "no number"),
        "accounting": ("(5)", "no number"), "not a number": ("NaN", "no number"), "infinity": ("inf", "no number"),
        "underscore": ("1_000", "no number"), "arabic digits": ("\u0661\u0662", "no number"),
        "unicode minus": ("\u22125", "no number"), "hex": ("0x10", "no number"),
        "comma decimal": ('"4,5"', "no number"),
        "thirty digits": ("9" * 30, "more than 18 digits"), "absurd": ("10000001", "absurd"),
    }  # fmt: skip
    for name, (cell, told) in cases.items():
        lines = availability(), availability(variant_refs="bad", available=cell), availability(variant_refs="tee-l")
        yield _file(f"figure: {name}", table(AVAILABILITY, *lines), told, 2, "text/csv")
    fraction = table(AVAILABILITY, availability(available="4.75"))
    yield _file("figure: fraction", fraction, "4.75 was floored to 4", 1)


def _stock() -> Iterator[Malformed]:
    good = inventory()
    cases = {
        "dots for thousands": (inventory(option="L", available="1.234"), "two ways"),
        "a SKU turned into a number": (inventory(option="L", sku="1.23E+11"), "spreadsheet turned it into a number"),
        "no handle": (inventory(handle="", option="L"), "Names no product"),
        "no location": (inventory(option="L", location=""), "Names no location"),
        "a location that cannot be printed": (inventory(option="L", location="East\x07"), "printable characters"),
        "a handle of 400 characters": (inventory(handle="h" * 400, option="L"), "1 to 300 printable"),
    }
    for name, (line, told) in cases.items():
        yield _file(f"inventory: {name}", table(INVENTORY, good, line), told, 1)
    unequal = table(INVENTORY, inventory(available="90"))
    yield _file("inventory: a sum that does not hold", unequal, "17 on hand is not 90 available", 1)
    doubled = table(INVENTORY, good, inventory(available="2", on_hand="5"))
    yield _file("inventory: a level twice", doubled, "the same level as line 2; the smaller figure counts", 2)
    cells = table(WIDE + ",East,West", wide("tee", "M", "A", "3", "x"), "tee,cut")
    yield _file("wide: a bad cell, and a line cut", cells, "line 2: West: x is no number", 1)
    several = availability(variant_refs="a|b")
    yield _file("availability: several variants", table(AVAILABILITY, several), "several variants", 0, "text/csv")
    yield _file("availability: op", table(AVAILABILITY, availability(op="drop")), "upsert or delete", 0, "text/csv")
    yield _file("availability: stocked", table(AVAILABILITY, availability(stocked="yes")), "true, false", 0, "text/csv")
    for told_at in ("yesterday", "2026-11-23", "2026-11-23T12:00:00", "2026-02-30T12:00:00Z", "1969-12-31T00:00:00Z"):
        line = availability(observed_at=told_at)
        yield _file(f"availability: {told_at}", table(AVAILABILITY, line), "observed_at", 0, "text/csv")
    ahead = table(AVAILABILITY, availability(observed_at="2199-01-01T00:00:00Z"))
    yield _file("availability: a time to come", ahead, "more than 5 minutes ahead", 0, "text/csv")
    unheard = table(AVAILABILITY, availability(variant_refs="", sku="NOBODY"))
    yield _file("availability: a SKU nobody has", unheard, "in no catalogue we know", 0, "text/csv")


def _products() -> Iterator[Malformed]:
    good = product()
    cases = {
        "no title": (product("cap", title=""), "first row of the product is missing"),
        "no handle": (product("", "Cap"), "Names no product"),
        "a SKU turned into a number": (product("cap", "Cap", sku="8.41E+11"), "spreadsheet turned it into a number"),
        "the same options twice": (product("cap", "Cap") + "\n" + product("cap", ""), "same options"),
        "too few fields": ("cap,Cap", "Has 2 fields"),
        "rows apart": (product("cap", "Cap") + "\n" + product("tee", "", "XL"), "Appears again"),
    }
    for name, (lines, told) in cases.items():
        yield _file(f"products: {name}", table(PRODUCTS, good, lines), told, 2 if name == "rows apart" else 1)
    torn = table(PRODUCTS, product("cap", "Cap"), product("cap", "", "L").replace(",Size", ',"Size'), good)
    yield _file("products: a row torn apart", torn, "never closed", 1)
    yield _file("products: a formula for a price", table(PRODUCTS, product(price="=9+9")), "is no price", 1)
    yield _file("products: a policy in other words", table(PRODUCTS, product(policy="maybe")), "deny or continue", 1)
    yield _file("products: published in other words", table(PRODUCTS, product(published="ja")), "true or false", 1)


def _json() -> Iterator[Malformed]:
    row = {"source": "wms", "variant": "tee-m", "location": "wh", "quantities": {"available": 3}}
    row["observed_at"] = "2026-11-23T11:59:00Z"
    good, other = json.dumps(row), json.dumps(row | {"variant": "tee-l"})
    lines = {
        "no JSON": ("{'variant': 1}", "Is no JSON"),
        "a list": ("[1, 2]", "Must be an object"),
        "NaN": (good.replace("3}", "NaN}"), "Is no JSON"),
        "a key of its own": (json.dumps(row | {"colour": "red"}), "Unknown key"),
        "a state of its own": (json.dumps(row | {"quantities": {"avail": 1}}), "no state we know"),
        "a figure in quotes": (json.dumps(row | {"quantities": {"available": "3"}}), "whole number or null"),
        "deep": ("[" * 5000 + "]" * 5000, "Is no JSON"),
        "neither variant nor SKU": (json.dumps({k: v for k, v in row.items() if k != "variant"}), "variant"),
        "a variant that is a list": (json.dumps(row | {"variant": ["a"]}), "1 to 300 printable"),
        "a SKU that is a number": (json.dumps(row | {"variant": None, "sku": 12}), "1 to 300 printable"),
        "a place that is an object": (json.dumps(row | {"location": {}}), "1 to 300 printable"),
        "a source that is a number": (json.dumps(row | {"source": 7}), "1 to 300 printable"),
        "an empty object": ("{}", "observed_at"),
        "quantities that are a list": (json.dumps(row | {"quantities": [1]}), "at least one state"),
        "flat with a formula": (
            json.dumps(
                {"schema": "availability.v1", "source": "wms", "location_ref": "wh", "sku": "A", "on_hand": "=1"}
            ),
            "formula",
        ),
    }
    for name, (line, told) in lines.items():
        kind = None if name.startswith("flat") or "quotes" in name else "application/x-ndjson"
        yield _file(f"lines: {name}", f"{good}\n{line}\n{other}\n", told, 2, kind)
    yield _file("lines: cut short", f"{good}\n{other[:-20]}", "cut short", 1)
    document = json.dumps({"source": "wms", "readings": [row]})
    yield _file("document: cut short", document[:-8], "cut short", 0, "application/json")
    yield _file(
        "document: readings no list", '{"source": "wms", "readings": 7}', "neither a list", 0, "application/json"
    )
    yield _file(
        "document: of something else", '{"orders": []}', "orders where `source` and `readings`", 0, "application/json"
    )
    yield _file("document: empty object", "{}", "nothing where", 0, "application/json")
    doubtful = {"response": {"1001": {"warehouses": {"2": {"inStock": 10, "onHand": 9, "allocated": 2}}}}}
    yield _file("Brightpearl: a sum that does not hold", json.dumps(doubtful), "what is free to sell is not sure")
