"""The pages on which people work what waits for them."""

from typing import Any

import pytest

from gateway.pipeline.decide import decide_due
from tests.builders.web import AT, House, house_on, product, row
from tests.web.test_restocks import POLICY

PAGES = ("/", "/stock", "/restocks", "/doubts", "/sources", "/audit")


@pytest.fixture
def house(redis_url: str) -> House:
    house = house_on(redis_url)
    house.store.policies.publish(POLICY, based_on=None, author="ann", note="", at=AT)
    house.put_catalog(product())
    for minute, available in enumerate((9, 0, 9)):
        house.send(row(quantities={"available": available}, observed_at=f"2026-11-23T11:5{minute}:00Z", cause="count"))
        decide_due(house.services, AT)
    house.send(row(observed_at="2026-11-23T13:00:00Z"))
    return house


def sign_in(house: House, role: str) -> None:
    house.client.application.config["WTF_CSRF_ENABLED"] = False
    assert house.client.post("/sign-in", data={"token": house.tokens[role]}).status_code in (302, 303)


def settle(house: House, word: str, **form: Any) -> Any:
    told = {"variant": "tee-m", "episode": "1", "note": "counted twice", **form}
    return house.client.post(f"/restocks/{word}", data=told, follow_redirects=True)


def test_today_says_what_waits_and_leads_there(house: House) -> None:
    sign_in(house, "reader")
    page = house.client.get("/").text
    assert "<b>1</b> back in stock, waiting for a word" in page
    assert "<b>1</b> readings or records in doubt" in page
    assert "more than 5 minutes ahead" in house.client.get("/doubts").text
    assert "wms" in house.client.get("/sources").text


def test_a_marketer_lets_a_number_go_and_the_audit_tells(house: House) -> None:
    sign_in(house, "marketer")
    assert "Let the number go" in house.client.get("/restocks").text
    assert "nobody is alerted" in settle(house, "confirm").text
    decide_due(house.services, AT)
    assert (
        house.client.get("/api/v1/variants/tee-m", headers=house.bearer("reader")).json["restock"]["state"]
        == "confirmed"
    )
    assert "counted twice" in house.client.get("/audit").text
    assert "Nothing waits" not in house.client.get("/").text  # the doubt still does
    assert "no longer waits" in settle(house, "confirm").text


def test_a_viewer_sees_everything_and_has_no_word(house: House) -> None:
    sign_in(house, "reader")
    for page in PAGES:
        assert house.client.get(page).status_code == 200
    assert "Let the number go" not in house.client.get("/restocks").text
    assert settle(house, "confirm").status_code == 403
    assert settle(house, "dismiss").status_code == 403


@pytest.mark.parametrize("episode", ["", "x", "-1", "9" * 40])
def test_a_form_that_nobody_was_given_changes_nothing(house: House, episode: str) -> None:
    sign_in(house, "marketer")
    assert settle(house, "confirm", episode=episode).status_code == 200
    assert house.store.restocks.get(["tee-m"])[0].state == "awaits_confirmation"  # type: ignore[union-attr]


def test_nobody_sees_a_page_without_signing_in(house: House) -> None:
    for page in PAGES:
        assert house.client.get(page).status_code in (302, 303)


def test_the_audit_is_read_over_http(house: House) -> None:
    sign_in(house, "marketer")
    settle(house, "dismiss")
    (entry,) = house.client.get("/api/v1/audit", headers=house.bearer("reader")).json["entries"]
    assert (entry["actor"], entry["action"], entry["target"]) == ("marketer", "restock.dismissed", "tee-m")
