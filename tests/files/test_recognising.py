"""A file is known by its content: header, encoding, separator; never by its name."""

import codecs
from pathlib import Path

import pytest

from integrations.files import FileRefused, StockRow, open_file
from tests.builders.files import (
    AVAILABILITY,
    INVENTORY,
    NEW_PRODUCTS,
    PRODUCTS,
    WIDE,
    availability,
    inventory,
    product,
    table,
    wide,
    write,
)

OLDER_INVENTORY = INVENTORY.replace(" (not editable)", "").replace("HS Code,COO,", "").replace(" (current)", "")
BARCODES = INVENTORY.replace("SKU,", "SKU,Barcode,")


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (table(AVAILABILITY), "availability.v1 CSV"),
        (table(INVENTORY), "Shopify inventory export, all quantities"),
        (table(OLDER_INVENTORY), "Shopify inventory export, all quantities"),
        (table(BARCODES), "Shopify inventory export, all quantities"),
        (table(WIDE + ",East"), "Shopify inventory export, available quantities"),
        (table(PRODUCTS), "Shopify product export"),
        (table(NEW_PRODUCTS), "Shopify product export"),
        ('{"source": "wms", "readings": []}', "availability.v1 JSON"),
        ('{\n "source": "wms",\n "readings": []}', "availability.v1 JSON"),
        ("[]", "availability.v1 JSON"),
        ('{"location": "wh"}\n', "availability.v1 JSON Lines"),
        ('{"schema": "availability.v1"}', "availability.v1 JSON Lines"),
        ('{broken\n{"location": "wh"}\n', "availability.v1 JSON Lines"),
        ('{"counts": [{"catalog_object_id": "a", "state": "IN_STOCK", "location_id": "L", "quantity": "1"}]}',
         "Square inventory counts"),
        ('[{"item": 7, "location": 2, "quantityavailable": "5"}]', "NetSuite inventory by location"),
        ('{"data": [{"product_id": "p", "outlet_id": "o", "current_amount": 3}]}', "Lightspeed X inventory"),
        ('{"response": {"1": {"warehouses": {"2": {}}}}}', "Brightpearl product availability"),
        ('{"Total": 1, "ProductAvailabilityList": [{"SKU": "A", "Location": "Main", "OnHand": 1, "Available": 1}]}',
         "Cin7 Core product availability"),
    ],
)  # fmt: skip
def test_a_file_is_recognised(content: str, kind: str, tmp_path: Path) -> None:
    with open_file(write(tmp_path, "upload.bin", content)) as opened:
        assert opened.kind == kind
        assert (opened.stock is None) == (kind == "Shopify product export")


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_encodings_line_breaks_and_separators_make_no_difference(
    codec: str, end: str, separator: str, tmp_path: Path
) -> None:
    text = table(INVENTORY, inventory(location="Café"), inventory(location="Soho", available="2"), end=end)
    (first, second) = stock(write(tmp_path, "a.csv", text.replace(",", separator).encode(codec)))
    assert (first.location_name, first.value["quantities"]["available"]) == ("Café", 14)
    assert (second.location_name, second.value["quantities"]["available"]) == ("Soho", 2)
    assert not first.problems + second.problems


def test_what_was_decided_about_a_file_is_said(tmp_path: Path) -> None:
    text = table(INVENTORY, inventory(location="Café")).replace(",", ";")
    with open_file(write(tmp_path, "a.csv", text.encode("cp1252"))) as opened:
        assert [remark.split(":")[0] for remark in opened.remarks] == [
            "The file is not UTF-8",
            "Its columns are separated by semicolons.",
            "8 of its columns are not read",
        ]


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="No such file"), open_file(tmp_path / "none.csv"):
        pass


def test_a_mark_that_only_looks_like_utf_16_is_not_taken_for_it(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="UTF-32"), open_file(write(tmp_path, "a", codecs.BOM_UTF32_LE + b"a\0\0\0")):
        pass


def test_cells_per_location_and_places_not_stocked(tmp_path: Path) -> None:
    path = write(tmp_path, "w.csv", table(WIDE + ",East,West,North", wide("tee", "M", "A", "-4", "not stocked", "")))
    rows = stock(path)
    assert [row.location_name for row in rows] == ["East", "West", "North"]
    assert [row.value["quantities"] for row in rows] == [{"available": -4}, {"available": None}, {"available": None}]
    assert [row.value.get("active") for row in rows] == [None, False, None], "empty is not told, which is not withdrawn"


