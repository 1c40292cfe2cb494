"""Steps of flows are held one by one, and tags are put and dropped."""

from typing import Any

import pytest

from integrations.errors import PermanentError
from tests.builders.klaviyo_campaigns import TEE, Account


def welcome(klaviyo: Account, **changes: Any) -> None:
    steps = [
        {"id": "101", "html": TEE},
        {"id": "102", "type": "send-sms", "status": "draft"},
        {"id": "103", "type": "send-sms"},
    ]
    klaviyo.order("flows", **({"id": "F1", "name": "Welcome", "steps": steps} | changes))


def statuses(klaviyo: Account) -> dict[str, str]:
    return {id_: step["definition"]["data"]["status"] for id_, step in klaviyo.see("messaging")["steps"].items()}


def test_the_live_steps_of_live_flows_are_read(klaviyo: Account) -> None:
    welcome(klaviyo)
    found = klaviyo.desks.flows.upcoming()
    assert [(one.id, one.group, one.channel, one.status) for one in found] == [
        ("flow-101", "F1", "email", "live"),
        ("flow-103", "F1", "sms", "live"),
    ]
    inspected = klaviyo.desks.flows.inspect("flow-101")
    assert inspected is not None and inspected.contents[0].body == TEE


def test_one_step_is_held_and_put_back_and_no_other_is_touched(klaviyo: Account) -> None:
    welcome(klaviyo)
    before = klaviyo.see("messaging")["steps"]
    fingerprint = klaviyo.desks.flows.inspect("flow-101")
    klaviyo.desks.flows.hold("flow-101")
    assert statuses(klaviyo) == {"101": "manual", "102": "draft", "103": "live"}
    held = klaviyo.desks.flows.inspect("flow-101")
    assert held is not None and fingerprint is not None and held.fingerprint == fingerprint.fingerprint
    klaviyo.order("arrive", flow="F1")
    assert klaviyo.effects("flow_sent", "flow_in_review", "flow_skipped") == [
        "flow_in_review",
        "flow_skipped",
        "flow_sent",
    ]
    klaviyo.desks.flows.release("flow-101", None)
    after = klaviyo.see("messaging")["steps"]
    assert {i: s["definition"] for i, s in after.items()} == {i: s["definition"] for i, s in before.items()}


def test_a_step_that_a_person_set_otherwise_is_left(klaviyo: Account) -> None:
    welcome(klaviyo)
    for effect in (klaviyo.desks.flows.cancel, lambda id_: klaviyo.desks.flows.release(id_, None)):
        with pytest.raises(PermanentError):
            effect("flow-101")
    with pytest.raises(PermanentError):
        klaviyo.desks.flows.hold("flow-102")
    assert klaviyo.effects("step_set") == []


def test_a_back_in_stock_flow_is_not_even_seen(klaviyo: Account) -> None:
    welcome(klaviyo, steps=[{"type": "back-in-stock-delay"}, {"id": "201"}])
    assert klaviyo.desks.flows.upcoming() == []


def test_a_tag_is_made_once_put_twice_and_dropped(klaviyo: Account) -> None:
    klaviyo.add(tags=["stock-group:tees"])
    (message,) = klaviyo.desks.campaigns.upcoming()
    tags = klaviyo.desks.tags
    tags.put('stock-held "MSG1"', message)
    tags.put('stock-held "MSG1"', message)
    found = tags.tags("stock-")
    assert set(found) == {"stock-group:tees", 'stock-held "MSG1"'}
    assert tags.campaigns(found["stock-group:tees"]) == {"C-MSG1"} == tags.campaigns(found['stock-held "MSG1"'])
    tags.drop('stock-held "MSG1"')
    tags.drop('stock-held "MSG1"')
    assert set(tags.tags("stock-")) == {"stock-group:tees"}
    assert tags.campaigns("gone") == frozenset()


def test_a_flow_carries_tags_too(klaviyo: Account) -> None:
    welcome(klaviyo)
    klaviyo.desks.tags.put("stock-held flow-101", klaviyo.desks.flows.upcoming()[0])
    assert klaviyo.see("messaging")["tags"] == [{"name": "stock-held flow-101", "campaigns": [], "flows": ["F1"]}]
