"""From the last unit sold to a held message, and back, in the real store and over real HTTP."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from gateway.guard import requests
from gateway.guard.registry import Memory
from gateway.guard.step import guard_step
from gateway.pipeline.connection import check_connection
from gateway.store import StoreUnavailable
from integrations.klaviyo import open_klaviyo
from tests.builders.guard_house import GuardHouse, guard_house
from tests.builders.klaviyo import KEY
from tests.builders.klaviyo_campaigns import TEE, static


def sold_out(house: GuardHouse) -> None:
    house.stock(tee_m=0, tee_l=0)


def held(house: GuardHouse) -> dict[str, Any]:
    """Let the guard hold a message; return its send options as they were."""
    house.klaviyo.add()
    before: dict[str, Any] = house.klaviyo.message()["send_options"]
    house.turn()
    sold_out(house)
    assert house.turn() == 1 and house.phase() == "held"
    return before


def test_a_sold_out_message_is_held_tagged_and_explained(house: GuardHouse) -> None:
    held(house)
    assert house.klaviyo.message()["status"] == "draft" and house.klaviyo.message()["send_options"] == {}
    (tag,) = house.klaviyo.see("messaging")["tags"]
    assert tag["name"].startswith("stock-held|MSG1|g|") and tag["campaigns"] == ["C-MSG1"]
    hold = house.hold()
    assert hold is not None and hold.reasons[0] == "2 of 2 hero variants are out; House holds from 50 %."
    assert house.audit() == ["guard.holding", "guard.held"]
    assert house.turn() == 0 and house.phase() == "held"


def test_it_comes_back_exactly_as_it_was(house: GuardHouse) -> None:
    before = held(house)
    house.stock(tee_m=50, tee_l=50)
    assert house.turn() == 1
    assert house.klaviyo.message()["send_options"] == before and house.klaviyo.message()["status"] == "scheduled"
    assert (house.phase(), house.klaviyo.see("messaging")["tags"]) == (None, [])
    assert house.audit()[-2:] == ["guard.releasing", "guard.released"]
    assert house.turn() == 0


def test_a_changed_variant_wakes_the_guard_between_two_looks_outside(house: GuardHouse) -> None:
    house.klaviyo.add()
    house.turn()
    assert house.turn(whole=False) == 0
    sold_out(house)
    taken = len(house.klaviyo.budget.taken)
    assert house.turn(whole=False) == 1 and house.phase() == "held"
    families = [family for family, _ in house.klaviyo.budget.taken[taken:]]
    assert "campaign.write" in families


@pytest.mark.parametrize(("mode", "phase"), [("watch", "watched"), ("ask", "proposed")])
def test_a_guard_that_may_not_act_only_says_so(redis_url: str, mode: str, phase: str) -> None:
    with guard_house(redis_url, mode=mode) as house:
        house.klaviyo.add()
        sold_out(house)
        assert house.turn() == 0 and house.turn() == 0
        assert house.phase() == phase and house.klaviyo.message()["status"] == "scheduled"
        house.stock(tee_m=50, tee_l=50)
        house.turn()
        assert house.phase() is None


def test_a_message_far_off_is_not_judged_yet(house: GuardHouse) -> None:
    house.klaviyo.add(send_options=static(house.clock.at, 72))
    sold_out(house)
    house.turn()
    assert house.phase() is None
    house.clock.forward(hours=49)
    house.turn()
    assert house.phase() == "held"


def test_a_person_who_schedules_it_again_is_not_fought(house: GuardHouse) -> None:
    before = held(house)
    house.clock.forward(minutes=5)
    house.klaviyo.order("edit", message="MSG1", status="scheduled", send_options=before)
    for _ in range(3):
        house.turn()
    assert house.phase() == "overridden" and house.klaviyo.message()["status"] == "scheduled"
    assert house.klaviyo.see("messaging")["tags"] == []
    house.stock(tee_m=50, tee_l=50)
    house.turn()
    assert house.phase() is None
    sold_out(house)
    house.turn()
    assert house.phase() == "held"  # another episode


@pytest.mark.parametrize(
    "edit", [{"subject": "New"}, {"html": TEE + "!"}, {"included": ["L2"]}, {"status": "cancelled"}]
)
def test_what_a_person_changes_while_it_is_held_is_theirs(house: GuardHouse, edit: dict[str, Any]) -> None:
    held(house)
    house.clock.forward(minutes=5)
    house.klaviyo.order("edit", message="MSG1", **edit)
    house.turn()
    house.stock(tee_m=50, tee_l=50)
    house.turn()
    assert house.phase() in ("lapsed", None)
    assert house.klaviyo.message()["status"] == edit.get("status", "draft")
    assert house.klaviyo.see("messaging")["tags"] == [] and "scheduled" not in house.klaviyo.effects()
    assert house.audit().count("guard.lapsed") == 1


def test_a_message_whose_time_passed_while_held_stays_for_a_person(house: GuardHouse) -> None:
    held(house)
    house.clock.forward(hours=9)
    house.stock(tee_m=50, tee_l=50)
    house.turn()
    house.turn()
    hold = house.hold()
    assert hold is not None and hold.missed and house.klaviyo.message()["status"] == "draft"
    assert [doubt.kind for doubt in house.store.doubts.open(9)[0]] == ["hold"]
    later = house.clock.at + timedelta(hours=4)
    requests.ask_release(house.services, "MSG1", "Mia", "sends tonight", house.clock.at, send_at=later)
    assert house.turn() == 1
    assert house.klaviyo.message()["send_options"]["send_time"] == later.isoformat()
    assert house.store.doubts.open(9)[0] == []


def test_a_hold_that_lasts_asks_again_every_day(redis_url: str) -> None:
    with guard_house(redis_url, max_hold_hours=2, lead_minutes=6000) as house:
        house.klaviyo.add(send_options=static(house.clock.at, 90))
        sold_out(house)
        house.turn()
        for hours in (1, 2, 1, 24):
            house.clock.forward(hours=hours)
            house.turn()
            house.turn()
        assert house.audit().count("guard.reminded") == 2


def test_no_more_than_the_cap_is_held_and_the_rest_waits_for_a_person(redis_url: str) -> None:
    with guard_house(redis_url, limits=10) as house:
        for number in range(12):
            house.klaviyo.add(f"M{number}")
        sold_out(house)
        for _ in range(3):
            house.turn()
        phases = [hold.phase.value for hold in house.store.holds.all().values()]
        assert sorted(phases) == ["held"] * 2 + ["proposed"] * 10
        house.clock.forward(minutes=61)
        house.turn()
        assert [hold.phase.value for hold in house.store.holds.all().values()].count("held") == 2


def test_an_emptied_store_finds_its_holds_again(house: GuardHouse, redis_url: str) -> None:
    import redis

    before = held(house)
    client = redis.Redis.from_url(redis_url)
    client.delete("{t}:holds", "{t}:holds:revision", "{t}:holds:effects")
    client.close()
    house.turn()
    hold = house.hold()
    assert hold is not None and hold.phase == "held" and hold.schedule is not None
    assert hold.schedule.send_at is not None and hold.schedule.send_at.isoformat() == before["send_time"]
    house.stock(tee_m=50, tee_l=50)
    house.turn()
    assert house.klaviyo.message()["status"] == "draft"  # what happened meanwhile is not known: a person decides
    requests.ask_release(house.services, "MSG1", "Mia", "all well", house.clock.at)
    house.turn()
    assert house.klaviyo.message()["send_options"] == before


def test_a_tag_that_stayed_behind_is_dropped_and_holds_nothing(house: GuardHouse) -> None:
    held(house)
    house.store.holds.forget(house.hold(), house.clock.at)  # type: ignore[arg-type]
    house.klaviyo.order("edit", message="MSG1", status="scheduled", send_options=static(house.clock.at, 1))
    house.stock(tee_m=50, tee_l=50)
    house.turn()
    assert house.phase() is None and house.klaviyo.see("messaging")["tags"] == []


def test_a_test_of_variations_is_never_held_by_itself(house: GuardHouse) -> None:
    house.klaviyo.add(send_options=static(house.clock.at) | {"send_strategy": "content_variation"})
    sold_out(house)
    house.turn()
    hold = house.hold()
    assert hold is not None and hold.phase == "proposed" and "by hand" in hold.problem


def test_what_sends_already_is_cancelled_only_where_the_guard_says_so(redis_url: str) -> None:
    with guard_house(redis_url, cancel_when_sending=True) as house:
        options = static(house.clock.at, 1) | {"send_strategy": "throttled", "recipient_percentage": 25}
        house.klaviyo.add(send_options=options)
        house.clock.forward(hours=2)
        sold_out(house)
        assert house.turn() == 1
        assert house.klaviyo.message()["status"] == "cancelled"
        facts = house.store.audit.page(1)[0][0].facts
        assert facts["left_percent"] == 67


def test_a_step_of_a_flow_is_held_alone_and_put_back(house: GuardHouse) -> None:
    steps = [{"id": "101", "html": TEE}, {"id": "102", "html": "<p>Hello</p>"}]
    house.klaviyo.order("flows", id="F1", name="Welcome", steps=steps)
    sold_out(house)
    house.turn()

    def status() -> list[str]:
        return [s["definition"]["data"]["status"] for s in house.klaviyo.see("messaging")["steps"].values()]

    assert status() == ["manual", "live"] and house.phase("flow-101") == "held"
    house.stock(tee_m=50, tee_l=50)
    house.turn()
    assert status() == ["live", "live"] and house.phase("flow-101") is None


def test_unknown_stock_neither_holds_nor_releases(house: GuardHouse) -> None:
    held(house)
    house.stock(tee_m=None, tee_l=None)
    house.turn()
    assert house.phase() == "held"


def test_decisions_that_a_newer_policy_wants_anew_are_not_acted_on(house: GuardHouse) -> None:
    house.klaviyo.add()
    sold_out(house)
    document = house.store.policies.current().document  # type: ignore[union-attr]
    house.store.policies.publish(document, based_on=1, author="t", note="t", at=house.clock.at)
    house.turn()
    assert house.phase() is None
    house.settle()
    house.turn()
    assert house.phase() == "held"


def test_trouble_in_klaviyo_stops_nothing_that_is_meant(house: GuardHouse) -> None:
    house.klaviyo.add()
    house.turn()
    sold_out(house)
    house.klaviyo.order("fail", server_errors=1)
    assert house.turn(whole=False) == 0 and house.phase() == "holding"
    house.klaviyo.order("fail", lose_answers=1)
    house.clock.forward(seconds=11)
    house.turn()
    assert house.phase() == "held" and house.klaviyo.effects("reverted") == ["reverted"]


def test_a_step_needs_the_lease_and_the_store_it_began_with(house: GuardHouse) -> None:
    house.klaviyo.add()
    sold_out(house)
    with pytest.raises(StoreUnavailable):
        guard_step(house.services, house.clock.at, epoch=None, memory=Memory())
    house.store.epoch.write("e1")
    assert guard_step(house.services, house.clock.at, epoch="e1", memory=Memory()) == 0  # whose account is it?
    publisher = open_klaviyo(KEY, house.klaviyo.url, house.klaviyo.budget)
    check_connection(replace(house.services, publisher=publisher), house.clock.at)
    lease = house.store.lease("guard")
    assert lease.acquire(blocking=False)
    assert guard_step(house.services, house.clock.at, epoch="e1", memory=Memory()) == 0
    lease.release()
    assert guard_step(house.services, house.clock.at, epoch="e1", memory=Memory()) == 1


def test_a_message_without_a_known_time_is_never_held(house: GuardHouse) -> None:
    house.klaviyo.add(send_options={})
    sold_out(house)
    house.turn()
    assert house.phase() is None and house.klaviyo.message()["status"] == "scheduled"


def test_a_test_of_variations_that_a_person_held_is_never_scheduled_as_something_else(house: GuardHouse) -> None:
    house.klaviyo.add(send_options=static(house.clock.at) | {"send_strategy": "content_variation"})
    house.turn()
    requests.ask_hold(house.services, "MSG1", "Mia", "wrong price", house.clock.at)
    house.turn()
    assert house.phase() == "held"
    with pytest.raises(requests.CannotBeDoneError):
        requests.ask_release(house.services, "MSG1", "Mia", "ok", house.clock.at)


def test_proposals_end_with_the_guard_that_made_them_and_holds_stay(house: GuardHouse) -> None:
    held(house)
    house.klaviyo.add("MSG2")
    house.publish(mode="ask")
    house.turn()
    assert (house.phase("MSG1"), house.phase("MSG2")) == ("held", "proposed")
    house.publish(channels=["push"])
    house.turn()
    assert (house.phase("MSG1"), house.phase("MSG2")) == ("held", None)


def test_a_person_who_is_called_guard_is_still_a_person() -> None:
    assert requests.as_person("guard") != "guard" and requests.as_person("Mia") == "Mia"


def test_decisions_that_a_newer_policy_left_alone_are_acted_on(house: GuardHouse) -> None:
    house.klaviyo.add()
    house.publish(mode="ask")
    house.publish()
    sold_out(house)
    house.publish(lead_minutes=2000)
    assert set(house.store.ledger.read(["tee-m", "tee-l"]).policies.tolist()) == {3}
    house.turn()
    assert house.phase() == "held"
