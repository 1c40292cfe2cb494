import base64
import hashlib
import hmac
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.errors import MalformedDeliveryError, UntrustedDeliveryError
from integrations.ports import Delivery
from integrations.shopify import ShopifyWebhooks

SHOP = "sample.myshopify.com"
LEVEL = (
    b'{"inventory_item_id":271878346596884015,"location_id":24826418,"available":10,'
    b'"updated_at":"2021-12-31T19:00:00-05:00",'
    b'"admin_graphql_api_id":"gid://shopify/InventoryLevel/24826418?inventory_item_id=271878346596884015"}'
)


def sign(raw: bytes, secret: str = "hush") -> str:
    return base64.b64encode(hmac.digest(secret.encode(), raw, hashlib.sha256)).decode()


def deliver(raw: bytes, topic: str = "inventory_levels/update", secret: str = "hush", **headers: str) -> Delivery:
    sent = {"X-Shopify-Topic": topic, "X-Shopify-Webhook-Id": "w1", "X-Shopify-Shop-Domain": SHOP}
    sent |= {"X-Shopify-Hmac-Sha256": sign(raw, secret)} | headers
    return ShopifyWebhooks(["new", "hush"], SHOP).receive(raw, sent)


@pytest.mark.parametrize(
    ("raw", "signature"),
    [
        ('{"n":"Café"}'.encode(), "pwQ6/Gv0R+OR8PVfVj6HImYfMBIab7XKTBmBBW8B++8="),
        (b"", "Knm8rWjeSXNIt2H0AOMT7DQ8/YSy8sQi/pEjbuUmGMs="),
        (LEVEL, "w6JtYuzUNmJZxsjlyxpXok1oZzATjF/LeCYyfES5nmo="),
    ],
)
def test_the_published_signatures_hold(raw: bytes, signature: str) -> None:
    try:
        deliver(raw, "shop/update", **{"X-Shopify-Hmac-Sha256": signature})
    except MalformedDeliveryError:
        assert raw == b""  # trusted, and then not JSON
    with pytest.raises(UntrustedDeliveryError):
        deliver(raw + b" ", "shop/update", **{"X-Shopify-Hmac-Sha256": signature})


def test_a_level_delivery_names_its_item_exactly_and_its_time_in_utc() -> None:
    delivery = deliver(LEVEL, **{"X-Shopify-Triggered-At": "2026-11-25T02:00:00.5-05:00", "X-Shopify-Event-Id": "e"})
    assert (delivery.id, delivery.items, delivery.event_id) == ("w1", ("271878346596884015",), "e")
    assert delivery.triggered_at is not None
    assert delivery.triggered_at.isoformat() == "2026-11-25T07:00:00.500000+00:00"


@pytest.mark.parametrize(
    ("topic", "items", "products", "locations"),
    [
        ("inventory_levels/disconnect", ("7",), (), False),
        ("inventory_items/delete", ("8",), (), False),
        ("products/delete", (), ("8",), False),
        ("locations/deactivate", (), (), True),
        ("app/uninstalled", (), (), False),
        ("inventory_levels/unheard_of", (), (), False),
    ],
)
def test_each_topic_says_what_to_read_again(
    topic: str, items: tuple[str, ...], products: tuple[str, ...], locations: bool
) -> None:
    delivery = deliver(b'{"inventory_item_id":7,"id":8}', topic)
    assert (delivery.items, delivery.products, delivery.locations) == (items, products, locations)


def test_both_secrets_of_a_rotation_hold_and_no_other() -> None:
    assert deliver(LEVEL, secret="new").items == deliver(LEVEL, secret="hush").items
    with pytest.raises(UntrustedDeliveryError):
        deliver(LEVEL, secret="old")


@pytest.mark.parametrize("secrets", [[], [""]])
def test_without_a_secret_every_delivery_is_refused(secrets: list[str]) -> None:
    headers = {"X-Shopify-Hmac-Sha256": sign(LEVEL, ""), "X-Shopify-Topic": "t", "X-Shopify-Webhook-Id": "w"}
    with pytest.raises(UntrustedDeliveryError):
        ShopifyWebhooks(secrets).receive(LEVEL, headers)


@pytest.mark.parametrize("signature", ["", "é", "!!!", "AAAA", sign(LEVEL)[:-4]])
def test_a_signature_of_any_shape_is_only_untrusted(signature: str) -> None:
    with pytest.raises(UntrustedDeliveryError):
        deliver(LEVEL, **{"X-Shopify-Hmac-Sha256": signature})


def test_a_delivery_of_another_shop_is_refused() -> None:
    with pytest.raises(UntrustedDeliveryError):
        deliver(LEVEL, **{"X-Shopify-Shop-Domain": "other.myshopify.com"})


@pytest.mark.parametrize(
    "raw",
    [
        b"{",
        b"\xff",
        b"[]",
        b'"text"',
        b"[" * 2000 + b"]" * 2000,
        b'{"a":' * 2000 + b"1" + b"}" * 2000,
        b'{"inventory_item_id":NaN}',
        b'{"inventory_item_id":1e999}',
        b'{"inventory_item_id":7.0}',
        b'{"inventory_item_id":true}',
        b'{"inventory_item_id":null}',
        b'{"inventory_item_id":-7}',
        b'{"inventory_item_id":"7x"}',
        b'{"inventory_item_id":[7]}',
        b'{"inventory_item_id":' + b"9" * 30 + b"}",
        b'{"inventory_item_id":' + b"9" * 5000 + b"}",
        b"{}",
    ],
)
def test_a_trusted_body_that_cannot_be_read_is_malformed(raw: bytes) -> None:
    with pytest.raises(MalformedDeliveryError):
        deliver(raw)


@pytest.mark.parametrize("name", ["X-Shopify-Topic", "X-Shopify-Webhook-Id"])
def test_a_delivery_without_a_name_is_malformed(name: str) -> None:
    with pytest.raises(MalformedDeliveryError):
        deliver(LEVEL, **{name: ""})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "inventory_item_id"]), inner),
    max_leaves=6,
)


@given(body=JSON, topic=st.sampled_from(["inventory_levels/update", "products/update", "inventory_items/update"]))
def test_no_trusted_body_raises_anything_but_malformed(body: object, topic: str) -> None:
    try:
        delivery = deliver(json.dumps(body).encode(), topic)
    except MalformedDeliveryError:
        return
    assert all(name.isdigit() for name in delivery.items + delivery.products)
