"""A wave outlives a kill before any of its calls to the server or to Klaviyo: nobody is forgotten, nobody told twice."""

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest

from gateway.waves.step import LEASE_S
from tests.builders.klaviyo import Shop, simulated
from tests.builders.waves import Waiting, counting, people, waiting_house

COUNT = 6


class Killed(BaseException):
    """A `kill -9` from inside: no line after it runs, and nothing catches it."""


class Dying:
    """Kills before the next call but so many."""

    def __init__(self, calls: int) -> None:
        self.left = calls

    def __call__(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise Killed


@pytest.fixture(scope="module")
def account() -> Iterator[Shop]:
    with simulated(elapsed=lambda: 1000 * time.monotonic()) as shop:  # no house waits for another's rate windows
        yield shop


def killed_at(redis_url: str, shop: Shop, calls: int, *, lose: bool) -> bool:
    """Kill a worker before a call; check that another one brings it to its end. True: it was not killed at all."""
    waiting = waiting_house(redis_url, shop, customers_per_unit=3, wave_minutes=0)
    everyone = [f"{calls}-{int(lose)}-{person}" for person in people(COUNT)]
    waiting.join(*everyone)
    waiting.has(5)
    if lose:
        shop.order(lose_answers=1)
    counting(waiting.store, Dying(calls))
    survived = False
    try:
        waiting.works(8)
        waiting.passes(seconds=30)
        waiting.works(8)
        survived = True
    except Killed:
        pass
    shop.order(lose_answers=0)
    again = waiting.revived()
    again.at += timedelta(seconds=LEASE_S + 60)
    again.works()
    told = [person for person in again.told() if person in everyone]
    assert sorted(told) == everyone, f"killed before call {calls}"
    view = again.view()
    assert (view["told"], view["waiting"], view["unknown"]) == (COUNT, 0, 0), f"killed before call {calls}"
    for house in (waiting, again):
        house.store.close()
    return survived


@pytest.mark.parametrize("lose", [False, True])
def test_a_kill_before_any_call_loses_nobody_and_tells_nobody_twice(redis_url: str, account: Shop, lose: bool) -> None:
    import redis

    calls = 0
    with redis.Redis.from_url(redis_url) as client:
        while True:
            client.flushall()
            if killed_at(redis_url, account, calls, lose=lose):
                break
            calls += 1
    assert calls > 15


def test_a_kill_leaves_the_wave_to_be_judged_anew(redis_url: str, account: Shop) -> None:
    waiting: Waiting = waiting_house(redis_url, account)
    waiting.join("late@shop.example")
    waiting.has(5)
    waiting.works(1)  # meant, not begun
    waiting.has(0, cause="sale")
    again = waiting.revived()
    again.at += timedelta(seconds=LEASE_S + 60)
    again.works()
    assert "late@shop.example" not in again.told()
    assert again.view()["waiting"] == 1
    for house in (waiting, again):
        house.store.close()
