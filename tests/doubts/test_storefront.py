"""Where the owner of the products sells by figures of its own and they say otherwise than we promise."""

from typing import Any

import pytest

from gateway.doubts.looking import look_for_doubts
from gateway.doubts.storefront import KIND
from gateway.pipeline.read import accept_products
from policies.values import ProductFacts, VariantFacts
from tests.builders.doubts import DOCUMENT, Crowd, crowd


@pytest.fixture
def house(redis_url: str) -> Crowd:
    """A warehouse system counts; the shop, which owns the products, tells its own figures beside it."""
    return crowd(redis_url, 6)


def looks(house: Crowd, **later: float) -> dict[str, list[str]]:
    house.passes(**later)
    look_for_doubts(house.services, house.at)
    return {doubt.key: doubt.facts["variants"] for doubt in house.doubts(KIND)}


def shop_says(house: Crowd, units: dict[str, int]) -> None:
    house.says(units, source="erp", location="web")


def test_what_we_promise_and_the_shop_cannot_sell_is_told_after_it_settled(house: Crowd) -> None:
    shop_says(house, {"v1": 0, "v2": 7, "v3": -2})
    assert looks(house) == looks(house, minutes=59) == {}
    assert looks(house, minutes=1) == {"erp/sold_out": ["v1", "v3"]}
    shop_says(house, {"v1": 4, "v3": 1})
    assert looks(house) == {}


def test_what_is_out_and_the_shop_still_sells_is_told(house: Crowd) -> None:
    shop_says(house, {"v1": 5, "v2": 5})
    house.says({"v1": 0})
    looks(house)
    assert looks(house, hours=1) == {"erp/sells": ["v1"]}


def test_a_dispute_that_ended_meanwhile_begins_anew(house: Crowd) -> None:
    shop_says(house, {"v1": 0})
    looks(house)
    shop_says(house, {"v1": 3})
    looks(house, minutes=30)
    shop_says(house, {"v1": 0})
    looks(house, minutes=29)
    assert looks(house, minutes=59) == {}
    assert looks(house, minutes=1) == {"erp/sold_out": ["v1"]}


@pytest.mark.parametrize("facts", [{"inventory_policy": "continue"}, {"tracked": False}])
def test_what_the_shop_sells_without_counting_is_not_in_dispute(house: Crowd, facts: dict[str, Any]) -> None:
    variant = VariantFacts("v1", **{"tracked": True, **facts})
    product = ProductFacts("p-v1", "erp", published=True, variants=(variant,))
    accept_products(house.services, "erp", [product], house.at)
    shop_says(house, {"v1": 0})
    looks(house)
    assert looks(house, hours=2) == {}


def test_a_shop_whose_own_figures_count_is_never_in_dispute_with_itself(house: Crowd) -> None:
    house.publish(authority={**DOCUMENT["authority"], "levels_at": {"store": "erp"}})
    house.says({"v1": 0}, source="erp", location="store")
    looks(house)
    assert looks(house, hours=2) == {}
