"""The connection's page: how both ends are, in sentences; what was refused, tried again; adopting an account."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from gateway.store.values import Watching
from tests.builders.outside import connected, outside_house, refused, text
from tests.builders.people import actions, by_token, post
from tests.builders.web import AT, House


@pytest.fixture
def house(redis_url: str) -> Iterator[House]:
    with outside_house(redis_url) as opened:
        yield opened


def page(house: House, role: str = "reader") -> str:
    answer = by_token(house, role).get("/connection")
    assert answer.status_code == 200
    return text(answer)


def test_a_connection_that_is_well_says_whose_account_and_which_revision(house: House) -> None:
    connected(house)
    connected(house, "shopify", name="sample.myshopify.com", revision="2026-10")
    found = page(house)
    assert "connected Connected to Loom; all that is needed is allowed." in found
    assert "API revision 2026-10-15" in found
    assert "connected Connected; all that is needed may be read." in found
    assert "API version 2026-10" in found
    assert "Last told nothing yet" in found
    assert "nothing waits" in found


def test_missing_scopes_and_a_revoked_key_are_said(house: House) -> None:
    connected(house, "klaviyo", "The key may not read campaigns: add campaigns:read.")
    assert "limited Connected to Loom, with something missing: The key may not read campaigns" in page(house)
    connected(house, "klaviyo", "The API key was refused.", account="", name="", writable=False)
    assert "no access The key opens no account, so nothing is told. The API key was refused." in page(house)


def test_before_the_first_check_the_page_says_what_it_waits_for(house: House) -> None:
    found = page(house)
    assert "unchecked The key was not checked yet" in found
    assert "unchecked The shop was not checked yet" in found


def test_watching_says_so_and_how_to_leave_it(redis_url: str) -> None:
    with outside_house(redis_url, klaviyo_api_key=None) as watching:
        found = page(watching)
    assert "watching No Klaviyo key is set: all is decided and explained, and nothing is told." in found
    assert "set KLAVIYO_API_KEY" in found
    assert "limits is used" not in found


def test_without_a_shop_the_page_says_how_to_connect_one(redis_url: str) -> None:
    with outside_house(redis_url, shopify_shop=None) as alone:
        assert "No shop is connected. Set SHOPIFY_SHOP" in page(alone)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({}, "not taken: SHOPIFY_WEBHOOK_SECRETS is not set"),
        ({"shopify_webhook_secrets": ("s",)}, "taken, not looked after: GATEWAY_PUBLIC_URL is not set"),
    ],
)
def test_webhooks_that_cannot_be_looked_after_say_what_is_missing(
    redis_url: str, settings: dict[str, Any], told: str
) -> None:
    with outside_house(redis_url, **settings) as house:
        assert told in page(house)


def test_webhooks_are_looked_after_and_repaired(redis_url: str) -> None:
    own = {"shopify_webhook_secrets": ("s",), "public_url": "https://gateway.example"}
    with outside_house(redis_url, **own) as kept:
        assert "not looked at yet" in page(kept)
        kept.store.connections.put_watching("shopify", Watching(AT, ("PRODUCTS_UPDATE",), AT - timedelta(hours=1)))
        found = page(kept)
        assert "all subscribed" in found
        assert "Last lost, and made again 1" in found
        assert "PRODUCTS_UPDATE" in found


def test_limits_show_what_is_used_and_what_must_wait(house: House) -> None:
    connected(house)
    budget = house.store.budget("klaviyo")
    for _ in range(3):
        assert budget.take("account", urgent=True) >= 0
    budget.refused("flow", 20.0)
    found = page(house)
    assert "1 of 15" in found
    assert "asked to wait 19 s" in found or "asked to wait 20 s" in found


def test_what_was_refused_is_grouped_by_reason_and_tried_again_at_once(house: House) -> None:
    refused(house, "tee-m", "tee-l")
    refused(house, "tee-s", reason="Too long.")
    found = page(house)
    assert "2 The price is not a number. 1 Too long." in found
    assert "Try all again" not in found, "a viewer only looks"
    marketer = by_token(house, "marketer")
    answer = post(marketer, "/connection/retry", "/connection", destination="klaviyo.variants")
    assert answer.status_code == 303
    assert "3 are tried again now." in text(marketer.get("/connection"))
    depth = house.store.outbox.depth("klaviyo.variants", AT)
    assert (depth.waiting, depth.parked) == (3, 0)
    assert actions(house)[-1] == ("marketer", "outbox.retry", "klaviyo.variants")


def test_one_target_is_tried_again_and_a_second_press_says_that_it_is_gone(house: House) -> None:
    refused(house, "tee-m", "tee-l")
    marketer = by_token(house, "marketer")
    form = {"destination": "klaviyo.variants", "target": "tee-m"}
    post(marketer, "/connection/retry", "/connection", **form)
    assert "1 is tried again now." in text(marketer.get("/connection"))
    post(marketer, "/connection/retry", "/connection", **form)
    assert "It no longer waits" in text(marketer.get("/connection"))
    assert house.store.outbox.depth("klaviyo.variants", AT).parked == 1


def test_an_unknown_destination_is_refused(house: House) -> None:
    marketer = by_token(house, "marketer")
    refused(house, "tee-m")
    assert post(marketer, "/connection/retry", "/connection", destination="elsewhere").status_code == 422


def test_the_api_tries_again_by_the_same_step(house: House) -> None:
    refused(house, "tee-m", "tee-l")
    headers, client = house.bearer("marketer"), house.client
    one = client.post(
        "/api/v1/outbox/retry", json={"destination": "klaviyo.variants", "target": "tee-l"}, headers=headers
    )
    assert one.get_json() == {"retried": 1}
    rest = client.post("/api/v1/outbox/retry", json={"destination": "klaviyo.variants"}, headers=headers)
    assert rest.get_json() == {"retried": 1}
    wrong = client.post("/api/v1/outbox/retry", json={"destination": "x"}, headers=headers)
    assert wrong.status_code == 422


def test_an_account_is_adopted_by_an_admin_with_a_reason(house: House) -> None:
    connected(house, writable=False)
    admin, marketer = by_token(house, "admin"), by_token(house, "marketer")
    assert "Adopt Loom" not in text(marketer.get("/connection"))
    assert post(marketer, "/connection/adopt", "/connection", note="x").status_code == 403
    post(admin, "/connection/adopt", "/connection", note=" ")
    assert "Say why another account is the right one." in text(admin.get("/connection"))
    assert post(admin, "/connection/adopt", "/connection", note="We moved.").status_code == 303
    assert "The house belongs to Loom from its next check on" in text(admin.get("/connection"))
    assert actions(house)[-1] == ("bootstrap", "connection.adopt", "klaviyo")
    assert {"klaviyo.connection", "klaviyo.catalog_audit"} <= {task.name for task in house.store.tasks.all()}


def test_the_last_audit_is_told_by_kind(house: House) -> None:
    connected(house)
    assert "It was not read back yet." in page(house)
    counts = {"missing": 2, "number": 0, "edited": 1}
    result = {"finished_at": "2026-11-23T11:00:00Z", "checked": 1200, "requests": 30, "counts": counts, "examples": []}
    house.store.audits.finish(result)
    found = page(house)
    assert "1,200 records were compared" in found
    assert "2 missing in Klaviyo 1 edited by somebody else" in found
