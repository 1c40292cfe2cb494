"""Delivery outlives a kill before any of its calls to the server: nobody waits for a job that no one remembers."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from gateway.pipeline.deliver import LEASE_S, deliver_due
from gateway.pipeline.destinations import ITEMS, VARIANTS
from gateway.pipeline.gate import Gate
from gateway.pipeline.jobs_in_flight import Polls, settle_jobs
from gateway.policy_library import PolicyLibrary
from gateway.services import Services
from gateway.store import Store, open_store
from tests.builders.klaviyo import Shop, simulated
from tests.builders.web import AT, POLICY, House, house_on, product, row

VARIANT = "$custom:::$default:::tee-m"
PROMISE = 11  # 14 available, 1 in reserve, 2 as a buffer
TURNS = 400


class Killed(BaseException):
    """A `kill -9` from inside: no line after it runs, and nothing catches it."""


def dying(store: Store, calls: int) -> None:
    """Let a process die before its next call to the server but `calls`."""
    connection, left = store._connection, [calls]

    def counted(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            left[0] -= 1
            if left[0] < 0:
                raise Killed
            return real(*arguments, **options)

        return call

    for name in ("command", "many", "scripts"):
        setattr(connection, name, counted(getattr(connection, name)))


def delivered(services: Services, shop: Shop, at: datetime) -> tuple[datetime, bool]:
    """Take turns as a worker does, a second apart on our clock, until Klaviyo holds the promise or the turns are up."""
    polls, gate = Polls(), Gate()
    for _ in range(TURNS):
        for destination in (ITEMS, VARIANTS):
            settle_jobs(services, destination, at, polls)
        deliver_due(services, at, gate)
        depths = [services.store.outbox.depth(destination, at) for destination in (ITEMS, VARIANTS)]
        if not any(depth.waiting + depth.leased + depth.parked for depth in depths):
            return at, True
        at += timedelta(seconds=1)
        time.sleep(0.002)  # the simulated job queue runs on the real clock
    return at, False


def filled(url: str) -> House:
    emptied = open_store(url, "t")
    emptied._connection.client.flushall()
    emptied.close()
    house = house_on(url)
    house.store.policies.publish(POLICY, based_on=None, author="a", note="n", at=AT)
    house.put_catalog(product(description="A tee."))
    house.send(row())
    house.decide()
    return house


@pytest.mark.parametrize("every", [4, pytest.param(1, marks=pytest.mark.long)])
def test_a_kill_before_any_call_delays_the_promise_by_two_leases_at_most(redis_url: str, every: int) -> None:
    calls, slowest = 0, timedelta(0)
    finished = False
    while not finished:
        with simulated() as shop:
            first = filled(redis_url)
            services = replace(first.services, publisher=shop.catalog)
            dying(first.store, calls)
            try:
                _, finished = delivered(services, shop, AT)
            except Killed:
                second = open_store(redis_url, "t")
                again = replace(services, store=second, policies=PolicyLibrary(second))
                at, done = delivered(again, shop, AT)
                assert done, f"killed before call {calls}: never told"
                slowest = max(slowest, at - AT)
                assert at - AT <= timedelta(seconds=2 * LEASE_S + 30), f"killed before call {calls}: {at - AT}"
                second.close()
            first.store.close()
            assert shop.see("catalog")["variant"][VARIANT]["inventory_quantity"] == PROMISE
        calls += every
    assert slowest >= timedelta(seconds=LEASE_S)  # at least one kill left a lease behind
