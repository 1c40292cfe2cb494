"""Where Klaviyo's own back-in-stock flow tells people, it hears who waits, and we send no events."""

from collections.abc import Iterator

import pytest

from tests.builders.klaviyo import simulated
from tests.builders.waves import TEE, Waiting, people, waiting_house


@pytest.fixture
def waiting(redis_url: str) -> Iterator[Waiting]:
    with simulated() as shop:
        opened = waiting_house(redis_url, shop, mode="native")
        yield opened
        opened.store.close()


def subscribed(waiting: Waiting) -> list[str]:
    return sorted(one["profile"] for one in waiting.shop.see("people")["subscriptions"])


def test_klaviyo_hears_who_waits_for_our_variant(waiting: Waiting) -> None:
    waiting.join(*people(3), "+14155550123")
    waiting.works()
    assert subscribed(waiting) == ["+14155550123", *people(3)]
    told = waiting.shop.see("people")["subscriptions"]
    assert {one["variant"] for one in told} == {f"$custom:::$default:::{TEE}"}
    assert {tuple(one["channels"]) for one in told} == {("EMAIL",), ("SMS",)}
    assert waiting.store.waitlist.waiting(TEE) == 4


def test_failures_delay_it_and_lose_nobody(waiting: Waiting) -> None:
    waiting.join(*people(3))
    waiting.shop.order(server_errors=1)
    waiting.works(2)
    waiting.shop.order(lose_answers=1)
    waiting.passes(minutes=2)
    waiting.works(2)
    waiting.passes(minutes=2)
    waiting.works()
    assert subscribed(waiting) == people(3)


def test_one_whom_klaviyo_refuses_is_a_doubt_and_stops_nobody(waiting: Waiting) -> None:
    waiting.shop.order(refuse_people=["p01@shop.example"])
    waiting.join(*people(3))
    waiting.works()
    assert subscribed(waiting) == ["p00@shop.example", "p02@shop.example"]
    (doubt,) = waiting.house.client.get("/api/v1/doubts", headers=waiting.house.bearer("reader")).json["doubts"]
    assert (doubt["kind"], doubt["key"]) == ("waitlist", TEE)


def test_once_it_is_back_klaviyo_alone_knows_them(waiting: Waiting) -> None:
    waiting.join(*people(3))
    waiting.works()
    waiting.has(9)
    waiting.works()
    assert (waiting.told(), waiting.store.waitlist.waiting(TEE)) == ([], 0)
