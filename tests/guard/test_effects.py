"""What a decision does in Klaviyo, as a person reads it before taking it: for every way of sending."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from gateway.guard import effects
from gateway.store.holds import Hold
from integrations.ports import Message
from policies.guard import Phase, Schedule

AT = datetime(2026, 12, 1, 18, 30, tzinfo=UTC)
BERLIN = ZoneInfo("Europe/Berlin")


def message(schedule: Schedule | None = None, **changes: Any) -> Message:
    return Message("M1", "C1", "Sale", "email", "scheduled", "scheduled", AT, schedule, **changes)


def hold(id_: str = "M1") -> Hold:
    return Hold(id_, "C1", "Sale", "email", "House", Phase.HELD, "ann", AT, schedule=Schedule("static", AT))


LOCAL = "on 1 December, 18:30 in each recipient's own time zone; where that has passed, "


@pytest.mark.parametrize(
    ("schedule", "words"),
    [
        (Schedule("static", AT), "on 1 December, 19:30 CET"),
        (Schedule("local", AT), f"{LOCAL}at once"),
        (Schedule("local", AT, passed_zones_tomorrow=True), f"{LOCAL}the next day"),
        (
            Schedule("throttled", AT, percent_per_period=20),
            "from 1 December, 19:30 CET, 20 % of the recipients each hour",
        ),
        (Schedule("smart", send_on=date(2026, 12, 2)), "on 2 December, at each recipient's own best hour"),
        (Schedule("ab_test", AT), "as its test of variations says"),
        (Schedule("immediate"), "at once"),
    ],
)
def test_every_schedule_is_said_in_words(schedule: Schedule, words: str) -> None:
    assert effects.schedule_words(schedule, BERLIN) == words


def test_a_hold_says_that_the_schedule_is_kept_by_us() -> None:
    back, kept, tag = effects.of_hold(message(Schedule("static", AT)), BERLIN)
    assert "back to draft" in back
    assert kept == "Klaviyo forgets its schedule. We keep it: on 1 December, 19:30 CET."
    assert "A tag on the campaign" in tag


def test_a_hold_that_cannot_be_undone_by_us_says_so_before() -> None:
    _, own = effects.of_hold(message(Schedule("ab_test", AT), restorable=False))
    assert own.startswith("Klaviyo's interface cannot schedule it again as it is: you do that yourself")


def test_a_step_of_a_flow_is_told_apart_in_every_decision() -> None:
    step = Message("flow-1", "F", "Welcome", "email", "live", "live", AT)
    assert "keeps moving" in " ".join(effects.of_hold(step))
    assert "Needs review" in " ".join(effects.of_release(hold("flow-1"), None))
    assert effects.of_override(hold("flow-1"))[0].endswith("it goes on sending.")
    assert effects.of_override(hold())[0].endswith("it stays scheduled as it is.")


def test_a_release_without_its_own_time_asks_for_another() -> None:
    assert "at the time that you choose" in effects.of_release(hold(), None)[0]
    assert "on 1 December, 18:30 UTC" in effects.of_release(hold(), hold().schedule)[0]
