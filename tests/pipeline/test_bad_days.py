"""Klaviyo's bad days: the real SDK and our delivery against the simulated account, on a clock that the test turns.

What a person sees of each is read from `GET /api/v1/outbox`.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from gateway.pipeline.decide import decide_due
from gateway.pipeline.deliver import deliver_due
from gateway.pipeline.destinations import ITEMS, VARIANTS
from gateway.pipeline.gate import Gate
from gateway.pipeline.jobs_in_flight import Polls, settle_jobs
from tests.builders.klaviyo import Shop, simulated
from tests.builders.web import AT, POLICY, House, house_on, product, row

PREFIX = "$custom:::$default:::"


class Day:
    """A house, an account and one clock for both."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.at = AT
        self.gate, self.polls = Gate(), Polls()
        self.shop: Shop

    def elapsed_s(self) -> float:
        return (self.at - AT).total_seconds()

    @property
    def services(self) -> Any:
        return replace(self.house.services, publisher=self.shop.catalog)

    def stock(self, units: int, *variants: str) -> None:
        """A source counts so many units a second later, of which two are a buffer and one a reserve."""
        self.at += timedelta(seconds=1)
        self.house.send(
            *[row(variant=name, quantities={"available": units + 3}, observed_at=self.told_at()) for name in variants]
        )
        while decide_due(self.services, self.at):
            pass

    def told_at(self) -> str:
        return self.at.isoformat().replace("+00:00", "Z")

    def turn(self, seconds: float = 0) -> int:
        """Let time pass, then settle and deliver as a worker does; return how many entries were claimed."""
        self.at += timedelta(seconds=seconds)
        for destination in (ITEMS, VARIANTS):
            settle_jobs(self.services, destination, self.at, self.polls)
        return deliver_due(self.services, self.at, self.gate)

    def settle(self, within_s: int = 120) -> None:
        """Take turns, a second apart, until nothing waits."""
        for _ in range(within_s):
            self.turn(1)
            if not any(self.waiting(state) for state in ("waiting", "leased")):
                return
        pytest.fail(f"still waiting: {self.waiting('waiting')} {self.waiting('leased')}")

    def waiting(self, state: str = "waiting") -> dict[str, Any]:
        """What the API shows of the variants' outbox in a state, by target."""
        answer = self.house.client.get(f"/api/v1/outbox?state={state}", headers=self.house.bearer("reader"))
        assert answer.status_code == 200
        return {entry["target"]: entry for entry in answer.json["entries"]}

    def held(self) -> dict[str, int]:
        """What Klaviyo holds of each variant."""
        found = self.shop.see("catalog")["variant"]
        return {id_.removeprefix(PREFIX): entry["inventory_quantity"] for id_, entry in found.items()}

    def journal(self) -> list[int]:
        """Every quantity that Klaviyo was made to hold, in order."""
        return [one["quantity"] for one in self.shop.see("journal") if one.get("kind") == "variant"]

    def requests(self) -> int:
        """How many requests were made of Klaviyo."""
        return len(self.shop.budget.taken)

    def in_s(self, entry: Any) -> float:
        """How many seconds from now an entry is tried again."""
        return (datetime.fromisoformat(entry["next_attempt_at"]) - self.at).total_seconds()


@pytest.fixture
def day(redis_url: str) -> Iterator[Day]:
    """A quiet morning: two variants were told, 10 units each."""
    house = house_on(redis_url)
    day = Day(house)
    house.store.policies.publish(POLICY, based_on=None, author="a", note="n", at=AT)
    house.put_catalog(product(variants=[{"id": name, "title": name, "tracked": True} for name in ("a", "b")]))
    with simulated(timeout_s=(1.0, 0.3), elapsed=day.elapsed_s) as shop:
        day.shop = shop
        day.stock(10, "a", "b")
        day.settle()
        assert day.held() == {"a": 10, "b": 10}
        yield day
    house.store.close()


def test_silence_after_a_job_was_accepted_is_waited_out_before_anything_newer_is_told(day: Day) -> None:
    day.stock(7, "a")
    day.shop.order(hold_next=1, hold_s=0.6, slow_next_s=20.0)
    day.turn()
    entry = day.waiting()["a"]
    assert (entry["attempts"], entry["reason"]) == (1, "Klaviyo did not answer in time, or cut the connection.")
    assert day.in_s(entry) == 2

    day.stock(4, "a")  # newer, while the job with 7 is still on its way and could arrive after it
    day.turn(5)
    entry = day.waiting()["a"]
    assert "may still be running" in entry["reason"]
    assert day.in_s(entry) > 0
    assert day.held()["a"] == 10

    day.settle()
    assert day.held()["a"] == 4
    assert day.journal()[-2:] == [7, 4]


def test_a_wish_that_went_back_to_what_was_told_before_is_told_again_after_silence(day: Day) -> None:
    day.stock(7, "a")
    day.shop.order(hold_next=1, hold_s=0.6)
    day.turn()
    day.stock(10, "a")  # as Klaviyo was told this morning; but the job without an answer says 7
    day.settle()
    assert day.held()["a"] == 10
    assert day.journal()[-2:] == [7, 10]


def test_a_lease_that_ran_out_on_a_job_that_still_runs_is_waited_for(day: Day) -> None:
    day.stock(7, "a")
    day.shop.order(slow_next_s=650.0)
    day.turn()
    day.stock(4, "a")
    day.turn(601)  # the lease of ten minutes is over, and Klaviyo has still not begun
    assert "may still be running" in day.waiting()["a"]["reason"]
    day.settle(within_s=300)
    assert day.held()["a"] == 4


