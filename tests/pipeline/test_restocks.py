"""Why a variant came back, whom that may alert, and what of the number waits for a person."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from gateway.pipeline.decide import decide_due
from gateway.pipeline.explain import explanation_view, variant_view
from gateway.pipeline.history import history
from gateway.pipeline.rates import learn_rates
from gateway.pipeline.read import accept_locations, accept_products, accept_readings
from gateway.policy_library import PolicyLibrary
from gateway.services import Services
from gateway.settings import Settings
from gateway.store import Store, open_store
from gateway.store.keys import partition_of
from gateway.store.values import Told
from gateway.worker import redecide
from policies.values import LocationFacts, ProductFacts, Reading, VariantFacts
from tests.builders.web import AT, POLICY

TEE = "tee-m"


class Shop:
    """One variant in one warehouse (reserve 1, buffer 2: 3 of its pieces are never promised), minute by minute."""

    def __init__(self, store: Store, **document: Any) -> None:
        self.at = AT
        self.store = store
        self.document = {**POLICY, "rules": [{"name": "House", "set": {"buffer_units": 2}}], **document}
        self.services = Services(Settings(), store, PolicyLibrary(store), now=lambda: self.at, elapsed=lambda: 0.0)
        self.publish()
        self.products(published=True)
        self.tells(40, cause="count")

    def publish(self, **changes: Any) -> None:
        self.document = {**self.document, **changes}
        number = self.store.policies.current_number()
        self.store.policies.publish(self.document, based_on=number or None, author="ann", note="", at=self.at)
        redecide(self.services, self.at)
        self.decide()

    def products(self, **changes: Any) -> None:
        tee = ProductFacts("tee", "erp", title="Tee", published=True, variants=(VariantFacts(TEE, tracked=True),))
        accept_products(self.services, "erp", [replace(tee, **changes)], self.at)
        self.decide()

    def tells(self, available: int | None, *, cause: str = "unknown", location: str = "wh") -> None:
        self.at += timedelta(minutes=1)
        told = Reading("wms", TEE, location, {"available": available}, self.at, cause=cause)
        accept_readings(self.services, [told], self.at)
        self.decide()

    def passes(self, minutes: int) -> None:
        self.at += timedelta(minutes=minutes)
        self.decide()

    def decide(self) -> None:
        while decide_due(self.services, self.at):
            pass

    def settles(self, state: Any) -> bool:
        (episode,) = [restock.episode for _, restock in self.store.restocks.newest()]
        done = self.store.restocks.settle(TEE, episode, state, by="ann", note="seen", at=self.at)
        self.decide()
        return done

    @property
    def view(self) -> dict[str, Any]:
        view = variant_view(self.services, TEE, self.at)
        assert view is not None
        return view

    @property
    def promised(self) -> Any:
        return self.view["pools"]["ship"]["promised_units"]

    @property
    def restock(self) -> tuple[str, str] | None:
        restock = self.view["restock"]
        return restock and (restock["cause"], restock["state"])

    def explains(self, decision: str | None = None) -> dict[str, Any]:
        view = explanation_view(self.services, TEE, None, self.at, decision)
        assert view is not None
        assert view["proof"]["differences"] == []
        return view


@pytest.fixture
def store(redis_url: str) -> Store:
    return open_store(redis_url, "t")


def test_a_receipt_is_told_and_alerts(store: Store) -> None:
    shop = Shop(store)
    shop.tells(0, cause="sale")
    assert (shop.promised, shop.restock) == (0, None)
    shop.tells(9, cause="receipt")
    assert (shop.promised, shop.restock) == (7, ("receipt", "alerts"))


def test_a_cause_that_the_policy_does_not_list_waits_for_a_person(store: Store) -> None:
    shop = Shop(store, restock={"causes": ["receipt"]})
    shop.tells(0)
    shop.tells(9, cause="count")
    assert (shop.promised, shop.restock) == (0, ("count", "awaits_confirmation"))
    shop.tells(8, cause="sale")
    assert shop.promised == 0
    assert shop.settles("confirmed")
    assert (shop.promised, shop.restock) == (6, ("count", "confirmed"))
    assert not shop.settles("confirmed")


def test_a_dismissed_restock_keeps_promising_nothing_until_a_receipt_comes(store: Store) -> None:
    shop = Shop(store, restock={"causes": ["receipt"]})
    shop.tells(0)
    shop.tells(9, cause="count")
    assert shop.settles("dismissed")
    assert (shop.promised, shop.restock) == (0, ("count", "dismissed"))
    shop.tells(19, cause="receipt")
    assert (shop.promised, shop.restock) == (17, ("count", "silent"))


def test_what_waits_is_over_when_the_stock_runs_out_again(store: Store) -> None:
    shop = Shop(store, restock={"causes": ["receipt"]})
    shop.tells(0)
    shop.tells(9, cause="count")
    shop.tells(0)
    assert (shop.promised, shop.restock) == (0, ("count", "over"))


def test_a_policy_edit_brings_nothing_back_by_itself(store: Store) -> None:
    shop = Shop(store)
    shop.tells(2, cause="sale")
    assert shop.view["pools"]["ship"]["band"] == "out"
    shop.publish(rules=[{"name": "House", "set": {"buffer_units": 0}}])
    assert (shop.promised, shop.restock) == (0, ("policy", "awaits_confirmation"))


def test_a_policy_that_publishes_everything_lets_the_number_go_and_alerts_nobody(store: Store) -> None:
    shop = Shop(store, catalog_restock="publish")
    shop.tells(2, cause="sale")
    shop.publish(rules=[{"name": "House", "set": {"buffer_units": 0}}])
    assert (shop.promised, shop.restock) == (2, ("policy", "silent"))


def test_a_location_that_opens_again_is_no_receipt(store: Store) -> None:
    shop = Shop(store)
    accept_locations(shop.services, [LocationFacts("wh", "wms", active=False)], shop.at)
    redecide(shop.services, shop.at)
    assert shop.view["pools"]["ship"]["band"] == "out"
    accept_locations(shop.services, [LocationFacts("wh", "wms", active=True)], shop.at)
    redecide(shop.services, shop.at)
    assert (shop.promised, shop.restock) == (0, ("location", "awaits_confirmation"))


def test_publishing_a_product_again_is_no_receipt(store: Store) -> None:
    shop = Shop(store)
    shop.products(published=False)
    shop.products(published=True)
    assert shop.restock == ("catalog", "awaits_confirmation")


def test_lifting_a_block_is_no_receipt(store: Store) -> None:
    shop = Shop(store)
    for blocked in (True, False):
        store.catalog.block(TEE, blocked, at=shop.at)
        shop.decide()
    assert shop.restock == ("block", "awaits_confirmation")


def test_the_first_figure_of_a_place_alerts_nobody_and_is_a_return_to_the_catalogue(store: Store) -> None:
    shop = Shop(store, pools={"ship": {**POLICY["pools"]["ship"], "include": ["soho"]}})
    shop.tells(0)
    shop.tells(30, cause="receipt", location="soho")
    assert (shop.promised, shop.restock) == (28, ("first_sight", "silent"))


def test_a_figure_that_comes_back_is_not_first_sight(store: Store) -> None:
    shop = Shop(store)
    shop.tells(0)
    shop.tells(None)
    shop.tells(30, cause="receipt")
    assert shop.restock == ("receipt", "alerts")


def test_of_all_that_raised_the_units_while_they_settled_the_cause_is_what_may_least_alert(
    store: Store,
) -> None:
    settling = [{"name": "House", "set": {"buffer_units": 2, "settle_minutes": 10}}]
    shop = Shop(store, rules=settling, restock={"causes": ["receipt"]})
    shop.tells(0)
    shop.tells(9, cause="receipt")
    shop.tells(10, cause="count")
    shop.tells(30, cause="receipt")
    assert shop.view["pools"]["ship"]["band"] == "out"
    shop.passes(10)
    assert shop.restock == ("count", "awaits_confirmation")


def test_a_rise_that_fell_back_leaves_no_cause_behind(store: Store) -> None:
    settling = [{"name": "House", "set": {"buffer_units": 2, "settle_minutes": 10}}]
    shop = Shop(store, rules=settling, restock={"causes": ["receipt"]})
    shop.tells(0)
    shop.tells(9, cause="count")
    shop.tells(0, cause="sale")
    shop.tells(9, cause="receipt")
    shop.passes(10)
    assert shop.restock == ("receipt", "alerts")


def test_an_episode_that_was_never_proven_returns_and_alerts_nobody(store: Store) -> None:
    shop = Shop(store, pools={"ship": {**POLICY["pools"]["ship"], "include": ["soho"]}})
    shop.tells(None, location="soho")
    shop.tells(0)
    shop.tells(9, cause="receipt")
    assert (shop.promised, shop.restock) == (7, ("receipt", "silent"))


def test_every_decision_ever_made_is_explained_with_the_numbers_it_used(store: Store) -> None:
    shop = Shop(store)
    told: dict[str, int] = {}
    for available in (20, 0, 9, 3, 14):
        shop.tells(available, cause="receipt")
        told[shop.view["decision"]] = max(0, available - 2)
    shop.publish(rules=[{"name": "House", "set": {"buffer_units": 5}}])
    shop.products(published=False)
    for decision, units in told.items():
        explained = shop.explains(decision)
        assert (explained["units"], explained["policy_version"]) == (units, 1)
        assert explained["proof"]["inputs"] == "complete"
    assert shop.explains()["units"] == 0


def test_the_history_tells_readings_with_their_causes_and_decisions_newest_first(store: Store) -> None:
    shop = Shop(store)
    shop.tells(20, cause="sale")
    shop.tells(0, cause="sale")
    shop.tells(9, cause="receipt")
    whole = history(shop.services, TEE, 100, None)
    told = [line["facts"]["new"]["quantities"]["available"] for line in whole.lines if line["kind"] == "reading"]
    assert told == [9, 0, 20, 40]
    assert [line["kind"] for line in whole.lines[:2]] == ["decision", "reading"]
    assert whole.lines[1]["facts"]["cause"] == "receipt"
    store.told.put("klaviyo.variants", {TEE: Told("d", 7, shop.at, exists=True)})
    whole = history(shop.services, TEE, 100, None)
    assert whole.lines[0]["facts"] == {"destination": "klaviyo.variants", "units": 7}
    pages, cursor = [], None
    while True:
        page = history(shop.services, TEE, 2, cursor)
        pages += page.lines
        if (cursor := page.cursor) is None:
            break
    assert pages == list(whole.lines)


def test_a_variant_is_low_while_its_units_last_only_some_days_at_the_rate_that_the_journal_tells(store: Store) -> None:
    shop = Shop(store, rules=[{"name": "House", "set": {"low_days": 7}}])
    for day in range(10):
        shop.passes(24 * 60)
        shop.tells(36 - 4 * day, cause="sale")
        shop.tells(40 - 4 * day, cause="receipt")
    shop.tells(60, cause="receipt")
    assert shop.view["pools"]["ship"]["band"] == "healthy"
    learn_rates(services := shop.services, shop.at)
    shop.decide()
    (rate,) = [entry.variant.units_per_day for entry in store.catalog.entries([TEE]).values()]
    assert rate is not None
    assert 7 < rate < 8  # 76 units in some ten days
    assert shop.view["pools"]["ship"]["band"] == "healthy"
    shop.tells(50, cause="count")
    assert shop.view["pools"]["ship"]["band"] == "low"
    assert shop.explains()["band"] == "low"
    shop.passes(40 * 24 * 60)
    learn_rates(services, shop.at)
    assert store.catalog.rated(partition_of(TEE)) == (TEE,)  # the server's clock dates the journal: it is still young


def test_a_decision_that_was_never_made_is_not_explained(store: Store) -> None:
    shop = Shop(store)
    assert explanation_view(shop.services, TEE, None, shop.at, "1-0") is None
    assert explanation_view(shop.services, TEE, None, datetime.max.replace(tzinfo=AT.tzinfo), None) is not None
