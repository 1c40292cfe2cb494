"""What staff is told, once for each time it comes about, in as few messages as will do."""

import re
from typing import Any

import pytest

from gateway.pipeline.destinations import ALERTS
from gateway.store.values import ConnectionState
from tests.alerts.conftest import PUBLIC_URL, AlertHouse
from tests.builders.klaviyo_campaigns import static

GONE = {"tee_m": 0, "tee_l": 0}
BACK = {"tee_m": 50, "tee_l": 50}


def parked(house: AlertHouse) -> int:
    return house.store.outbox.depth(ALERTS, house.house.clock.at).parked


def test_a_hold_is_told_once_with_its_reason_and_what_happens_then(house: AlertHouse) -> None:
    house.campaigns(1)
    house.house.stock(**GONE)
    house.house.turn()
    (text,) = house.tell()
    assert house.receiver.titles() == ["1 message was held"]
    assert text.splitlines() == [
        "1 message was held",
        "- Campaign MSG1 / MSG1: 2 of 2 hero variants are out; House holds from 50 %. Tee / tee-l is out (0 units).",
        "  If nobody answers: It is released by itself when House lets it go before 25 Nov 2026 20:00 UTC; "
        "after that a person is asked.",
        f"{PUBLIC_URL}/campaigns",
    ]
    for _ in range(5):
        house.house.turn()
        assert house.tell() == []


def test_the_next_time_is_told_again(house: AlertHouse) -> None:
    house.campaigns(1)
    for number in range(1, 4):
        house.house.clock.forward(hours=1)  # the cap forgets what it counted
        house.house.stock(**GONE)
        house.house.turn()
        (text,) = house.tell()
        assert text.startswith("1 message was held")
        house.house.stock(**BACK)
        house.house.turn()
        assert house.house.phase() is None and house.tell() == []
        assert len(house.receiver.came) == number


def test_what_comes_about_together_is_one_message(house: AlertHouse) -> None:
    house.house.publish(mode="ask")
    house.campaigns(9)
    house.house.stock(**GONE)
    house.house.turn()
    (text,) = house.tell()
    assert house.receiver.titles() == ["9 messages should be held: decide"]
    assert text.count("It is sent as scheduled, at 25 Nov 2026") == 6 and "- and 3 more" in text
    assert house.tell() == []


def test_the_cap_is_one_alert_whatever_waits_because_of_it(house: AlertHouse) -> None:
    house.house.publish(limits=1)
    house.campaigns(5)
    house.house.stock(**GONE)
    house.house.turn()
    (text,) = house.tell()
    assert house.receiver.titles() == ["1 limit of automatic holds is reached, 2 messages were held"]
    assert "3 wait for a person: Campaign MSG" in text and "should be held: decide" not in text
    assert house.tell() == []
    assert len(house.tell(hours=23)) == 0
    (again,) = house.tell(hours=1)
    assert "3 wait for a person" in again


def test_a_proposal_to_release_is_told_and_withdrawn_in_silence(house: AlertHouse) -> None:
    house.house.publish(release="ask")
    house.campaigns(1)
    for number in range(3):
        house.house.stock(**GONE)
        house.house.turn()
        assert len(house.tell()) == (1 if number == 0 else 0)  # it was held once; that it is still held is no news
        house.house.stock(**BACK)
        house.house.turn()
        (text,) = house.tell()
        assert "1 held message may be released" in text and "It stays held until a person releases it." in text


def test_a_hold_that_lasts_is_told_again_every_day_after_its_deadline(house: AlertHouse) -> None:
    house.klaviyo.add(send_options=static(house.house.clock.at, hours=24 * 30))
    house.house.publish(lead_minutes=60 * 24 * 60, max_hold_hours=72)
    house.house.stock(**GONE)
    house.house.turn()
    assert len(house.tell()) == 1
    told = []
    for _ in range(24 * 6):
        house.house.clock.forward(hours=1)
        house.house.turn()
        told += house.tell(seconds=1)
    late = [text for text in told if "held beyond its deadline" in text]
    assert len(late) == len(told) == 4  # on days 3, 4, 5 and 6
    assert "has been held since 25 Nov 2026" in late[0] and "It stays held; you are asked daily." in late[0]


def test_a_send_time_that_passed_while_held_is_told(house: AlertHouse) -> None:
    house.campaigns(1)
    house.house.stock(**GONE)
    house.house.turn()
    house.tell()
    house.house.clock.forward(hours=9)
    house.house.turn()
    (text,) = house.tell()
    assert "1 held message missed its send time" in text and "nobody gets it" in text


def test_trouble_that_passes_is_not_told_and_trouble_that_lasts_is(house: AlertHouse) -> None:
    house.campaigns(1)
    house.house.turn()
    house.house.stock(**GONE)
    house.klaviyo.order("fail", server_errors=9_999)
    house.house.turn()
    assert house.tell() == [] and house.tell(seconds=40) == []
    (text,) = house.tell(seconds=20)
    assert "1 hold or release does not succeed" in text and "It is tried again until it is settled." in text
    house.klaviyo.order("fail", server_errors=0)
    house.house.clock.forward(minutes=3)
    house.house.turn()
    (text,) = house.tell()
    assert house.house.phase() == "held" and text.startswith("1 message was held")


