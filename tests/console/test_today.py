"""Today: what needs a person, what sends soon, what was done, how far behind the gateway is."""

from datetime import timedelta
from typing import Any

from gateway.store.campaigns import FeatureLine, Features
from gateway.store.holds import Hold
from integrations.ports import Message
from policies.guard import Phase, Schedule
from tests.builders.people import by_token
from tests.builders.web import AT, POLICY, House, product, row


def message(id_: str, name: str, hours: float, **changes: Any) -> Message:
    fields: dict[str, Any] = {"schedule": Schedule("static", AT + timedelta(hours=hours)), **changes}
    return Message(id_, f"C-{id_}", name, "email", "scheduled", "Scheduled", AT, **fields)


def today(house: House) -> str:
    page = by_token(house, "reader").get("/")
    assert page.status_code == 200
    return page.text


def test_an_empty_day_is_a_good_one_and_says_so(house: House) -> None:
    page = today(house)
    assert "Nothing waits for a person." in page
    assert "Klaviyo was not asked yet what is scheduled." in page
    assert "A quiet day" in page
    assert "Watching only" in page
    house.store.campaigns.put_messages("campaigns", [], AT)
    assert "No campaign or flow message is scheduled for the next three days." in today(house)


def test_what_sends_stands_in_order_with_its_verdict(house: House) -> None:
    house.store.campaigns.put_messages(
        "campaigns",
        [message("M2", "Second", 30), message("M1", "First <b>", 2), message("M3", "Too far", 73),
         message("M4", "Over", -1), message("M5", "Draft", 1, schedule=None)], AT,
    )  # fmt: skip
    verdict = {"verdict": "hold", "reasons": [{"code": "out", "sentence": "Half of it is out."}]}
    house.store.campaigns.put_verdicts({"M1": verdict})
    house.store.campaigns.choose("M1", Features("person", (FeatureLine("tee-m"),)))
    page = today(house)
    first, second = page.index("First &lt;b&gt;"), page.index("Second")
    assert first < page.index("should be held") < page.index("Half of it is out.") < second
    assert "features 1 variant<" in page
    assert "not judged yet" in page[second:]
    for absent in ("Too far", "Over", "Draft"):
        assert absent not in page


def test_a_held_message_stands_at_the_time_it_had_and_a_proposal_needs_a_person(house: House) -> None:
    schedule = Schedule("static", AT + timedelta(hours=5))
    common: dict[str, Any] = {"group": "G", "channel": "email", "guard": "House", "by": "guard", "opened_at": AT}
    house.store.holds.write(Hold("M1", name="Held one", phase=Phase.HELD, schedule=schedule, **common), AT)
    house.store.holds.write(Hold("M2", name="Asked", phase=Phase.PROPOSED, schedule=schedule, **common), AT)
    page = today(house)
    assert "Held one" in page
    assert "campaign waits" in page
    assert "campaigns wait" not in page


def test_doubts_restocks_silence_and_refusals_are_counted(house: House) -> None:
    house.store.sources.heard("till", AT - timedelta(hours=2), None, accepted=1)
    house.store.sources.heard("erp", AT, None, accepted=1)
    for number in range(3):
        house.store.doubts.raise_("duplicate_sku", str(number), "Twice.", {}, AT)
    house.store.outbox.put("klaviyo.variants", ["tee-m"], 0, AT)
    house.store.outbox.park("klaviyo.variants", house.store.outbox.claim("klaviyo.variants", 1, AT, 30.0), "bad", AT)
    page = today(house)
    assert "source is silent</a><small>for more than an hour: till." in page
    assert '<b>3</b><span><a href="/doubts">doubts</a>' in page
    assert "signal was refused" in page


def test_the_last_day_and_what_is_left_to_do_are_told(house: House) -> None:
    house.store.policies.publish(POLICY, based_on=None, author="a", note="n", at=AT)
    house.put_catalog(product(title="Canvas tote"))
    house.send(row())
    house.store.audit.append("Bo", "restock.confirmed", "tee-m", {}, AT - timedelta(hours=1))
    house.store.audit.append("Old", "restock.confirmed", "tee-m", {}, AT - timedelta(hours=30))
    page = today(house)
    assert "<b>Bo</b> let a restock go: Canvas tote" in page
    assert "<b>Old</b>" not in page
    assert "signed in" not in page, "who signs in is no news of the day"
    assert "<b>1</b> variant, the oldest for" in page
    house.decide()
    assert "To be decided</dt><dd>Nothing waits" in today(house)