def test_too_many_requests_wait_as_long_as_they_are_told_and_count_as_no_attempt(day: Day) -> None:
    day.stock(7, "a", "b")
    day.shop.order(throttle_s=60)
    day.turn()
    for entry in day.waiting().values():
        assert (entry["attempts"], entry["reason"]) == (0, "Klaviyo asks for fewer requests.")
        assert 60 <= day.in_s(entry) <= 61
    asked = day.requests()
    for _ in range(59):
        day.turn(1)
    assert day.requests() == asked  # a whole minute, and not one request
    assert day.held() == {"a": 10, "b": 10}
    day.settle()
    assert day.held() == {"a": 7, "b": 7}
    assert day.at - AT < timedelta(seconds=75)


def test_what_sold_out_keeps_its_place_before_a_backlog_that_grew_while_klaviyo_throttled(day: Day) -> None:
    names = [f"v{number:03}" for number in range(150)]
    day.house.put_catalog(
        product(variants=[{"id": name, "title": name, "tracked": True} for name in ["a", "b", *names]])
    )
    day.stock(5, *names)
    day.settle()
    day.stock(0, "a")
    day.shop.order(throttle_s=60)
    day.turn()
    day.stock(7, *names)
    day.at += timedelta(seconds=62)
    assert day.house.store.outbox.claim(VARIANTS, 100, day.at, 30.0)[0].target == "a"
    day.settle()  # what this claim left behind comes back when its lease ends
    assert day.held() == {"a": 0, "b": 10} | dict.fromkeys(names, 7)


def test_of_a_job_that_partly_fails_the_good_are_told_and_the_failed_are_tried_alone(day: Day) -> None:
    day.stock(7, "a", "b")
    day.shop.order(fail_ids=["a"])
    day.turn()
    day.turn(1)
    assert day.held() == {"a": 10, "b": 7}
    waiting = day.waiting()
    assert list(waiting) == ["a"]
    assert (waiting["a"]["attempts"], waiting["a"]["reason"]) == (1, "The record was told to fail.")
    assert day.in_s(waiting["a"]) == 2

    for _ in range(8):  # longer each time, and in the end it is for a person
        day.turn(900)
        day.turn(1)
    assert (day.waiting(), list(day.waiting("parked"))) == ({}, ["a"])
    parked = day.waiting("parked")["a"]
    assert (parked["state"], parked["reason"], parked["next_attempt_at"]) == (
        "parked",
        "The record was told to fail.",
        None,
    )
    assert day.journal().count(7) == 1  # b was told once

    day.shop.order(fail_ids=[])
    assert day.house.store.outbox.unpark(VARIANTS, "a", day.at)
    day.settle()
    assert day.held() == {"a": 7, "b": 7}


def test_one_record_that_makes_klaviyo_refuse_a_whole_request_is_found_and_parked_alone(day: Day) -> None:
    names = [f"v{number:02}" for number in range(60)]
    day.house.put_catalog(product(variants=[{"id": name, "title": name, "tracked": True} for name in names]))
    day.stock(5, *names)
    day.shop.order(refuse_ids=["v41"])
    asked = day.requests()
    day.turn()
    day.settle()
    assert {name: units for name, units in day.held().items() if name in names} == dict.fromkeys(
        set(names) - {"v41"}, 5
    )
    assert list(day.waiting("parked")) == ["v41"]
    assert "told to be refused" in day.waiting("parked")["v41"]["reason"]
    assert day.requests() - asked < 40


def test_a_revoked_key_parks_with_its_reason_asks_seldom_and_recovers_by_itself(day: Day) -> None:
    day.stock(7, "a", "b")
    day.shop.order(revoked=True)
    day.turn()
    parked = day.waiting("parked")
    assert set(parked) == {"a", "b"}
    for entry in parked.values():
        assert entry["reason"].startswith("No access: Klaviyo does not accept the API key.")
        assert entry["next_attempt_at"] is None
    assert [doubt.kind for doubt in day.house.store.doubts.open(10)[0]] == ["access"]

    asked = day.requests()
    day.stock(4, "a")
    for _ in range(600):
        day.turn(1)
    assert day.requests() - asked <= 21  # one in half a minute
    assert set(day.waiting("parked")) == {"a", "b"}

    day.shop.order(revoked=False)
    for _ in range(30):
        day.turn(1)
    day.settle()
    assert day.held() == {"a": 4, "b": 7}
    assert (day.waiting("parked"), day.house.store.doubts.count()) == ({}, 0)


def test_a_new_process_with_a_new_key_tries_what_an_old_one_parked(day: Day) -> None:
    day.stock(7, "a", "b")
    day.shop.order(revoked=True)
    day.turn()
    assert set(day.waiting("parked")) == {"a", "b"}
    day.shop.order(revoked=False)
    day.gate, day.polls = Gate(), Polls()
    day.settle()
    assert day.held() == {"a": 7, "b": 7}


def test_klaviyo_in_trouble_is_asked_ever_less_often(day: Day) -> None:
    day.stock(7, "a")
    day.shop.order(server_errors=1_000)
    asked = day.requests()
    for _ in range(300):
        day.turn(1)
    assert day.requests() - asked < 20
    assert day.waiting()["a"]["reason"] == "Klaviyo is in trouble (status 500)."
    day.shop.order(server_errors=0)
    day.settle(within_s=600)
    assert day.held()["a"] == 7
