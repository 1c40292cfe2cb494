"""The real SDK over real HTTP: what is read of campaigns, and that what is held can be put back to the byte."""

from datetime import date, timedelta
from typing import Any

import pytest

from integrations.errors import AccessError, PermanentError, TemporaryError
from integrations.klaviyo.schedules import attributes_of, schedule_of
from policies.guard import Schedule
from tests.builders.klaviyo_campaigns import START, TEE, Account, Clock, account, static

LATER = START + timedelta(hours=8)


def test_what_is_scheduled_and_what_sends_is_read_with_its_campaign(klaviyo: Account) -> None:
    klaviyo.add("MSG1")
    klaviyo.add("MSG2", status="sending", send_options=static(START, 0))
    klaviyo.add("MSG3", status="draft", channel="sms", body="Tee", send_options={})
    first, second = klaviyo.desks.campaigns.upcoming()
    assert (first.id, first.group, first.channel, first.status) == ("MSG1", "C-MSG1", "email", "scheduled")
    assert first.name == "Campaign MSG1 / MSG1" and first.schedule == Schedule("static", LATER) and first.restorable
    assert (second.id, second.status) == ("MSG2", "sending")
    found = klaviyo.desks.campaigns.messages(["MSG3", "GONE"])
    assert {id_: (one.channel, one.status, one.schedule) for id_, one in found.items()} == {
        "MSG3": ("sms", "draft", None)
    }
    assert {family for family, _ in klaviyo.budget.taken} == {"campaign.read"}


def test_more_than_a_page_is_read_to_its_end(klaviyo: Account) -> None:
    messages = [{"id": f"M{n}", "send_options": static(START)} for n in range(205)]
    klaviyo.order("campaigns", id="C", messages=messages)
    assert len(klaviyo.desks.campaigns.upcoming()) == 205
    assert len(klaviyo.desks.campaigns.messages([f"M{n}" for n in range(205)])) == 205


def test_content_is_read_with_its_template(klaviyo: Account) -> None:
    klaviyo.add()
    inspected = klaviyo.desks.campaigns.inspect("MSG1")
    assert inspected is not None
    assert [(one.channel, one.subject, one.body) for one in inspected.contents] == [("email", "Tee", TEE)]
    assert klaviyo.desks.campaigns.inspect("GONE") is None


@pytest.mark.parametrize("edit", [{"subject": "Cap"}, {"html": "<p>new</p>"}, {"included": ["L2"]}])
def test_whatever_a_person_changes_changes_the_fingerprint(klaviyo: Account, edit: dict[str, Any]) -> None:
    klaviyo.add()
    before = klaviyo.desks.campaigns.inspect("MSG1")
    klaviyo.order("edit", message="MSG1", **edit)
    after = klaviyo.desks.campaigns.inspect("MSG1")
    assert before is not None and after is not None and before.fingerprint != after.fingerprint


@pytest.mark.parametrize(
    "options",
    [
        static(START),
        {"send_strategy": "local_timezone", "send_time": (LATER + timedelta(days=1)).isoformat()},
        {"send_strategy": "send_time_optimization", "send_date": "2026-12-24"},
        *(
            {
                "send_strategy": "throttled",
                "send_time": LATER.isoformat(),
                "recipient_percentage": 25,
                "throttle_unit": u,
            }
            for u in ("hour", "minute")
        ),
    ],
)
@pytest.mark.parametrize("late", [True, False])
def test_holding_forgets_the_schedule_and_releasing_puts_it_back(
    klaviyo: Account, options: dict[str, Any], late: bool
) -> None:
    klaviyo.add(send_options=options, send_settings={"send_passed_rltz_immediately": late})
    before = klaviyo.desks.campaigns.inspect("MSG1")
    assert before is not None and before.message.restorable
    klaviyo.desks.campaigns.hold("MSG1")
    held = klaviyo.desks.campaigns.inspect("MSG1")
    assert held is not None and (held.message.status, held.message.schedule) == ("draft", None)
    assert held.fingerprint == before.fingerprint
    klaviyo.desks.campaigns.release("MSG1", before.message.schedule)
    after = klaviyo.desks.campaigns.inspect("MSG1")
    assert after is not None and after.message.schedule == before.message.schedule
    assert klaviyo.message()["send_options"] == options
    settings = klaviyo.see("messaging")["campaigns"]["C-MSG1"]["send_settings"]
    assert settings == {"send_passed_rltz_immediately": late}


@pytest.mark.parametrize(
    "options",
    [
        {"send_strategy": "content_variation", "send_time": LATER.isoformat()},
        {"send_strategy": "ab_send_time_test", "send_times": {"V1": LATER.isoformat()}},
        {"send_strategy": "throttled", "send_time": LATER.isoformat()},
        {"send_strategy": "something_new", "send_time": LATER.isoformat()},
    ],
)
def test_what_the_interface_cannot_schedule_again_is_known_beforehand(
    klaviyo: Account, options: dict[str, Any]
) -> None:
    klaviyo.add(send_options=options)
    assert [one.restorable for one in klaviyo.desks.campaigns.upcoming()] == [False]


def test_a_test_of_send_times_tells_them_all() -> None:
    times = {"V1": LATER.isoformat(), "V2": START.isoformat()}
    read = schedule_of({"send_strategy": "ab_send_time_test", "send_times": times}, {})
    assert read == Schedule("ab_test", variation_times=(START, LATER))


def test_a_smart_send_is_scheduled_by_its_day() -> None:
    assert attributes_of(Schedule("smart", send_on=date(2026, 12, 24))) == {
        "strategy": "smart_send_time",
        "send_date": "2026-12-24",
    }


def test_nothing_comes_back_from_cancelled_or_sent(klaviyo: Account) -> None:
    klaviyo.add("MSG1")
    klaviyo.desks.campaigns.cancel("MSG1")
    klaviyo.add("MSG2", send_options=static(START, 1))
    klaviyo.clock.forward(hours=2)
    assert klaviyo.message("MSG2")["status"] == "sent"
    for message in ("MSG1", "MSG2"):
        with pytest.raises(PermanentError):
            klaviyo.desks.campaigns.hold(message)
        with pytest.raises(PermanentError):
            klaviyo.desks.campaigns.release(message, Schedule("static", START + timedelta(days=9)))


def test_a_time_that_has_passed_cannot_be_scheduled(klaviyo: Account) -> None:
    klaviyo.add(status="draft", send_options={})
    with pytest.raises(PermanentError):
        klaviyo.desks.campaigns.release("MSG1", Schedule("static", START - timedelta(minutes=1)))


def test_an_effect_whose_answer_was_lost_is_told_as_unknown(klaviyo: Account) -> None:
    klaviyo.add()
    klaviyo.order("fail", lose_answers=1)
    with pytest.raises(TemporaryError) as lost:
        klaviyo.desks.campaigns.hold("MSG1")
    assert lost.value.outcome_unknown and klaviyo.message()["status"] == "draft"


def test_a_key_without_a_scope_says_which_are_needed(klaviyo: Account) -> None:
    klaviyo.order("fail", revoked=True)
    with pytest.raises(AccessError):
        klaviyo.desks.campaigns.upcoming()


def test_the_simulated_limits_are_klaviyos() -> None:
    clock = Clock(per_look_s=0.0)
    with account(clock) as klaviyo:
        klaviyo.add()
        for _ in range(5):
            klaviyo.desks.campaigns.upcoming()
        with pytest.raises(TemporaryError):
            klaviyo.desks.campaigns.upcoming()
    assert klaviyo.budget.refusals == [("campaign.read", 1.0)]
