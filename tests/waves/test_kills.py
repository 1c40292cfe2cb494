"""A wave outlives a kill before any of its calls to the server: nobody is forgotten, nobody is told twice."""

import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

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


class Saved:
    """All that a server holds, to be put back."""

    def __init__(self, waiting: Waiting) -> None:
        self._client = waiting.store._connection.client
        keys: Any = self._client.keys()
        self._values: dict[bytes, Any] = {key: self._client.dump(key) for key in keys}

    def put_back(self) -> None:
        self._client.flushdb()
        for key, value in self._values.items():
            self._client.restore(key, 0, value)


def killed_at(first: Waiting, calls: int, *, lose: bool) -> bool:
    """Kill a worker before a call; check that another one brings it to its end. True: it was not killed at all."""
    waiting, shop = first.revived(), first.shop
    shop.order(forget_people=True, lose_answers=int(lose))
    counting(waiting.store, Dying(calls))
    survived = False
    try:
        waiting.works()
        waiting.at += timedelta(seconds=30)
        waiting.works()
        survived = True
    except Killed:
        pass
    shop.order(lose_answers=0)
    again = waiting.revived()
    again.at += timedelta(seconds=LEASE_S + 60)
    again.works()
    assert sorted(again.told()) == people(COUNT), f"killed before call {calls}"
    view = again.view()
    assert (view["told"], view["waiting"], view["unknown"]) == (COUNT, 0, 0), f"killed before call {calls}"
    for house in (waiting, again):
        house.store.close()
    return survived


@pytest.mark.parametrize("lose", [False, True])
def test_a_kill_before_any_call_loses_nobody_and_tells_nobody_twice(redis_url: str, account: Shop, lose: bool) -> None:
    waiting = waiting_house(redis_url, account, customers_per_unit=3, wave_minutes=0)
    waiting.join(*people(COUNT))
    waiting.has(5)
    saved, calls = Saved(waiting), 0
    while not killed_at(waiting, calls, lose=lose):
        saved.put_back()
        calls += 1
    assert calls > 15
    waiting.store.close()


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
