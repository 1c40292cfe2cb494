"""What each surface of marketing is told: storefront, campaigns, recommendations, pickup, back-in-stock, support."""

from collections.abc import Iterator

import pytest

from integrations.shopify.simulator import movements
from tests.builders.launch import CAP, MUG, REPAIR, S1, S2, TEE, WH, Launch, launch, variant_of


@pytest.fixture
def house(redis_url: str) -> Iterator[Launch]:
    with launch(redis_url) as opened:
        yield opened


def has(house: Launch, item: int, units: int) -> None:
    """Leave so many units of an item, all in the warehouse."""
    house.does("set", item, WH, name="available", quantity=units)
    house.does("set", item, S1, name="available", quantity=0)
    house.passes()
    house.passes(minutes=3)


def test_the_storefront_is_told_what_is_there_low_and_out(house: Launch) -> None:
    house.define("plenty", preset="safe_best_sellers", may_be_empty=True)
    house.define("last", preset="last_pieces", may_be_empty=True)
    for units, band, plenty, last in ((20, "healthy", True, False), (4, "low", False, True), (0, "out", False, False)):
        has(house, CAP, units)
        told = [any("Cap" in title for title in house.feed(name)) for name in ("plenty", "last")]
        assert (house.band(CAP), told) == (band, [plenty, last])
    assert house.band(MUG) == "healthy"


def test_one_product_that_runs_low_pauses_its_own_campaigns_only(house: Launch) -> None:
    for id_, items in (("A", (CAP,)), ("B", (CAP, MUG)), ("C", (MUG,))):
        house.campaign(id_, *items)
    house.campaign("D", CAP, channel="sms", body="Cap: https://shop.example/products/cap")
    house.passes()
    has(house, CAP, 4)
    assert {id_: house.message(id_) for id_ in "ABCD"} == {"A": "draft", "B": "draft", "C": "scheduled", "D": "draft"}
    holds = {hold["id"]: hold["reasons"] for hold in house.api("holds")["holds"]}
    assert holds["B"][0].startswith("1 of 2 featured variants is low or out; Campaigns holds from 50 %.")
    assert all("Cap / One size is low (4 units)." in reasons for reasons in holds.values())


def test_what_cannot_be_bought_is_recommended_nowhere(house: Launch) -> None:
    house.define("recommended", may_be_empty=True)
    has(house, TEE, 9)
    assert len(house.feed("recommended")) == 3
    has(house, TEE, 0)
    house.post_shop("edit_product", product=CAP + 2_000, changes={"status": "ARCHIVED"})
    house.passes()
    house.passes()
    assert [title.split()[0] for title in house.feed("recommended")] == ["Mug"]
    assert house.record("variant", variant_of(CAP))["published"] is False
    house.post_shop("edit_product", product=MUG + 2_000, changes={"online_store_url": None})
    house.passes()
    house.passes()
    assert house.feed("recommended") == []


def test_pickup_is_promised_store_by_store(house: Launch) -> None:
    promised = ("pickup_s1", "pickup_s3", "walk_in_s2")
    assert [house.promise(CAP, pool) for pool in promised] == [19, 20, 20]
    house.does("sell", CAP, S1, units=19, channel="pos")
    house.passes()
    assert [house.promise(CAP, pool) for pool in promised] == [0, 20, 20]
    assert house.band(CAP, "pickup_s1") == "out" and house.promise(CAP) == 20
    house.does("sell", CAP, S2, units=1, channel="pos")
    house.passes()
    assert [house.promise(CAP, pool) for pool in promised] == [0, 20, 19]


def test_flapping_stock_comes_back_once_and_repeated_webhooks_change_nothing(house: Launch) -> None:
    house.fault(duplicate_webhooks=99)
    told = [0]
    for units, seconds in ((1, 150), (0, 1), (3, 30), (3, 30), (3, 150), (3, 150)):
        house.does("set", TEE, WH, name="available", quantity=units)
        house.passes(seconds=seconds)
        if house.quantity(TEE) != told[-1]:
            told.append(house.quantity(TEE))
    house.passes(minutes=3)
    assert told == [0, 3] and house.quantity(TEE) == 3
    came = house.came_back(TEE)
    restocks = [one for one in house.api("restocks")["restocks"] if one["variant"] == variant_of(TEE)]
    assert came["state"] == "alerts" and [one["episode"] for one in restocks] == [came["episode"]]


def test_support_can_read_why_six_lie_there_and_none_can_be_sold(house: Launch) -> None:
    has(house, TEE, 0)
    level = house.shop.level(TEE, WH)
    with house.shop.lock:
        movements._apply(house.shop, level, quality_control=6)
    house.passes(minutes=5)
    told = house.api(f"variants/{variant_of(TEE)}/explanation")
    step = next(one for one in told["steps"] if one["location"] == str(WH))
    assert (step["quantities"]["on_hand"], step["quantities"]["quarantined"], step["counted"]) == (6, 6, 0)
    assert step["observed_at"] and told["promised_units"] == 0
    assert told["reasons"] and told["proof"]["differences"] == []


def test_five_hundred_webhooks_that_change_no_promise_are_not_one_request_to_klaviyo(house: Launch) -> None:
    before = len(house.effects())
    for number in range(250):
        for item in (CAP, MUG):
            with house.shop.lock:
                movements.set_quantity(house.shop, item, REPAIR, "available", number % 7)
    house.passes()
    assert house.why(CAP)[str(REPAIR)]["quantities"]["available"] == 249 % 7
    assert len(house.effects()) == before