@pytest.mark.parametrize(
    ("kind", "heading"),
    [("stale_source", "1 source is silent"), ("held_back", "1 source is held back"), ("access", "1 account refuses")],
)
def test_a_source_or_an_account_is_told_until_a_person_or_time_settles_it(
    house: AlertHouse, kind: str, heading: str
) -> None:
    doubts, at = house.store.doubts, house.house.clock.at
    doubts.raise_(kind, "wms", "wms was last heard yesterday.", {}, at)
    (text,) = house.tell()
    assert text.startswith(heading) and "- wms was last heard yesterday." in text
    doubts.raise_(kind, "wms", "wms was last heard two days ago.", {}, at)
    assert house.tell() == []
    doubts.clear(kind, "wms")
    assert house.tell() == []
    doubts.raise_(kind, "wms", "wms was last heard yesterday.", {}, house.house.clock.at)
    assert len(house.tell()) == 1 and len(house.tell(days=1)) == 1


def connected(house: AlertHouse, *, writable: bool, problem: str = "") -> None:
    problems = (problem,) if problem else ()
    state = ConnectionState("A1", "Shop", "f", house.house.clock.at, problems, writable=writable)
    house.store.connections.put_state("klaviyo", state)
    if problem:
        house.store.doubts.raise_("connection", "klaviyo", problem, {}, house.house.clock.at)
    else:
        house.store.doubts.clear("connection", "klaviyo")


def test_another_account_is_told_at_once_and_a_passing_failure_is_not(house: AlertHouse) -> None:
    connected(house, writable=True, problem="Klaviyo did not answer.")
    assert house.tell() == [] and house.tell(minutes=15) == []
    connected(house, writable=True)
    assert house.tell() == [] and house.tell(minutes=10) == []
    connected(house, writable=False, problem="The API key opens another account, mia@shop.example.")
    (text,) = house.tell()
    assert "1 account needs a person" in text and "Nothing is written to Klaviyo" in text
    assert "mia@shop.example" not in text


def test_every_channel_is_told_and_one_that_fails_stops_no_other(house: AlertHouse) -> None:
    house.receiver.answers = {"down": 503, "wrong": 404}
    house.open("room", "down", "wrong")
    house.campaigns(1)
    house.house.stock(**GONE)
    house.house.turn()
    assert len(house.tell()) == 1 and parked(house) == 1
    for _ in range(4):
        assert house.tell() == []
    assert len(house.receiver.at("down")) == 4 and len(house.receiver.at("wrong")) == 1
    house.receiver.answers = {}
    assert house.tell(minutes=15) == []
    assert len(house.receiver.at("down")) == 5 and len(house.receiver.at("wrong")) == 1
    assert house.tell(minutes=50) == []
    assert len(house.receiver.at("wrong")) == 2 and parked(house) == 0
    assert house.tell(hours=1) == [] and len(house.receiver.came) == 8


def test_what_is_over_before_a_channel_answers_again_is_not_told(house: AlertHouse) -> None:
    house.receiver.answers = {"room": 503}
    house.campaigns(1)
    house.house.stock(**GONE)
    house.house.turn()
    house.tell()
    house.house.stock(**BACK)
    house.house.turn()
    house.receiver.answers = {}
    assert house.tell(minutes=1) == [] and house.tell(minutes=30) == []
    depth = house.store.outbox.depth(ALERTS, house.house.clock.at)
    assert (depth.waiting, depth.leased, depth.parked) == (0, 0, 0)


def test_an_address_that_was_taken_away_leaves_nothing_behind(house: AlertHouse) -> None:
    house.receiver.answers = {"old": 404}
    house.open("room", "old")
    house.campaigns(1)
    house.house.stock(**GONE)
    house.house.turn()
    house.tell()
    house.open("room")
    assert house.tell(hours=2) == [] and parked(house) == 0
    assert {target.partition("|")[0] for target in house.store.told.all(ALERTS)} == {
        house.services.alert_channels[0].name
    }


def test_names_cannot_make_a_message_too_long(house: AlertHouse) -> None:
    house.house.publish(mode="ask")
    for number in range(30):
        house.klaviyo.add(f"M{number}", name="x" * 2_000)
    house.house.stock(**GONE)
    house.house.turn()
    (text,) = house.tell()
    assert len(text) < 3_000 and re.search(r"- and 24 more", text)


def test_alerts_in_the_outbox_and_in_metrics_name_no_address(house: AlertHouse, caplog: Any) -> None:
    house.receiver.answers = {"hush": 503}
    house.open("hush")
    house.campaigns(1)
    house.house.stock(**GONE)
    house.house.turn()
    house.tell()
    lines, _ = house.store.outbox.page(ALERTS, "waiting", 10, None)
    assert [re.sub(r"-\w{6}", "-*", line.target) for line in lines] == ["json-*|hold.made:MSG1"]
    assert "hush" not in repr(lines) and "127.0.0.1" not in repr(lines)
