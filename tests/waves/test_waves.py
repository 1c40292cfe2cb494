"""Restocks told in waves: how many, whom, when, and when nobody."""

from datetime import time, timedelta

import pytest

from policies.restock import QuietHours
from tests.builders.waves import TEE, Waiting, people


def test_a_wave_tells_so_many_a_unit_oldest_first(waiting: Waiting) -> None:
    for person in people(9):
        waiting.join(person)
        waiting.passes(seconds=1)
    waiting.works()
    assert waiting.told() == []
    waiting.has(3)
    waiting.works()
    assert sorted(waiting.told()) == people(6)
    view = waiting.view()
    assert (view["told"], view["waiting"], view["state"], view["why"]) == (6, 3, "waiting", "between_waves")
    assert view["not_told"] == [{"why": "between_waves", "people": 3}]
    assert view["waves"][0]["units"] == 3


def test_the_next_wave_comes_later_by_the_units_there_are_then(waiting: Waiting) -> None:
    waiting.join(*people(20))
    waiting.has(5)
    waiting.works()
    assert len(waiting.told()) == 10
    waiting.has(4, cause="sale")
    waiting.passes(minutes=58)
    waiting.works()
    assert len(waiting.told()) == 10
    waiting.passes(minutes=1)
    waiting.works()
    assert len(waiting.told()) == 18
    waiting.passes(minutes=60)
    waiting.works()
    assert sorted(waiting.told()) == people(20)
    waiting.passes(minutes=60)
    waiting.works()
    assert (waiting.view()["why"], waiting.view()["state"]) == ("nobody_waits", "over")


def test_nobody_is_told_below_restock_at_though_the_band_stays_low(waiting: Waiting) -> None:
    waiting.join(*people(20))
    waiting.has(5)
    waiting.works()
    waiting.has(2, cause="sale")
    waiting.passes(minutes=60)
    waiting.works()
    assert (len(waiting.told()), waiting.view()["why"]) == (10, "below_restock_at")
    waiting.has(3)
    waiting.passes(minutes=1)
    waiting.works()
    assert len(waiting.told()) == 16


def test_waves_stop_when_it_runs_out_and_nobody_hears_twice_too_soon(waiting: Waiting) -> None:
    waiting.join(*people(8))
    waiting.has(3)
    waiting.works()
    waiting.has(0, cause="sale")
    waiting.passes(minutes=60)
    waiting.works()
    assert (len(waiting.told()), waiting.view()["why"]) == (6, "ran_out")
    waiting.join(*people(8))  # all ask again
    waiting.has(9)
    waiting.works()
    assert sorted(waiting.told()) == people(8)  # only those two who had not been told
    assert waiting.view()["not_told"] == [{"why": "told_recently", "people": 6}]
    waiting.has(0, cause="sale")
    waiting.passes(hours=25)
    waiting.has(9)
    waiting.works()
    assert len(waiting.told()) == 14


@pytest.mark.parametrize("units", [0, None])
def test_readings_not_yet_decided_stop_a_wave(waiting: Waiting, units: int | None) -> None:
    waiting.join(*people(4))
    waiting.has(5)
    waiting.has(units, decided=False)
    waiting.works()
    assert waiting.told() == []


def test_a_restock_that_may_not_alert_tells_nobody(waiting: Waiting) -> None:
    waiting.publishes(causes=["transfer"])
    waiting.join(*people(4))
    waiting.has(5, cause="count")
    waiting.works()
    assert (waiting.told(), waiting.view()["why"]) == ([], "awaits_confirmation")


def test_vips_first_where_the_policy_says_so(waiting: Waiting) -> None:
    waiting.publishes(customers_per_unit=1, order="vip_first")
    for person in people(5):
        waiting.join(person)
        waiting.passes(seconds=1)
    waiting.join("vip@shop.example", vip=True)
    waiting.has(3)
    waiting.works()
    assert sorted(waiting.told()) == [*people(2), "vip@shop.example"]


def test_quiet_hours_put_a_wave_off(waiting: Waiting) -> None:
    waiting.set(waves_quiet_hours=QuietHours(time(11), time(14, 30)))
    waiting.join(*people(2))
    waiting.has(5)
    waiting.works()
    assert (waiting.told(), waiting.view()["why"], waiting.view()["next_at"]) == (
        [],
        "quiet_hours",
        "2026-11-23T14:30:00Z",
    )
    waiting.passes(hours=3)
    waiting.works()
    assert len(waiting.told()) == 2


