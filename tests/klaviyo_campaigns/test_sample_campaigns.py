"""The demo's own campaigns: about the sample shop, renewed as they are sent, and kept between starts."""

from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

from gateway.guard.catalogue import ProductIndex
from gateway.guard.features import as_features
from gateway.store.values import CatalogEntry
from gateway.wiring.sample_shelf import sample_shelf
from integrations.klaviyo.simulator import Shelf
from integrations.klaviyo.simulator.sample_campaigns import PLANS
from integrations.klaviyo.simulator.server import Simulator
from integrations.shopify.simulator.sample_shop import sample_shop
from policies.values import Variant
from tests.builders.klaviyo import KEY
from tests.builders.klaviyo_campaigns import START, Clock, account

SHELF = cache(sample_shelf)


def opened(clock: Clock, file: Path | None = None) -> Simulator:
    """An account that was just opened, and asked for something."""
    simulator = Simulator(KEY, clock.now, clock.elapsed, file, SHELF())
    ask(simulator)
    return simulator


def ask(simulator: Simulator) -> None:
    """Let time do its work: the account looks at the clock whenever it is asked."""
    simulator({"REQUEST_METHOD": "GET", "PATH_INFO": "/_sim/messaging"}, lambda *_: None)  # type: ignore[arg-type]


def index() -> ProductIndex:
    """The sample shop's catalogue, as the gateway reads it."""
    shop = sample_shop(lambda: START)
    entries = []
    for one in shop.variants.values():
        product = shop.products[one.product]
        told: dict[str, Any] = dict.fromkeys(("description", "price", "barcode", "stock_item", "source"))
        told |= {"product_title": product.title, "url": product.online_store_url, "image_url": product.image_url}
        variant = Variant(str(one.id), product=str(product.id))
        entries.append(CatalogEntry(variant=variant, title=one.title, **told))
    return ProductIndex(entries)


def test_every_channel_and_every_way_of_sending_is_planned_within_three_days() -> None:
    messages = opened(Clock()).messaging
    options = [message["send_options"] for message in messages.messages.values()]
    assert len(options) == len(PLANS) == 8
    assert {one["send_strategy"] for one in options} == {
        "static", "throttled", "local_timezone", "send_time_optimization",
    }  # fmt: skip
    for one in options:
        assert START.isoformat() < one.get("send_time", one.get("send_date")) < (START + timedelta(days=3)).isoformat()
    assert {one["details"]["channel"] for one in messages.variations.values()} == {"email", "sms", "push"}


def test_what_they_show_is_found_in_the_sample_shop_and_each_has_its_lesson() -> None:
    ours, found = index(), {}
    with account(shelf=SHELF()) as klaviyo:
        for message in klaviyo.desks.campaigns.upcoming():
            inspected = klaviyo.desks.campaigns.inspect(message.id)
            assert inspected is not None
            readings = [klaviyo.desks.read(content, ours) for content in inspected.contents]
            found[message.id.rpartition("-")[0]] = as_features(readings, "")
    assert found.pop("letter").lines == ()
    assert all(features.lines for features in found.values())
    heroes = [line.variant for line in found["weekender"].lines if line.role == "hero"]
    assert len(heroes) == 1 and len(found["weekender"].lines) == 4
    assert any(line.cancels_alone for line in found["edit"].lines)
    assert {line.role for line in found["edit"].lines} == {"supporting"}
    assert found["edit"].unresolved and found["edit"].per_person


def test_only_the_flow_that_does_not_wait_for_stock_is_watched() -> None:
    with account(shelf=SHELF()) as klaviyo:
        assert [one.id for one in klaviyo.desks.flows.upcoming()] == ["flow-921", "flow-922"]


def test_what_was_sent_is_planned_again_and_what_is_held_is_not() -> None:
    clock = Clock()
    simulator = opened(clock)
    simulator.messaging.act("weekender-1", "revert")
    clock.forward(hours=12)
    ask(simulator)
    status = {id_: message["status"] for id_, message in simulator.messaging.messages.items()}
    assert (status["push-drop-1"], status["push-drop-2"]) == ("sent", "scheduled")
    assert status["weekender-1"] == "draft" and "weekender-2" not in status
    assert simulator.messaging.campaigns["push-drop-campaign-2"]["name"] == "Last pairs, again (2)"


def test_a_second_start_goes_on_where_the_first_ended(tmp_path: Path) -> None:
    clock, file = Clock(), tmp_path / "klaviyo.json"
    simulator = opened(clock, file)
    first = simulator.messaging
    first.act("sms-low-1", "revert")
    first.put_tag(first.add_tag("stock-held|x"), "campaigns", ["sms-low-campaign-1"])
    first.set_step("921", {**first.steps["921"]["definition"], "data": {"status": "manual"}})
    ask(simulator)
    again = opened(clock, file).messaging
    for part in ("campaigns", "messages", "variations", "audiences", "templates", "tags", "flows", "steps"):
        assert getattr(again, part) == getattr(first, part), part
    assert again.messages["sms-low-1"]["status"] == "draft"
    assert again.add_tag("stock-held|y") not in first.tags


def test_the_shelf_has_what_the_plans_show() -> None:
    shelf: Shelf = SHELF()
    assert (len(shelf.gone), len(shelf.low), len(shelf.deep)) >= (2, 4, 8)
    assert all(one.variant for one in shelf.low) and not any(one.variant for one in (*shelf.gone, *shelf.deep))
    with account() as made:
        assert made.see("messaging")["messages"] == {}  # without a shelf nothing is planned