def test_null_and_zero_survive_as_csv_and_as_lines(tmp_path: Path) -> None:
    line = availability(available="", on_hand="0", reserved="0")
    flat = '{"schema":"availability.v1","source":"wms","variant_refs":["tee-m"],"location_ref":"wh","on_hand":"0",'
    flat += '"available":null,"reserved":"0","observed_at":"2026-11-23T11:59:00Z"}'
    (from_csv,) = stock(write(tmp_path, "a.csv", table(AVAILABILITY, line)))
    (from_json,) = stock(write(tmp_path, "a.jsonl", flat))
    for row in (from_csv, from_json):
        told = row.value["quantities"]
        assert (told["available"], told["on_hand"], told["reserved"]) == (None, 0, 0)
        assert (row.value["variant"], row.value["location"]) == ("tee-m", "wh")
    assert "damaged" in from_csv.value["quantities"] and "damaged" not in from_json.value["quantities"]


def stock(path: Path) -> list[StockRow]:
    """Every row of a file of stock."""
    with open_file(path) as opened:
        assert opened.stock is not None
        return list(opened.stock())


def test_products_are_whole_and_pictures_are_skipped(tmp_path: Path) -> None:
    line = "Tee,tee,,Harbor,,Shirts,summer,TRUE,Active,TEE-M,123,Size,M,,19.9,shopify,4,CONTINUE,,FALSE"
    more = ",tee,,,,,,,,TEE-L,,,L,,19.9,,4,DENY,,"
    photo = ",tee,,,,,,,,,,,,,,,,,https://cdn.example/2.jpg,"
    gift = "Card,card,,Harbor,,Gifts,,TRUE,Active,GC,,Title,Default Title,,25,,,DENY,,TRUE"
    with open_file(write(tmp_path, "p.csv", table(NEW_PRODUCTS, line, more, photo, gift))) as opened:
        assert opened.products is not None
        tee, card = opened.products("erp")
    assert (tee.rows, tee.skipped, tee.problems) == (2, 1, [])
    assert tee.product is not None and card.product is not None
    assert [(v.id, v.sku, v.tracked, v.inventory_policy) for v in tee.product.variants] == [
        ("tee:M", "TEE-M", True, "continue"), ("tee:L", "TEE-L", False, "deny"),
    ]  # fmt: skip
    assert (tee.product.published, card.product.published) == (True, False), "a gift card is not promoted"
    assert card.product.variants[0].id == "card"


@pytest.mark.parametrize(
    ("status", "published", "counts"),
    [("active", "true", True), ("active", "false", False), ("draft", "true", False), ("archived", "true", False),
     ("unlisted", "true", False), ("", "true", True), ("active", "", None), ("active", "ja", None)],
)  # fmt: skip
def test_published_is_what_the_file_says_and_nothing_more(
    status: str, published: str, counts: bool | None, tmp_path: Path
) -> None:
    path = write(tmp_path, "p.csv", table(PRODUCTS, product(status=status, published=published)))
    with open_file(path) as opened:
        assert opened.products is not None
        (read,) = opened.products("erp")
    assert read.product is not None and read.product.published is counts


def test_what_a_catalogue_says_twice_is_named_and_stops_nothing(tmp_path: Path) -> None:
    rows = (
        product("tee", "Tee", "M", "TEE-M"),
        product("cap", "Cap", "M", "TEE-M").replace("Harbor", "HARBOR").replace("19.90,,", "19.90,00012345678905,"),
        product("hat", "Hat", "M", "HAT").replace("19.90,,", "19.90,00012345678905,"),
        product("bag", "Bag", "M", "BAG").replace("19.90,,", "19.90,00012345678906,"),
    )
    with open_file(write(tmp_path, "p.csv", table(PRODUCTS, *rows))) as opened:
        assert opened.products is not None
        read = list(opened.products("erp"))
    assert all(one.product is not None and not one.problems for one in read)
    assert [[path for _, path, _ in one.remarks] for one in read] == [
        [], ["Variant SKU", "Vendor"], ["Variant Barcode"], ["Variant Barcode"],
    ]  # fmt: skip
    assert "also the SKU of line 2" in str(read[1].remarks) and "does not check" in str(read[3].remarks)
