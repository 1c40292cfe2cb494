"""Webhooks come signed, retried under one id, and go wrong only as told."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from integrations.shopify.simulator.deliveries import signature
from integrations.shopify.simulator.shop import Shop
from tests.shopify_simulator.receiver import Receiver

WEBHOOK_ID = "X-Shopify-Webhook-Id"


def receive(client: httpx.Client, shop: Shop, units: int = 1) -> int:
    item = next(iter(shop.locations_of_item))
    client.post("/_sim/receive", json={"item": item, "location": 1, "units": units}).raise_for_status()
    return item


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ('{"n":"Café"}'.encode(), "pwQ6/Gv0R+OR8PVfVj6HImYfMBIab7XKTBmBBW8B++8="),
        (b"", "Knm8rWjeSXNIt2H0AOMT7DQ8/YSy8sQi/pEjbuUmGMs="),
    ],
)
def test_the_signature_is_shopifys(raw: bytes, expected: str) -> None:
    assert signature("hush", raw) == expected


def test_a_change_is_told_with_only_available_and_a_true_signature(
    client: httpx.Client, shop: Shop, receiver: Receiver
) -> None:
    item = receive(client, shop, 4)
    headers, raw = receiver.wait_for(1)[0]
    names = {name.lower(): value for name, value in headers.items()}
    assert names["x-shopify-hmac-sha256"] == signature("hush", raw)
    assert names["x-shopify-topic"] == "inventory_levels/update"
    assert names["x-shopify-shop-domain"] == shop.domain
    body = json.loads(raw)
    level = shop.level(item, 1)
    assert body == {
        "inventory_item_id": item,
        "location_id": 1,
        "available": level.quantities["available"],
        "updated_at": level.updated_at.isoformat(),
        "admin_graphql_api_id": level.gid,
    }


def test_an_order_also_tells_the_product(client: httpx.Client, shop: Shop, receiver: Receiver) -> None:
    item = next(iter(shop.locations_of_item))
    answer = client.post("/_sim/sell", json={"item": item, "location": 3, "units": 40, "channel": "pos"}).json()
    assert answer["quantities"]["available"] < 0
    topics = {headers["X-Shopify-Topic"] for headers, _ in receiver.wait_for(2)}
    assert topics == {"inventory_levels/update", "products/update"}


def test_a_refused_delivery_comes_again_the_same(client: httpx.Client, shop: Shop, receiver: Receiver) -> None:
    receiver.refuse = 2
    receive(client, shop)
    rows = receiver.wait_for(3)
    assert len({headers[WEBHOOK_ID] for headers, _ in rows}) == 1
    assert len({raw for _, raw in rows}) == 1


def test_deliveries_are_dropped_doubled_and_turned_around_as_told(
    client: httpx.Client, shop: Shop, receiver: Receiver, serving: Any
) -> None:
    client.post("/_sim/faults", json={"drop_webhooks": 1}).raise_for_status()
    receive(client, shop)
    client.post("/_sim/faults", json={"duplicate_webhooks": 1}).raise_for_status()
    receive(client, shop)
    rows = receiver.wait_for(2)
    assert rows[0][0][WEBHOOK_ID] == rows[1][0][WEBHOOK_ID]
    client.post("/_sim/faults", json={"reorder_webhooks": 2}).raise_for_status()
    receive(client, shop)
    assert len(receiver.requests) == 2
    receive(client, shop)
    receiver.wait_for(4)
    outcomes = [row["outcome"] for row in client.get("/_sim/journal").json()["rows"] if row["kind"] == "delivery"]
    assert outcomes.count("dropped") == 1


def test_a_subscription_is_listed_served_and_deleted(
    ask: Callable[..., dict[str, Any]], client: httpx.Client, shop: Shop, receiver: Receiver
) -> None:
    create = """mutation($t: WebhookSubscriptionTopic!, $s: WebhookSubscriptionInput!) {
      webhookSubscriptionCreate(topic: $t, webhookSubscription: $s) {
        webhookSubscription { id topic uri format apiVersion { handle } } userErrors { field message } } }"""
    variables = {"t": "INVENTORY_LEVELS_UPDATE", "s": {"uri": receiver.url + "/second"}}
    made = ask(create, **variables)["data"]["webhookSubscriptionCreate"]
    assert made["userErrors"] == []
    assert ask(create, **variables)["data"]["webhookSubscriptionCreate"]["userErrors"] != []
    receive(client, shop)
    assert len({headers[WEBHOOK_ID] for headers, _ in receiver.wait_for(2)}) == 2
    listed = "{ webhookSubscriptions(first: 10) { nodes { id topic } } }"
    assert len(ask(listed)["data"]["webhookSubscriptions"]["nodes"]) == 1
    delete = """mutation($id: ID!) { webhookSubscriptionDelete(id: $id) {
      deletedWebhookSubscriptionId userErrors { message } } }"""
    ask(delete, id=made["webhookSubscription"]["id"])
    assert ask(listed)["data"]["webhookSubscriptions"]["nodes"] == []


@pytest.mark.parametrize(
    ("action", "body"),
    [
        ("receive", {"item": 1, "location": 1}),
        ("receive", {"item": "1", "location": 1}),
        ("receive", {"item": 1}),
        ("receive", {"item": 1, "location": 1, "colour": 2}),
        ("receive", []),
        ("edit_product", {"product": 1001, "changes": {"status": "GONE"}}),
        ("edit_product", {"product": 1001, "changes": {"title": 3}}),
    ],
)
def test_what_staff_cannot_do_is_refused_with_a_reason(client: httpx.Client, action: str, body: object) -> None:
    response = client.post(f"/_sim/{action}", json=body)
    assert response.status_code == 422
    assert response.json()["refused"]
