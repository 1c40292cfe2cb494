"""A person's word on a restock, over HTTP."""

from typing import Any

import pytest

from gateway.pipeline.decide import decide_due
from tests.builders.web import AT, House, house_on, product, row
from tests.builders.web import POLICY as HOUSE_POLICY

POLICY = {**HOUSE_POLICY, "rules": [{"name": "House", "set": {"buffer_units": 2}}], "restock": {"causes": ["receipt"]}}


@pytest.fixture
def house(redis_url: str) -> House:
    house = house_on(redis_url)
    house.store.policies.publish(POLICY, based_on=None, author="ann", note="", at=AT)
    house.put_catalog(product())
    for minute, available in enumerate((9, 0, 9)):
        house.send(row(quantities={"available": available}, observed_at=f"2026-11-23T11:5{minute}:00Z", cause="count"))
        decide_due(house.services, AT)
    return house


def say(house: House, restock: str, word: str, role: str = "marketer", **more: Any) -> Any:
    return house.client.post(f"/api/v1/restocks/{restock}/{word}", headers=house.bearer(role), **more)


def promised(house: House) -> Any:
    view = house.client.get("/api/v1/variants/tee-m", headers=house.bearer("reader")).json
    return view["pools"]["ship"]["promised_units"], view["restock"]["state"]


def test_what_waits_is_listed_and_goes_when_a_marketer_says_so(house: House) -> None:
    listed = house.client.get("/api/v1/restocks?state=awaits_confirmation", headers=house.bearer("reader")).json
    (line,) = listed["restocks"]
    assert (line["variant"], line["kind"], line["cause"]) == ("tee-m", "restock", "count")
    assert promised(house) == (0, "awaits_confirmation")
    assert say(house, line["id"], "confirm", json={"note": "counted twice"}).json["state"] == "confirmed"
    decide_due(house.services, AT)
    assert promised(house) == (7, "confirmed")
    (entry,) = house.store.audit.page(10)[0]
    assert (entry.actor, entry.action, entry.facts["note"]) == ("marketer", "restock.confirmed", "counted twice")
    assert say(house, line["id"], "confirm").status_code == 409


def test_a_dismissed_one_stays_at_nothing(house: House) -> None:
    assert say(house, "1.tee-m", "dismiss").status_code == 200
    decide_due(house.services, AT)
    assert promised(house) == (0, "dismissed")


@pytest.mark.parametrize("restock", ["tee-m", "x.tee-m", "1.", "9999999999.tee-m"])
def test_what_is_no_restock_is_not_found(house: House, restock: str) -> None:
    assert say(house, restock, "confirm").status_code == 404


def test_another_episode_is_not_settled_by_mistake(house: House) -> None:
    assert say(house, "2.tee-m", "confirm").status_code == 409
    assert promised(house) == (0, "awaits_confirmation")


@pytest.mark.parametrize("role", ["reader", "source"])
def test_others_than_marketers_have_no_word(house: House, role: str) -> None:
    assert say(house, "1.tee-m", "confirm", role=role).status_code == 403


def test_an_unknown_state_is_refused(house: House) -> None:
    assert house.client.get("/api/v1/restocks?state=odd", headers=house.bearer("reader")).status_code == 422
