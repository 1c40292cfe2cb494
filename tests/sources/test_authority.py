"""Whose word on products counts: the owner's, whoever speaks last."""

from dataclasses import replace
from typing import Any

import pytest

from gateway.pipeline.read import accept_products
from policies.values import ProductFacts, VariantFacts
from tests.builders.doubts import Crowd, crowd

SPLIT = {"products": "erp", "variants": "shop", "levels": "wms"}


@pytest.fixture
def house(redis_url: str) -> Crowd:
    return crowd(redis_url, 1)


def product(source: str, **changes: Any) -> ProductFacts:
    tee = VariantFacts("tee-m", sku=f"{source}-SKU", tracked=True)
    facts = ProductFacts("tee", source, title=f"Tee of {source}", published=True, variants=(tee,))
    return replace(facts, **changes)


def put(house: Crowd, *products: ProductFacts) -> None:
    accept_products(house.services, products[0].source, products, house.at)


def entry(house: Crowd, name: str = "tee-m") -> Any:
    return house.store.catalog.entries([name]).get(name)


def test_what_is_not_the_owners_is_kept_and_shown_and_never_applied(house: Crowd) -> None:
    put(house, product("erp"))
    put(house, product("pos", published=False, title="Old tee"))
    assert (entry(house).variant.sku, entry(house).variant.published, entry(house).product_title) == (
        "erp-SKU", True, "Tee of erp",
    )  # fmt: skip
    (doubt,) = house.doubts("catalogue_drift")
    assert (doubt.key, "tee-m (SKU, published, title)" in doubt.sentence) == ("pos", True)
    assert house.store.evidence.told("pos", ["tee"])["tee"].title == "Old tee"


def test_only_the_owner_introduces_a_product(house: Crowd) -> None:
    put(house, product("pos"))
    assert entry(house) is None
    assert [doubt.key for doubt in house.doubts("unknown_product")] == ["pos"]


@pytest.mark.parametrize("order", [("erp", "shop"), ("shop", "erp"), ("erp", "shop", "erp"), ("shop", "erp", "shop")])
def test_two_owners_in_any_order_end_in_the_same_catalogue(house: Crowd, order: tuple[str, ...]) -> None:
    house.publish(authority=SPLIT)
    for source in order:
        put(house, product(source))
    told = entry(house)
    assert (told.product_title, told.variant.sku, told.variant.published) == ("Tee of erp", "shop-SKU", True)


def test_what_the_owner_of_variants_has_not_spoken_of_is_not_published(house: Crowd) -> None:
    house.publish(authority=SPLIT)
    put(house, product("erp"))
    assert entry(house).variant.published is None


def test_an_archived_product_stays_unpublished_whatever_a_till_says(house: Crowd) -> None:
    put(house, product("erp", published=False))
    put(house, product("pos"))
    house.says({"tee-m": 9})
    assert house.pool("tee-m")["promised_units"] == 0
