"""What an old system leaves behind is named until somebody cleared it up."""

import pytest

from gateway.doubts.looking import look_for_doubts
from gateway.pipeline.read import accept_locations, accept_products
from policies.values import LocationFacts, ProductFacts, VariantFacts
from tests.builders.doubts import Crowd, crowd, names_of


@pytest.fixture
def house(redis_url: str) -> Crowd:
    return crowd(redis_url, 12)


def looks(house: Crowd) -> None:
    look_for_doubts(house.services, house.at)


def publishes(house: Crowd, variant: str, published: bool) -> None:
    facts = VariantFacts(variant, tracked=True)
    product = ProductFacts(f"p-{variant}", "erp", published=published, variants=(facts,))
    accept_products(house.services, "erp", [product], house.at)
    house.decide()


def test_stock_of_what_is_not_published_is_one_doubt_a_source(house: Crowd) -> None:
    publishes(house, "v1", False)
    publishes(house, "v2", False)
    house.says({"v2": 0, "v3": 0})
    looks(house)
    (doubt,) = house.doubts("inactive_product")
    assert (doubt.key, doubt.facts["count"], doubt.facts["units"], doubt.facts["variants"]) == ("wms", 1, 20, ["v1"])
    publishes(house, "v1", True)
    looks(house)
    assert house.doubts("inactive_product") == []


def test_what_the_catalogue_does_not_name_is_no_unpublished_product(house: Crowd) -> None:
    house.says({"unknown": 5})
    looks(house)
    assert house.doubts("inactive_product") == []
    (doubt,) = house.doubts("unknown_item")
    assert doubt.facts["units"] == 5


def test_figures_below_nothing_are_named_by_place(house: Crowd) -> None:
    house.says({"v1": -3, "v2": -1})
    looks(house)
    (doubt,) = house.doubts("negative_figure")
    assert (doubt.key, doubt.facts["variants"]) == ("wms/wh", ["v1", "v2"])
    house.says({"v1": 3, "v2": 0})
    looks(house)
    assert house.doubts("negative_figure") == []


def test_a_closed_place_is_named_while_it_has_stock(house: Crowd) -> None:
    accept_locations(house.services, [LocationFacts("wh", "wms", "Old warehouse", active=False)], house.at)
    looks(house)
    (doubt,) = house.doubts("closed_location")
    assert doubt.sentence == "wms says that Old warehouse (wh) is closed, and tells of 240 units there."
    house.says(dict.fromkeys(names_of(12), 0))
    looks(house)
    assert house.doubts("closed_location") == []


def test_one_name_on_two_places_is_named_until_one_is_renamed(house: Crowd) -> None:
    places = [LocationFacts("1", "pos", "Soho  Store"), LocationFacts("2", "pos", "soho store"),
              LocationFacts("3", "wms", "Soho store"), *(LocationFacts(id_, "pos") for id_ in "45")]  # fmt: skip
    accept_locations(house.services, places, house.at)
    looks(house)
    (doubt,) = house.doubts("location_names")
    assert doubt.facts["locations"] == ["1", "2"]
    accept_locations(house.services, [LocationFacts("2", "pos", "Noho store")], house.at)
    looks(house)
    assert house.doubts("location_names") == []


def test_a_dismissed_leftover_comes_back_when_it_went_away_and_came_again(house: Crowd) -> None:
    for figure, listed in ((-1, 1), (-1, 0), (1, 0), (-1, 1)):
        house.says({"v1": figure})
        looks(house)
        found = house.doubts("negative_figure")
        assert len(found) == listed
        if found:
            house.store.doubts.settle(found[0], "dismissed", by="ann", note="", at=house.at, silence=True)
