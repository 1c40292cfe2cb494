import json
from decimal import Decimal

import pytest

from integrations.errors import TemporaryError
from tests.builders.shopify import (
    AT,
    Reply,
    Stub,
    connection,
    item_node,
    level_node,
    product_node,
    shopify_stock,
)

FAILED = [{"message": "Internal error", "path": ["nodes", 1], "extensions": {"code": "INTERNAL_SERVER_ERROR"}}]


def test_a_level_speaks_our_words_and_what_is_not_told_is_unknown(stub: Stub) -> None:
    level = level_node(3, active=False, available=-2, reserved=1, quality_control=4, on_hand=None)
    stub.replies = [Reply({"data": {"nodes": [item_node(7, level)]}})]
    read = shopify_stock(stub.url).levels_of(["7"])
    (told,) = read.levels
    assert (told.item, told.location, told.active, told.observed_at) == ("7", "3", False, AT)
    assert told.quantities["available"] == -2
    assert (told.quantities["held"], told.quantities["quarantined"]) == (1, 4)
    assert told.quantities["on_hand"] is None
    assert told.quantities["damaged"] is None


def test_a_missing_item_is_gone_and_a_failed_one_is_not(stub: Stub) -> None:
    stub.replies = [Reply({"data": {"nodes": [item_node(1, level_node(available=5)), None]}})] * 1
    read = shopify_stock(stub.url).levels_of(["1", "2"])
    assert (read.complete, read.gone) == ({"1"}, {"2"})
    stub.replies = [Reply({"data": {"nodes": [item_node(1, level_node(available=5)), None]}, "errors": FAILED})]
    read = shopify_stock(stub.url).levels_of(["1", "2"])
    assert (read.complete, read.gone) == ({"1"}, frozenset())


def test_an_item_with_a_hole_among_its_levels_is_incomplete_and_its_neighbour_stands(stub: Stub) -> None:
    holed = item_node(1, level_node(available=5), None)
    stub.replies = [Reply({"data": {"nodes": [holed, item_node(2, level_node(available=3))]}, "errors": FAILED})]
    read = shopify_stock(stub.url).levels_of(["1", "2"])
    assert (read.complete, read.gone) == ({"2"}, frozenset())
    assert [level.item for level in read.levels] == ["2"]


def test_an_item_in_many_locations_is_read_to_the_last_page(stub: Stub) -> None:
    first = item_node(1, *(level_node(n, available=n) for n in range(1, 31)), after="c30")
    more = {"inventoryLevels": connection(level_node(31, available=31))}
    stub.replies = [Reply({"data": {"nodes": [first]}}), Reply({"data": {"inventoryItem": more}})]
    read = shopify_stock(stub.url).levels_of(["1"])
    assert [level.location for level in read.levels] == [str(n) for n in range(1, 32)]
    assert json.loads(stub.requests[1][2])["variables"] == {"id": "gid://shopify/InventoryItem/1", "after": "c30"}


def test_what_shopify_does_not_count_has_no_figures(stub: Stub) -> None:
    stub.replies = [Reply({"data": {"nodes": [item_node(1, level_node(available=0), tracked=False)]}})]
    read = shopify_stock(stub.url).levels_of(["1"])
    assert read.tracked == {"1": False}
    assert set(read.levels[0].quantities.values()) == {None}


def test_a_read_of_many_items_is_cut_into_requests_of_ten(stub: Stub) -> None:
    asked = [str(n) for n in range(1, 24)]
    stub.replies = [
        Reply({"data": {"nodes": [item_node(int(n)) for n in asked[start : start + 10]]}}) for start in (0, 10, 20)
    ]
    assert shopify_stock(stub.url).levels_of(asked).complete == set(asked)
    with pytest.raises(ValueError, match="50"):
        shopify_stock(stub.url).levels_of(["1"] * 51)


def test_a_full_read_with_a_hole_is_no_snapshot(stub: Stub) -> None:
    stub.replies = [Reply({"data": {"inventoryItems": connection(item_node(1), None)}, "errors": FAILED})]
    with pytest.raises(TemporaryError):
        list(shopify_stock(stub.url).levels())


def test_a_product_keeps_its_words_and_ids_beyond_2_to_the_53(stub: Stub) -> None:
    stub.replies = [Reply({"data": {"nodes": [product_node(), None]}})]
    (product,) = shopify_stock(stub.url).products_of(["5", "6"])
    (variant,) = product.variants
    assert (product.id, product.published, product.product_type) == ("5", True, None)
    assert variant.stock_item == "9007199254740993"
    assert (variant.price, variant.inventory_policy, variant.tracked) == (Decimal("19.90"), "continue", True)


@pytest.mark.parametrize(
    "change", [{"status": "UNLISTED"}, {"status": "DRAFT"}, {"onlineStoreUrl": None}, {"isGiftCard": True}]
)
def test_what_is_not_sold_openly_is_not_published(stub: Stub, change: dict[str, object]) -> None:
    stub.replies = [Reply({"data": {"nodes": [product_node(**change)]}})]
    assert shopify_stock(stub.url).products_of(["5"])[0].published is False


def test_a_product_that_failed_to_read_is_not_reported_gone(stub: Stub) -> None:
    stub.replies = [Reply({"data": {"nodes": [product_node(), None]}, "errors": FAILED})]
    with pytest.raises(TemporaryError):
        shopify_stock(stub.url).products_of(["5", "6"])


def test_the_check_names_all_that_is_wrong(stub: Stub) -> None:
    names = [{"name": "on_hand", "comprises": ["available"]}, {"name": "available", "comprises": []}]
    data = {
        "shop": {"myshopifyDomain": "other.myshopify.com"},
        "currentAppInstallation": {"accessScopes": [{"handle": "write_inventory"}, {"handle": "read_products"}]},
        "inventoryProperties": {"quantityNames": names},
    }
    stub.replies = [Reply({"data": data}, headers={"X-Shopify-API-Version": "2027-01"})]
    text = "\n".join(shopify_stock(stub.url).check())
    for part in ("other.myshopify.com", "2027-01", "read_locations", "committed", "sum of: available"):
        assert part in text
    assert "read_inventory" not in text


def test_a_product_of_many_variants_is_read_to_the_last_page(stub: Stub) -> None:
    (variant,) = product_node()["variants"]["nodes"]
    more = {"variants": connection(variant | {"id": "gid://shopify/ProductVariant/2"})}
    stub.replies = [
        Reply({"data": {"nodes": [product_node(variants=connection(variant, after="c50"))]}}),
        Reply({"data": {"node": more}}),
    ]
    (product,) = shopify_stock(stub.url).products_of(["5"])
    assert [told.id for told in product.variants] == ["44556677", "2"]
