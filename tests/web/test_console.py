"""The console: signing in, the board's polling, and the waterfall's sums."""

import re
from typing import Any

import pytest

from gateway.web.console.waterfall import waterfall
from tests.builders.web import AT, POLICY, House, product, row

WHY: dict[str, Any] = {
    "pool": "ship", "band": "low", "policy_version": 1, "promised_units": 11, "pool_units": 13, "buffer": 2,
    "sentences": ["11 may be promised."],
    "steps": [
        {"quantities": {"available": 14, "on_hand": 17}, "counted": 14, "units": 13, "objections": []},
        {"quantities": {"available": 50}, "counted": 0, "units": 0, "objections": ["location_not_in_pool"]},
    ],
}  # fmt: skip


@pytest.fixture
def signed_in(house: House) -> House:
    form = re.search(r'name="csrf_token" value="([^"]+)"', house.client.get("/sign-in").text)
    assert form
    answer = house.client.post("/sign-in", data={"token": house.tokens["reader"], "csrf_token": form[1]})
    assert answer.status_code == 302
    return house


def mark_of(text: str) -> str:
    found = re.search(r"seen=(\w+)", text)
    assert found
    return found[1]


def test_the_page_needs_a_token_and_the_form_a_csrf_token(house: House) -> None:
    assert house.client.get("/").location == "/sign-in"
    assert house.client.get("/console/board", headers={"HX-Request": "true"}).status_code == 401
    assert house.client.post("/sign-in", data={"token": house.tokens["reader"]}).status_code == 400


def test_a_token_that_may_not_read_opens_no_session(house: House) -> None:
    form = re.search(r'name="csrf_token" value="([^"]+)"', house.client.get("/sign-in").text)
    assert form
    answer = house.client.post("/sign-in", data={"token": house.tokens["source"], "csrf_token": form[1]})
    assert answer.status_code == 401
    assert house.client.get("/").status_code == 302


def test_a_revoked_token_ends_its_sessions(signed_in: House) -> None:
    assert signed_in.client.get("/").status_code == 200
    signed_in.store.accounts.revoke("reader")
    assert signed_in.client.get("/").location == "/sign-in"


def test_polling_answers_204_until_something_changes(signed_in: House) -> None:
    signed_in.store.policies.publish(POLICY, based_on=None, author="a", note="n", at=AT)
    signed_in.put_catalog(product(title="<b>Tee"))
    mark = mark_of(signed_in.client.get("/stock").text)
    assert signed_in.client.get(f"/console/board?seen={mark}").status_code == 204
    signed_in.send(row(), row(location="soho", quantities={"available": 50}))
    signed_in.decide()
    changed = signed_in.client.get(f"/console/board?seen={mark}")
    assert changed.status_code == 200
    assert "&lt;b&gt;Tee" in changed.text
    assert ">67<" in changed.text
    assert "<b>11</b>" in changed.text
    assert signed_in.client.get(f"/console/board?seen={mark_of(changed.text)}").status_code == 204


def test_the_panel_explains_and_nothing_inline_is_served(signed_in: House) -> None:
    signed_in.store.policies.publish(POLICY, based_on=None, author="a", note="n", at=AT)
    signed_in.put_catalog(product())
    signed_in.send(row(), row(location="soho", quantities={"available": 50}))
    signed_in.decide()
    page, panel = signed_in.client.get("/stock").text, signed_in.client.get("/console/variant/tee-m").text
    assert "On hand 67" in panel
    assert "May be promised 11" in panel
    for text in (page, panel):
        assert " style=" not in text
        assert not re.search(r"<script(?![^>]*src=)|<style|\son\w+=", text)


def test_empty_states_say_what_to_do(signed_in: House) -> None:
    page = signed_in.client.get("/stock").text
    assert "No policy is published" in page
    assert "No variant is known yet" in page
    assert "No variant matches" in signed_in.client.get("/stock?q=zzz").text
    assert signed_in.client.get("/console/variant/none").status_code == 404


def test_the_bars_lead_from_on_hand_to_the_promise() -> None:
    bars = waterfall(WHY)
    assert [(bar.label, bar.units) for bar in bars] == [
        ("On hand", 67), ("not sellable", -3), ("reserve at locations", -1), ("location not in the pool", -50),
        ("buffer", -2), ("May be promised", 11),
    ]  # fmt: skip
    assert sum(bar.units for bar in bars[:-1]) == bars[-1].units


def test_a_promise_without_a_number_has_no_bars() -> None:
    assert waterfall({**WHY, "promised_units": None}) == []
    assert waterfall({**WHY, "promised_units": "unlimited"}) == []