def test_a_message_says_what_templates_need(waiting: Waiting) -> None:
    waiting.join("ann@shop.example")
    waiting.has(5)
    waiting.works()
    (event,) = waiting.shop.see("people")["events"]
    assert event["metric"] == "Marketing Stock Restored"
    properties = event["properties"]
    assert (properties["VariantId"], properties["ProductId"], properties["AvailableQuantity"]) == (TEE, "tee", 5)
    assert (properties["URL"], properties["Price"]) == ("https://shop.example/tee", 19.9)


def test_a_contact_that_klaviyo_refuses_stops_nobody_else(waiting: Waiting) -> None:
    waiting.join(*people(4))
    waiting.shop.order(refuse_people=["p01@shop.example"])
    waiting.has(5)
    waiting.works()
    assert len(waiting.told()) == 3
    view = waiting.view("admin")
    assert (view["told"], view["refused"], view["waiting"]) == (3, 1, 1)
    assert view["not_told"] == [{"why": "refused", "people": 1}]
    assert {one["contact"] for one in view["people"] if one["outcome"] == "refused"} == {"p01@shop.example"}
    assert waiting.view("reader")["people"] is None


def test_an_answer_that_is_lost_makes_no_second_message(waiting: Waiting) -> None:
    waiting.join(*people(4))
    waiting.has(5)
    waiting.shop.order(lose_answers=1)
    waiting.works(1)
    waiting.works(1)
    waiting.passes(minutes=1)
    waiting.works()
    assert sorted(waiting.told()) == people(4)
    assert waiting.view()["told"] == 4


def test_a_wave_whose_end_nobody_saw_is_not_repeated_once_it_ran_out(waiting: Waiting) -> None:
    waiting.join(*people(4))
    waiting.has(5)
    waiting.shop.order(server_errors=1)
    waiting.works(2)
    waiting.has(0, cause="sale")
    waiting.passes(minutes=1)
    waiting.works()
    assert waiting.told() == []
    view = waiting.view()
    assert (view["told"], view["unknown"], view["waiting"]) == (0, 4, 4)
    waiting.has(9)
    waiting.works()
    assert waiting.told() == []  # they may have heard an hour ago
    waiting.has(0)
    waiting.passes(hours=25)
    waiting.has(9)
    waiting.works()
    assert sorted(waiting.told()) == people(4)


def test_a_refused_key_and_a_full_allowance_lose_nobody(waiting: Waiting) -> None:
    waiting.join(*people(4))
    waiting.has(5)
    waiting.shop.order(revoked=True)
    waiting.works(2)
    waiting.shop.order(revoked=False, throttle_s=0.2)
    waiting.passes(minutes=2)
    waiting.works(2)
    waiting.shop.order(throttle_s=0)
    waiting.passes(minutes=2)
    waiting.works()
    assert sorted(waiting.told()) == people(4)
    assert waiting.view()["unknown"] == 0


def test_another_policy_plans_a_wave_anew(waiting: Waiting) -> None:
    waiting.join(*people(9))
    waiting.has(4)
    waiting.works(1)  # eight are meant
    waiting.publishes(customers_per_unit=1)
    waiting.works()
    assert (len(waiting.told()), len(waiting.view()["waves"])) == (4, 1)


def test_an_emptied_store_tells_nobody(waiting: Waiting) -> None:
    waiting.join(*people(2))
    waiting.has(5)
    waiting.store.epoch.write("another")
    with pytest.raises(Exception, match="gateway release"):
        waiting.works()
    assert waiting.told() == []


def test_a_list_that_was_made_a_moment_after_the_restock_is_looked_at(waiting: Waiting) -> None:
    waiting.join(*people(1))
    waiting.at += timedelta(seconds=1)
    waiting.has(5)
    waiting.works()
    assert waiting.told() == people(1)


def test_one_whose_seal_nobody_can_open_any_more_stops_nobody_else(waiting: Waiting) -> None:
    waiting.join("lost@shop.example")
    waiting.set(secret_key="n" * 32)
    waiting.join(*people(2))
    waiting.has(5)
    waiting.works()
    assert sorted(waiting.told()) == people(2)
    assert (waiting.view()["refused"], waiting.view()["waiting"]) == (1, 1)


def test_an_older_key_that_is_still_set_opens_what_it_sealed(waiting: Waiting) -> None:
    waiting.join(*people(2))
    waiting.set(secret_key="n" * 32, previous_secret_keys=("s" * 32,))
    assert waiting.join(*people(1)).json["state"] == "waits_already"
    waiting.has(5)
    waiting.works()
    assert sorted(waiting.told()) == people(2)
