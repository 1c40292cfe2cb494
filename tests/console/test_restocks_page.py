"""What came back, as a marketer looks at it: waves past and to come, why nothing goes, and counts instead of people."""

import re
from collections.abc import Iterator
from datetime import time
from html import unescape
from typing import Any

import pytest

from policies.restock import QuietHours
from tests.builders.klaviyo import simulated
from tests.builders.people import by_token
from tests.builders.waves import TEE, Waiting, people, waiting_house


@pytest.fixture
def waiting(redis_url: str) -> Iterator[Waiting]:
    """Twelve people who wait for a tee that has run out."""
    with simulated() as shop:
        opened = waiting_house(redis_url, shop)
        opened.join(*people(12))
        yield opened
        opened.store.close()


def page(waiting: Waiting, role: str = "reader") -> str:
    answer = by_token(waiting.house, role).get("/restocks")
    assert answer.status_code == 200
    return unescape(re.sub(r"\s+", " ", answer.text))


def test_before_anything_came_back_it_says_how_many_wait(waiting: Waiting) -> None:
    told = page(waiting)
    assert "<b>12</b> people wait for 1 variant." in told
    assert f'<a href="/stock/{TEE}">Tee / M</a></td><td class="units">12</td>' in told


def test_waves_show_when_they_went_how_large_they_were_and_when_the_next_comes(waiting: Waiting) -> None:
    waiting.has(4)
    waiting.works()
    told = page(waiting)
    assert re.search(r"<b>Wave 1</b> <time[^>]*>[^<]*</time>: 8 told of 4 units", told)
    assert "The next wave comes later, by the units there are then." in told
    assert re.search(r'Next wave <time datetime="2026-11-23T13:03:00Z"[^>]*>[^<]*</time>, to 4 people at most', told)
    assert "4 wait</span>" in told


def test_what_sold_out_after_a_wave_is_said_to_have(waiting: Waiting) -> None:
    waiting.has(4)
    waiting.works()
    waiting.has(0)
    told = page(waiting)
    assert "sold out since" in told
    assert "It ran out again, so nobody else is told." in told
    assert "Next wave" not in told


@pytest.mark.parametrize(
    ("why", "sentence"),
    [
        ("quiet", "These are quiet hours."),
        ("unconfirmed", "A person has to confirm it first."),
        ("out", "It ran out again, so nobody is told."),
        ("nobody", "Nobody waits for it."),
        ("native", "Klaviyo's own flow tells people, by the number that is published."),
        ("silent", "This restock alerts nobody"),
    ],
)
def test_why_nothing_went_out_is_said(waiting: Waiting, why: str, sentence: str) -> None:
    changes: dict[str, Any] = {
        "quiet": {"waves_quiet_hours": QuietHours(time(9), time(21))}, "native": {"klaviyo_back_in_stock": "native"},
    }  # fmt: skip
    waiting.set(**changes.get(why, {}))
    if why == "unconfirmed":
        waiting.publishes(causes=["receipt"])
    if why == "silent":
        waiting.policy["catalog_restock"] = "publish"
        waiting.publishes(causes=["receipt"])
    if why == "nobody":
        for one in people(12):
            erase = {"json": {"email": one}, "headers": waiting.house.bearer("marketer")}
            assert waiting.house.client.delete("/api/v1/waitlist", **erase).status_code == 200
    waiting.has(4, cause="count" if why in ("unconfirmed", "silent") else "receipt")
    if why == "out":
        waiting.has(0)
    for worked in (False, True):
        if worked:
            waiting.works()
        assert sentence in page(waiting), worked


def test_quiet_hours_say_when_they_end(waiting: Waiting) -> None:
    waiting.set(waves_quiet_hours=QuietHours(time(9), time(21)))
    waiting.has(4)
    waiting.works()
    told = page(waiting)
    assert re.search(r'No wave goes before <time datetime="2026-11-23T21:00:00Z"', told)
    assert re.search(r'Next wave <time datetime="2026-11-23T21:00:00Z"[^>]*>[^<]*</time>, to 8 people at most', told)


@pytest.mark.parametrize("role", ["reader", "marketer", "admin"])
def test_no_page_shows_an_address(waiting: Waiting, role: str) -> None:
    waiting.has(4)
    waiting.works()
    told = page(waiting, role)
    assert "8 told of 4 units" in told
    assert "@" not in told
