"""The connection to a source: what is wrong is said, and what told us of changes is made again once lost."""

from dataclasses import replace

import pytest

from gateway.pipeline.read import accept_delivery
from gateway.reconcile.full import read_everything
from gateway.reconcile.watch import check_source
from gateway.services import Services
from integrations.ports import Delivery, StockSource
from integrations.shopify.simulator import model, views
from tests.builders.reconcile import Beside, now

URL = "https://gateway.example"


def with_address(pair: Beside) -> tuple[Services, StockSource]:
    settings = replace(pair.services.settings, public_url=URL + "/", shopify_webhook_secrets=("hush",))
    assert pair.services.source is not None
    return replace(pair.services, settings=settings), pair.services.source


def topics(pair: Beside) -> set[str]:
    return {row.topic for row in pair.shop.subscriptions.values() if row.uri == f"{URL}/webhooks/shopify"}


def test_subscriptions_are_made_once_and_made_again_when_one_is_lost_and_that_is_a_gap(pair: Beside) -> None:
    services, source = with_address(pair)
    check_source(services, source, now())
    made = topics(pair)
    assert {"INVENTORY_LEVELS_UPDATE", "PRODUCTS_DELETE", "LOCATIONS_UPDATE", "INVENTORY_TRANSFERS_CANCEL"} <= made
    pair.read_everything()
    check_source(services, source, now())
    assert services.store.reconciles.wanted("shopify") is None  # nothing was missing
    lost = next(row for row in pair.shop.subscriptions.values() if row.topic == "INVENTORY_LEVELS_UPDATE")
    del pair.shop.subscriptions[lost.id]
    watching = services.store.connections.watching("shopify")
    assert watching is not None
    assert watching.repaired == (), "the first look makes them; none was lost"
    check_source(services, source, now())
    assert topics(pair) == made
    watching, state = services.store.connections.watching("shopify"), services.store.connections.state("shopify")
    assert watching is not None
    assert watching.repaired == ("INVENTORY_LEVELS_UPDATE",)
    assert state is not None
    assert (state.revision, state.problems) == ("2026-10", ())
    assert services.store.reconciles.wanted("shopify") == "Nothing told of: INVENTORY_LEVELS_UPDATE."
    assert "shopify.full_load" in {state.name for state in services.store.tasks.all() if state.due_at}


def test_a_subscription_that_hides_something_is_made_anew_and_others_are_left_alone(pair: Beside) -> None:
    services, source = with_address(pair)
    check_source(services, source, now())
    mine = next(row for row in pair.shop.subscriptions.values() if row.topic == "PRODUCTS_UPDATE")
    mine.filter = "vendor:Loom"
    other = model.Subscription(9, "PRODUCTS_UPDATE", "https://other.example", now(), filter="vendor:Loom")
    pair.shop.subscriptions[other.id] = other
    check_source(services, source, now())
    again = [row for row in pair.shop.subscriptions.values() if row.topic == "PRODUCTS_UPDATE"]
    assert {(row.uri, row.filter) for row in again} == {
        (f"{URL}/webhooks/shopify", None),
        (other.uri, "vendor:Loom"),
    }


def test_without_an_address_of_its_own_the_gateway_subscribes_to_nothing(pair: Beside) -> None:
    assert pair.services.source is not None
    check_source(pair.services, pair.services.source, now())
    assert pair.shop.subscriptions == {}


def test_a_sum_that_is_no_longer_on_hand_is_doubted_until_it_is_again(
    pair: Beside, monkeypatch: pytest.MonkeyPatch
) -> None:
    services, source = with_address(pair)
    monkeypatch.setattr(views, "PHYSICAL", ("available", "committed"))
    check_source(services, source, now())
    doubt = services.store.doubts.open(10)[0][0]
    assert doubt.kind == "source_check"
    assert "on hand is now the sum of: available, committed" in doubt.sentence
    monkeypatch.undo()
    check_source(services, source, now())
    assert services.store.doubts.open(10)[0] == []


def test_the_word_of_a_finished_file_brings_the_next_look_forward_and_begins_no_new_read(pair: Beside) -> None:
    pair.read_everything()
    services, source = with_address(pair)
    accept_delivery(services, "shopify", Delivery("d1", "bulk_operations/finish", bulk_finished=True), now())
    assert {state.name for state in services.store.tasks.all() if state.due_at} == {"shopify.full_load"}
    read_everything(services, source, now())
    assert services.store.reconciles.run("shopify") is None


def test_a_change_of_scopes_has_the_connection_checked(pair: Beside) -> None:
    accept_delivery(pair.services, "shopify", Delivery("d2", "app/scopes_update", access=True), now())
    assert {state.name for state in pair.services.store.tasks.all() if state.due_at} == {"shopify.check"}
