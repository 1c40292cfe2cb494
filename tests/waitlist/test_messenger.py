"""Events and subscriptions as Klaviyo's published document and its SDK want them, and how they fail."""

import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from gateway.store.budget import ALLOWANCES
from integrations.errors import PermanentError, TemporaryError
from integrations.klaviyo import open_messenger
from integrations.klaviyo.client import SCOPES
from integrations.ports import Contact, StockAlert, StockNews, Subscription
from tests.builders.klaviyo import KEY, RecordingBudget, simulated
from tests.builders.klaviyo_contract import Contract, recording
from tests.builders.policy import NOON

EMAIL = Contact(email="ann@shop.example")
NEWS = StockNews("v:2", "tee", "Tee", "M", "TEE-M", "https://shop.example/tee", None, Decimal("19.90"), 5, 3, 1)
ALERT = StockAlert("restock:1", EMAIL, NOON, NEWS)
SPARE = replace(NEWS, product=None, sku=None, url=None, price=None, units=None)
OTHER = StockAlert("restock:2", Contact(phone="+14155550123"), NOON, SPARE)


def test_every_request_is_valid_by_the_published_document(reference_file: Callable[[str], Path]) -> None:
    contract = Contract(json.loads(reference_file("klaviyo-openapi.json").read_bytes()))
    budget = RecordingBudget()
    with recording(lambda *_: (202, {})) as (url, sent):
        messenger = open_messenger(KEY, url, budget)
        messenger.tell_many([ALERT, OTHER])
        messenger.tell(ALERT)
        messenger.tell(OTHER)
        messenger.subscribe(Subscription(EMAIL, "v:2", ("email",)))
    assert [contract.problems(one) for one in sent] == [[]] * 4
    for one, (family, _) in zip(sent, budget.taken, strict=True):
        operation = contract.operation(one)
        granted = operation["x-klaviyo-ratelimit"]
        assert ALLOWANCES[family].per_second <= int(granted["burst"].split("/")[0])
        assert ALLOWANCES[family].per_minute <= int(granted["steady"].split("/")[0])
        assert all(scope in SCOPES for scope in operation["x-klaviyo-scopes"])
        assert "@" not in one.path
    names = {one.body["data"]["type"] for one in sent}
    assert names == {"event-bulk-create-job", "event", "back-in-stock-subscription"}


def test_one_of_an_id_is_recorded_once_and_a_bulk_with_it_is_refused_whole() -> None:
    with simulated() as shop:
        messenger = open_messenger(KEY, shop.url, RecordingBudget())
        messenger.tell(ALERT)
        messenger.tell(ALERT)
        with pytest.raises(PermanentError):
            messenger.tell_many([OTHER, ALERT])
        assert [event["unique_id"] for event in shop.see("people")["events"]] == ["restock:1"]


def test_failures_say_whether_it_may_have_gone_and_name_nobody() -> None:
    with simulated() as shop:
        messenger = open_messenger(KEY, shop.url, RecordingBudget())
        shop.order(refuse_people=["ann@shop.example"])
        with pytest.raises(PermanentError) as refused:
            messenger.tell(ALERT)
        assert "ann" not in str(refused.value)
        shop.order(refuse_people=[], lose_answers=1)
        with pytest.raises(TemporaryError) as lost:
            messenger.tell_many([ALERT])
        assert lost.value.outcome_unknown
        shop.order(throttle_s=5)
        with pytest.raises(TemporaryError) as throttled:
            messenger.tell(ALERT)
        assert (throttled.value.outcome_unknown, throttled.value.retry_after_s) == (False, 5)


def test_no_contact_shows_in_what_is_printed() -> None:
    assert "ann" not in repr(ALERT) and "555" not in repr(OTHER)
