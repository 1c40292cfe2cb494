"""The list of variants never turns what a source does not know into a figure."""

from typing import Any

from tests.builders.web import AT, POLICY, House, product, row


def test_a_place_that_does_not_know_its_figure_is_not_counted_as_zero_on_hand(house: House) -> None:
    house.store.policies.publish(POLICY, based_on=None, author="a", note="n", at=AT)
    house.put_catalog(product())
    house.send(row(quantities={"available": None}))
    house.decide()
    assert listed(house)["on_hand"] is None
    house.send(row(quantities={"available": 9}, observed_at="2026-11-23T11:59:30Z"))
    house.decide()
    assert listed(house)["on_hand"] == 9


def listed(house: House) -> Any:
    answer = house.client.get("/api/v1/variants", headers=house.bearer("reader"))
    return answer.json["variants"][0]
