"""The list of variants: what each filter finds, its order, its export, and the filters that people keep."""

import csv
import re

import pytest

from tests.builders.web import House, row
from tests.console_stock.conftest import SignIn, csrf


def listed(text: str) -> list[str]:
    """The variants of a page, in order."""
    return re.findall(r'<td><a href="/stock/([\w-]+)', text)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("", {"tee-m", "tee-l", "bag-1", "hat-1"}),
        ("q=tee-l", {"tee-l"}),
        ("q=TEE / m", {"tee-m"}),
        ("band=low", {"tee-l"}),
        ("tag=summer", {"tee-m", "tee-l"}),
        ("collection=basics", {"tee-m", "tee-l"}),
        ("vendor=acme", {"tee-m", "tee-l"}),
        ("location=soho", {"bag-1"}),
        ("store_only=1", {"bag-1"}),
        ("why=variant_unpublished", {"hat-1"}),
        ("why=location_not_in_pool", {"bag-1"}),
        ("why=buffer_kept", {"tee-m", "tee-l"}),
        ("tag=summer&why=location_not_in_pool", set()),
        ("q=&tag=&band=&why=", {"tee-m", "tee-l", "bag-1", "hat-1"}),
    ],
)
def test_every_filter_finds_what_it_says(shop: House, sign_in: SignIn, asked: str, found: set[str]) -> None:
    assert set(listed(sign_in("reader").get(f"/stock?{asked}").text)) == found


def test_a_word_that_no_filter_knows_is_left_out_and_said(shop: House, sign_in: SignIn) -> None:
    page = sign_in("reader").get("/stock?band=purple&page=x")
    assert len(listed(page.text)) == 4
    assert "“purple”" in page.text


def test_the_order_is_that_of_the_address(shop: House, sign_in: SignIn) -> None:
    client = sign_in("reader")
    assert listed(client.get("/stock?sort=on_hand&dir=desc").text) == ["tee-m", "tee-l", "hat-1", "bag-1"]
    assert listed(client.get("/stock?sort=title").text) == ["bag-1", "hat-1", "tee-l", "tee-m"]


def test_a_page_past_the_end_says_so_and_an_empty_result_offers_the_way_out(shop: House, sign_in: SignIn) -> None:
    client = sign_in("reader")
    assert "past the end" in client.get("/stock?page=9").text
    assert "No variant matches" in client.get("/stock?q=zzz").text


def test_an_empty_shop_says_what_to_do(house: House, sign_in: SignIn) -> None:
    text = sign_in("reader").get("/stock").text
    assert "No variant is known yet" in text
    assert "No policy is published" in text


def test_the_poll_answers_204_until_a_row_changes(shop: House, sign_in: SignIn) -> None:
    client = sign_in("reader")
    address = re.search(r'hx-get="(/console/stock/board[^"]*)"', client.get("/stock?band=low").text)
    assert address
    poll = address[1].replace("&amp;", "&")
    assert client.get(poll).status_code == 204
    shop.send(row(variant="tee-l", observed_at="2026-11-23T11:59:30Z", quantities={"available": 8, "on_hand": 8}))
    shop.decide()
    answer = client.get(poll)
    assert answer.status_code == 200
    assert listed(answer.text) == ["tee-l"]


def test_the_export_has_every_match_and_no_formula(shop: House, sign_in: SignIn) -> None:
    answer = sign_in("reader").get("/stock.csv?store_only=1")
    assert answer.mimetype == "text/csv"
    rows = list(csv.DictReader(answer.text.splitlines()))
    assert [line["variant"] for line in rows] == ["bag-1"]
    assert rows[0]["sku"] == "'=BAG"
    assert rows[0]["on_hand"] == "5"


def test_a_filter_is_kept_for_its_owner_alone(shop: House, sign_in: SignIn) -> None:
    mine, theirs = sign_in("marketer"), sign_in("admin")
    form = {"name": "Low tees", "query": "band=low&tag=summer", "csrf_token": csrf(mine, "/stock")}
    answer = mine.post("/console/stock/filters", data=form)
    assert answer.location == "/stock?tag=summer&band=low"
    assert "Low tees" in mine.get("/stock").text
    assert "Low tees" not in theirs.get("/stock").text
    mine.post("/console/stock/filters/drop", data={"name": "Low tees", "csrf_token": csrf(mine, "/stock")})
    mine.get("/stock")
    assert "Low tees" not in mine.get("/stock").text


def test_nothing_is_shown_to_who_is_not_signed_in(shop: House) -> None:
    for address in ("/stock", "/stock.csv", "/console/stock/board", "/stock/tee-m", "/console/stock/series/tee-m"):
        answer = shop.client.get(address)
        assert answer.status_code == 302
        assert answer.location.startswith("/sign-in")
