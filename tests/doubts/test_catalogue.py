"""Doubts about which product a thing is."""

from dataclasses import replace

import pytest

from gateway.doubts.catalogue import may_be_right
from gateway.doubts.looking import look_for_doubts
from gateway.pipeline.read import accept_products
from policies.values import ProductFacts, VariantFacts
from tests.builders.doubts import Crowd, crowd

TEE = VariantFacts("tee-m", sku="TEE", barcode="4006381333931", tracked=True)


@pytest.fixture
def house(redis_url: str) -> Crowd:
    return crowd(redis_url, 1)


def put(house: Crowd, *variants: VariantFacts) -> None:
    products = [ProductFacts(f"p-{v.id}", "erp", title=v.id, published=True, variants=(v,)) for v in variants]
    accept_products(house.services, "erp", products, house.at)


def test_one_sku_on_two_variants_is_named_until_it_is_put_right(house: Crowd) -> None:
    cap = replace(TEE, id="cap", barcode=None)
    put(house, TEE, cap)
    (doubt,) = house.doubts("duplicate_sku")
    assert (doubt.key, doubt.facts["variants"]) == ("TEE", ["cap", "tee-m"])
    put(house, replace(cap, sku="CAP"))
    look_for_doubts(house.services, house.at)
    assert house.doubts("duplicate_sku") == []


def test_one_barcode_on_two_variants_is_named(house: Crowd) -> None:
    put(house, TEE, replace(TEE, id="cap", sku="CAP"))
    assert [doubt.key for doubt in house.doubts("barcode_mismatch")] == [TEE.barcode]
    assert house.doubts("barcode") == []


def test_a_barcode_whose_last_digit_does_not_fit_is_named(house: Crowd) -> None:
    put(house, replace(TEE, barcode="4006381333932"))
    assert [doubt.facts["variants"] for doubt in house.doubts("barcode")] == [["tee-m"]]
    put(house, replace(TEE, id="cap", barcode="73513538"))
    assert [doubt.facts["variants"] for doubt in house.doubts("barcode")] == [["cap", "tee-m"]]
    put(house, TEE)
    assert [doubt.facts["variants"] for doubt in house.doubts("barcode")] == [["cap"]]
    put(house, replace(TEE, id="cap", barcode=None))
    assert house.doubts("barcode") == []


@pytest.mark.parametrize(
    ("barcode", "right"),
    [("4006381333931", True), ("73513537", True), ("036000291452", True), ("036000291453", False), ("A-17", True)],
)
def test_the_last_digit_of_a_gtin(barcode: str, right: bool) -> None:
    assert may_be_right(barcode) is right
