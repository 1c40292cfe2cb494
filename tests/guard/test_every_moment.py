"""One hold and one release, with somebody stepping in at every single call: killed there, or a person at work."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest

from gateway.guard.step import guard_turn
from tests.builders.faults import Killed, Moments, watched
from tests.builders.guard_house import GuardHouse, guard_house
from tests.builders.klaviyo_campaigns import static

MOST_CALLS = 40


@contextmanager
def sold_out_house(redis_url: str) -> Iterator[GuardHouse]:
    import redis

    client = redis.Redis.from_url(redis_url)
    client.flushall()
    client.close()
    with guard_house(redis_url) as house:
        house.clock.passes_by_looking = timedelta(milliseconds=1)
        house.klaviyo.add()
        house.stock(tee_m=0, tee_l=0)
        yield house


def turn(house: GuardHouse, moments: Moments) -> bool:
    """Take a turn; tell whether the moment came."""
    services, desks = watched(house.services, moments)
    try:
        guard_turn(services, desks, house.memory, house.clock.now(), whole=True)
    except Killed:
        return True
    return moments.at == 10**9


def die() -> None:
    raise Killed


def recover(house: GuardHouse) -> None:
    for _ in range(3):
        house.clock.forward(minutes=3)
        house.turn()


@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_at_any_call_a_hold_is_made_once_and_never_forgotten(redis_url: str, when: str) -> None:
    reached = 0
    for place in range(1, MOST_CALLS):
        with sold_out_house(redis_url) as house:
            options = house.klaviyo.message()["send_options"]
            if not turn(house, Moments(place, **{when: die})):
                break
            reached = place
            recover(house)
            hold = house.hold()
            assert hold is not None and hold.phase == "held" and hold.schedule is not None, f"call {place}"
            assert house.klaviyo.effects("reverted") == ["reverted"], f"call {place}"
            assert hold.schedule.send_at is not None and hold.schedule.send_at.isoformat() == options["send_time"]
            assert len(house.klaviyo.see("messaging")["tags"]) == 1, f"call {place}"
    assert reached > 10


@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_at_any_call_a_release_is_made_once_and_exactly(redis_url: str, when: str) -> None:
    reached = 0
    for place in range(1, MOST_CALLS):
        with sold_out_house(redis_url) as house:
            options = house.klaviyo.message()["send_options"]
            house.turn()
            house.stock(tee_m=50, tee_l=50)
            if not turn(house, Moments(place, **{when: die})):
                break
            reached = place
            recover(house)
            message = house.klaviyo.message()
            assert (message["status"], message["send_options"]) == ("scheduled", options), f"call {place}"
            assert house.klaviyo.effects("scheduled") == ["scheduled"] and house.phase() is None, f"call {place}"
            assert house.klaviyo.see("messaging")["tags"] == [], f"call {place}"
    assert reached > 8


def at_every_look(redis_url: str, person: Callable[[GuardHouse], None], *, released: bool) -> Iterator[GuardHouse]:
    """Let a person work before every look of a turn that holds, or releases; yield the house when all is at rest."""
    for place in range(1, MOST_CALLS):
        with sold_out_house(redis_url) as house:
            if released:
                house.turn()
                house.stock(tee_m=50, tee_l=50)
            done = turn(house, Moments(place, before=lambda: person(house), only_before_looks=True))
            if not done:
                return
            recover(house)
            yield house


def test_a_person_who_reschedules_at_any_look_keeps_the_new_time(redis_url: str) -> None:
    later = static(sold_out_at(redis_url), 20)

    def person(house: GuardHouse) -> None:
        house.klaviyo.order("edit", message="MSG1", status="scheduled", send_options=later)

    for house in at_every_look(redis_url, person, released=False):
        hold, message = house.hold(), house.klaviyo.message()
        assert hold is not None and hold.phase in ("held", "overridden")
        if hold.phase == "overridden":  # after our revert: it is theirs
            assert (message["status"], message["send_options"]) == ("scheduled", later)
        else:  # before: what we hold, we hold as they left it
            assert hold.schedule is not None and hold.schedule.send_at is not None
            assert hold.schedule.send_at.isoformat() == later["send_time"]


def test_a_person_who_takes_it_back_at_any_look_is_never_undone(redis_url: str) -> None:
    def person(house: GuardHouse) -> None:
        if house.klaviyo.message()["status"] == "scheduled":
            house.klaviyo.order("edit", message="MSG1", status="draft", send_options={})

    for house in at_every_look(redis_url, person, released=False):
        took_back = "edited" in house.klaviyo.effects()
        if took_back:
            assert house.phase() is None, "it is their draft, not a hold of ours"
        house.stock(tee_m=50, tee_l=50)
        recover(house)
        assert house.klaviyo.message()["status"] == ("draft" if took_back else "scheduled")


@pytest.mark.parametrize("edit", [{"subject": "New"}, {"included": ["L9"]}, {"status": "cancelled"}])
def test_a_person_who_works_on_it_at_any_look_of_a_release_keeps_it(redis_url: str, edit: dict[str, Any]) -> None:
    def person(house: GuardHouse) -> None:
        house.klaviyo.order("edit", message="MSG1", **edit)

    for house in at_every_look(redis_url, person, released=True):
        order = house.klaviyo.effects("edited", "scheduled")
        assert order in (["edited"], ["scheduled", "edited"]), order


def sold_out_at(redis_url: str) -> Any:
    with sold_out_house(redis_url) as house:
        return house.clock.at
