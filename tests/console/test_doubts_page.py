"""The worklist as a person works it: what it shows of each doubt, where it leads, and what a word on it does."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient

from gateway.doubts.kinds import KINDS
from gateway.doubts.looking import look_for_doubts
from gateway.web.console.policy_fields import element_id
from tests.builders.people import actions, by_token, post
from tests.builders.web import AT, POLICY, House, product, row


@pytest.fixture
def marketer(house: House) -> FlaskClient:
    return by_token(house, "marketer")


def raised(house: House, kind: str = "reading", key: str = "k", sentence: str = "It is odd.", **facts: Any) -> str:
    return house.store.doubts.raise_(kind, key, sentence, facts, AT - timedelta(hours=2))


def shown(client: FlaskClient, path: str = "/doubts") -> str:
    page = client.get(path)
    assert page.status_code == 200, page.status_code
    return unescape(re.sub(r"\s+", " ", page.text))


def said_of(client: FlaskClient, doubt: str) -> re.Match[str] | None:
    """What the form of a doubt says the person saw."""
    return re.search(rf'value="{doubt}".*?name="says" value="(\w+)"', client.get("/doubts").text, re.DOTALL)


def says(client: FlaskClient, verb: str, doubt: str, **form: Any) -> str:
    """Send the form of a doubt as a browser does; return the page it leads to."""
    form = {**form, "says": said.group(1)} if (said := said_of(client, doubt)) else form
    answer = post(client, f"/doubts/{verb}", "/doubts", id=doubt, **form)
    assert answer.status_code == 303
    return shown(client, answer.location)


def test_an_empty_list_is_good_news(marketer: FlaskClient) -> None:
    assert "Nothing is in doubt: all that was told is believed." in shown(marketer)


def test_doubts_stand_by_kind_with_age_owner_times_cost_and_consequences(house: House, marketer: FlaskClient) -> None:
    name = raised(house, "unmapped_location", "wms/annex", "A place <annex>.", source="wms", location="annex", units=7)
    raised(house, "unmapped_location", "wms/annex", "A place <annex>.", source="wms", location="annex", units=7)
    raised(house, "duplicate_sku", "TEE", "Twice.", variants=["tee-m", "tee-l"])
    house.put_catalog(product(title="Canvas tote"))
    house.store.doubts.assign(name, "ann")
    page = shown(marketer)
    for part in (
        "A place that the policy does not know <span", "A place <annex>.", "7 units kept from promising",
        "seen 2 times", "in the hands of ann", KINDS["unmapped_location"].confirm, KINDS["duplicate_sku"].dismiss,
        '<a href="/policy#locations">Give it a purpose in the policy</a>', '<a href="/stock?location=annex">',
        f'<a href="/sources#{element_id("source-wms")}">',
        '<a href="/stock/tee-m">Canvas tote / M</a>', '<a href="/stock/tee-l">tee-l',
    ):  # fmt: skip
        assert part in page, part
    assert '<a href="/doubts" aria-current="page">' in page
    assert page.index("A place <annex>.") < page.index("Twice."), "what keeps stock from promising stands first"


def test_what_waits_at_a_source_is_counted_as_it_is_now(house: House, marketer: FlaskClient) -> None:
    raised(house, "held_back", "wms", "Too much.", waiting=30)
    assert "0 variants kept at the last value" in shown(marketer)


def test_a_confirmed_reading_counts_from_now_and_stays_known_as_settled(house: House, marketer: FlaskClient) -> None:
    house.send(row(observed_at="2026-11-23T13:00:00Z", quantities={"available": 9}))
    (doubt,) = house.store.doubts.every()
    page = says(marketer, "confirm", doubt.id, note="their clock <is> wrong")
    assert f"Confirmed. {KINDS['reading'].confirm}" in page
    assert "Nothing is in doubt" in page
    assert house.store.ledger.read(["tee-m"]).levels.quantities[0].tolist() == [[9]]
    settled = shown(marketer, "/doubts?state=settled")
    assert "confirmed</span>" in settled
    assert "their clock <is> wrong" in settled
    assert ">marketer</a>" in settled
    assert actions(house)[-1][:2] == ("marketer", "doubt.confirmed")


def test_a_dismissed_doubt_leaves_the_list_and_stays_away(house: House, marketer: FlaskClient) -> None:
    name = raised(house)
    assert f"Dismissed. {KINDS['reading'].dismiss}" in says(marketer, "dismiss", name)
    raised(house)
    assert house.store.doubts.count() == 0


def test_a_doubt_is_taken_and_given_back_and_found_by_its_owner(house: House, marketer: FlaskClient) -> None:
    mine, other = raised(house, key="1", sentence="First."), raised(house, key="2", sentence="Second.")
    house.store.doubts.assign(other, "ann")
    assert "It is yours now." in says(marketer, "assign", mine, next="/doubts?owner=me")
    for owner, expected in (("me", "First."), ("ann", "Second."), ("nobody", "Nothing here is in doubt.")):
        page = shown(marketer, f"/doubts?owner={owner}")
        assert expected in page
        assert ("First." in page, "Second." in page) == (owner == "me", owner == "ann")
    assert "Given back" in says(marketer, "assign", mine, back="1")
    assert "First." in shown(marketer, "/doubts?owner=nobody")


def test_doubts_about_one_source_are_found_by_it(house: House, marketer: FlaskClient) -> None:
    raised(house, "reading", "wms/wh/v", "By facts.", source="wms")
    raised(house, "stale_source", "wms", "By key.")
    raised(house, "identity_mismatch", "till/wh", "Another.")
    page = shown(marketer, "/doubts?source=wms")
    assert ("By facts." in page, "By key." in page, "Another." in page) == (True, True, False)


@pytest.mark.parametrize("verb", ["confirm", "dismiss", "assign"])
def test_a_word_that_came_too_late_is_told_so(house: House, marketer: FlaskClient, verb: str) -> None:
    name = raised(house)
    house.store.doubts.clear("reading", "k")
    assert "It is on the list no more" in says(marketer, verb, name)


def test_a_doubt_that_says_something_else_by_now_is_not_decided_unread(house: House, marketer: FlaskClient) -> None:
    name = raised(house, sentence="30 variants wait.")
    seen = said_of(marketer, name)
    assert seen
    raised(house, sentence="5000 variants wait.")
    answer = post(marketer, "/doubts/confirm", "/doubts", id=name, says=seen.group(1))
    assert "It says something else by now" in shown(marketer, answer.location)
    assert house.store.doubts.count() == 1
    assert "Confirmed." in says(marketer, "confirm", name)


def test_many_of_a_kind_are_a_few_beside_the_others_and_pages_of_their_own(house: House, marketer: FlaskClient) -> None:
    for number in range(60):
        raised(house, "duplicate_sku", str(number), f"Twice {number}.")
    raised(house)
    page = shown(marketer)
    assert page.count("Twice ") == 5
    assert '<a href="/doubts?kind=duplicate_sku">All 60 of this kind</a>' in page
    assert shown(marketer, "/doubts?kind=duplicate_sku").count("Twice ") == 50
    rest = shown(marketer, "/doubts?kind=duplicate_sku&cursor=50")
    assert (rest.count("Twice "), "It is odd." in rest) == (10, False)
    assert "past the end" in shown(marketer, "/doubts?kind=duplicate_sku&cursor=500")


def test_settled_doubts_are_found_by_kind_and_person_over_pages(house: House, marketer: FlaskClient) -> None:
    for number in range(60):
        name = raised(house, "reading" if number % 2 else "barcode", str(number), f"Odd {number}.")
        doubt = house.store.doubts.get(name)
        assert doubt
        house.store.doubts.settle(doubt, "dismissed", by="ann" if number < 40 else "bo", note="", at=AT)
    page = shown(marketer, "/doubts?state=settled")
    assert (page.count("Odd "), 'cursor=50">Next page' in page) == (50, True)
    assert shown(marketer, "/doubts?state=settled&cursor=50").count("Odd ") == 10
    assert shown(marketer, "/doubts?state=settled&kind=barcode&owner=ann").count("Odd ") == 20
    assert "Nobody has settled anything that fits." in shown(marketer, "/doubts?state=settled&owner=nobody-here")


def test_a_viewer_reads_and_is_offered_no_word(house: House) -> None:
    raised(house)
    page = shown(by_token(house, "reader"))
    assert "It is odd." in page
    assert "Confirm" not in page


@pytest.mark.parametrize("query", ["kind=%00", "owner=" + "x" * 900, "state=closed", "kind=no_such"])
def test_an_address_that_asks_for_nonsense_shows_a_page(house: House, marketer: FlaskClient, query: str) -> None:
    raised(house)
    shown(marketer, f"/doubts?{query}")


def test_an_unmapped_place_is_found_by_the_look_and_leads_to_the_policy(house: House, marketer: FlaskClient) -> None:
    house.store.policies.publish(POLICY, based_on=None, author="a", note="n", at=AT)
    house.send(row(location="annex"))
    look_for_doubts(house.services, AT)
    assert "14 units kept from promising" in shown(marketer)
