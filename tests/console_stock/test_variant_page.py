"""A variant's page: every number with its reason, what happened, and what a marketer may do that a viewer may not."""

import re

from tests.builders.web import House, row
from tests.console_stock.conftest import SignIn, csrf


def test_the_page_tells_from_on_hand_to_the_promise(shop: House, sign_in: SignIn) -> None:
    text = sign_in("reader").get("/stock/tee-m").text
    falls = re.findall(r'fall-units">([^<]+)<', text)
    assert falls == ["40", "−1", "−2", "37"]
    assert "reserve at locations" in text
    assert "made again, equal" in text
    assert "House" in text, "the rule behind a setting"


def test_an_objection_is_a_bar_of_its_own(shop: House, sign_in: SignIn) -> None:
    text = sign_in("reader").get("/stock/bag-1").text
    assert re.search(r'href="#levels">location not in the pool</a>', text)


def test_a_past_decision_is_shown_as_it_was(shop: House, sign_in: SignIn) -> None:
    shop.send(row(variant="tee-m", observed_at="2026-11-23T11:59:30Z", quantities={"available": 20, "on_hand": 20}))
    shop.decide()
    client = sign_in("reader")
    links = re.findall(r'href="(/stock/tee-m\?[^"]*decision=[\d-]+)">Why then', client.get("/stock/tee-m").text)
    assert len(links) == 2
    past = client.get(links[1].replace("&amp;", "&")).text
    assert re.findall(r'fall-units">([^<]+)<', past)[-1] == "37"
    assert "made again, equal" in past


def test_a_decision_that_is_not_there_is_a_page_and_not_a_fault(shop: House, sign_in: SignIn) -> None:
    client = sign_in("reader")
    assert client.get("/stock/tee-m?decision=nonsense").status_code == 404
    assert client.get("/stock/tee-m?decision=1-1").status_code == 200
    assert client.get("/stock/nobody").status_code == 404
    assert "No source has told of nobody" in client.get("/stock/nobody").text


def test_the_series_has_a_point_for_every_decision(shop: House, sign_in: SignIn) -> None:
    series = sign_in("reader").get("/console/stock/series/tee-m").json
    assert series is not None
    assert series["pools"]["ship"]["promised"] == [37]
    assert series["pools"]["ship"]["band"] == [3]
    assert sign_in("reader").get("/console/stock/series/nobody").status_code == 404


def test_a_marketer_blocks_and_unblocks_with_a_trace(shop: House, sign_in: SignIn) -> None:
    client = sign_in("marketer")
    form = {"variant": "tee-m", "blocked": "1", "note": "recall", "csrf_token": csrf(client, "/stock/tee-m")}
    assert client.post("/console/variants/block", data=form).location == "/stock/tee-m"
    shop.decide()
    text = client.get("/stock/tee-m").text
    assert "blocked by a person" in text
    assert re.findall(r'fall-units">([^<]+)<', text)[-1] == "0"
    assert shop.store.audit.page(1)[0][0].action == "variant.block"
    client.post("/console/variants/block", data={**form, "blocked": "0"})
    shop.decide()
    text = client.get("/stock/tee-m").text
    assert re.search(r'href="#restock">waits for a person</a>', text)
    episode = re.search(r'name="episode" value="(\d+)"', text)
    assert episode
    word = {"variant": "tee-m", "episode": episode[1], "next": "/stock/tee-m", "csrf_token": form["csrf_token"]}
    assert client.post("/restocks/confirm", data=word).location == "/stock/tee-m"
    shop.decide()
    assert re.findall(r'fall-units">([^<]+)<', client.get("/stock/tee-m").text)[-1] == "37"


def test_a_viewer_changes_nothing(shop: House, sign_in: SignIn) -> None:
    client = sign_in("reader")
    token = csrf(client, "/stock/tee-m")
    form = {"variant": "tee-m", "blocked": "1", "csrf_token": token}
    assert client.post("/console/variants/block", data=form).status_code == 403
    assert not shop.store.catalog.entries(["tee-m"])["tee-m"].variant.blocked
    assert "Block it" not in client.get("/stock/tee-m").text


def test_blocking_what_nobody_told_of_makes_no_variant(shop: House, sign_in: SignIn) -> None:
    client = sign_in("marketer")
    form = {"variant": "ghost", "blocked": "1", "csrf_token": csrf(client, "/stock/tee-m")}
    assert client.post("/console/variants/block", data=form).status_code == 404
    assert shop.store.journal.now("ghost") is None


def test_a_variant_without_a_decision_says_what_it_waits_for(house: House, sign_in: SignIn) -> None:
    house.send(row(variant="new"))
    assert "No decision was made of it yet" in sign_in("reader").get("/stock/new").text
