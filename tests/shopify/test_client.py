import json

import pytest

from integrations.errors import AccessError, IntegrationError, PermanentError, TemporaryError
from integrations.shopify import open_shopify
from tests.builders.shopify import AT, Clock, Reply, Stub, connection, cost, shopify_stock

EMPTY = {"data": {"locations": connection()}}


def test_a_throttled_200_says_when_the_points_will_be_back(stub: Stub) -> None:
    throttled = {"errors": [{"message": "Throttled", "extensions": {"code": "THROTTLED"}}]}
    stub.replies = [Reply(throttled | {"extensions": cost(requested=402, available=2, rate=100)})]
    with pytest.raises(TemporaryError) as caught:
        shopify_stock(stub.url).locations()
    assert caught.value.retry_after_s == 4.0


def test_the_next_request_waits_until_its_points_are_restored(stub: Stub) -> None:
    clock = Clock()
    stub.replies = [Reply(EMPTY | {"extensions": cost(requested=400, available=100, rate=50)}), Reply(EMPTY)]
    stock = shopify_stock(stub.url, clock)
    stock.locations()
    clock.elapsed_s += 2  # 100 more points
    stock.locations()
    assert clock.pauses == [4.0]


def test_a_wait_too_long_to_hold_a_thread_goes_back_to_the_caller(stub: Stub) -> None:
    stub.replies = [Reply(EMPTY | {"extensions": cost(requested=900, available=0, rate=1)})]
    stock = shopify_stock(stub.url)
    stock.locations()
    with pytest.raises(TemporaryError) as caught:
        stock.locations()
    assert caught.value.retry_after_s == 900
    assert len(stub.requests) == 1


@pytest.mark.parametrize(
    ("reply", "error", "retry_after_s"),
    [
        (Reply({}, 429, {"Retry-After": "3.0"}), TemporaryError, 3.0),
        (Reply({}, 429, {"Retry-After": "soon"}), TemporaryError, None),
        (Reply({}, 503), TemporaryError, None),
        (Reply(b"<html>"), TemporaryError, None),
        (Reply([]), TemporaryError, None),
        (Reply({"data": None}), TemporaryError, None),
        (Reply({}, 401), AccessError, None),
        (Reply({}, 403), AccessError, None),
        (Reply({}, 302, {"Location": "http://127.0.0.1:1/"}), PermanentError, None),
        (Reply({"errors": [{"extensions": {"code": "ACCESS_DENIED"}}], "data": {}}), AccessError, None),
        (Reply({"errors": [{"message": "no such field"}]}), PermanentError, None),
        (Reply({"errors": "Not Found"}), PermanentError, None),
        (Reply({"errors": [{"extensions": {"code": "INTERNAL_SERVER_ERROR"}}]}), TemporaryError, None),
    ],
)
def test_each_failure_becomes_the_error_a_caller_acts_on(
    stub: Stub, reply: Reply, error: type[IntegrationError], retry_after_s: float | None
) -> None:
    stub.replies = [reply]
    with pytest.raises(error) as caught:
        shopify_stock(stub.url).locations()
    assert "shpat" not in str(caught.value)
    assert getattr(caught.value, "retry_after_s", None) == retry_after_s


def test_nobody_listening_is_temporary() -> None:
    with pytest.raises(TemporaryError):
        shopify_stock("http://127.0.0.1:1").locations()


GRANTED = {"client_id": "app", "client_secret": "s3cret"}


def grant(token: str) -> Reply:
    return Reply({"access_token": token, "scope": "read_inventory", "expires_in": 86399})


def test_client_credentials_are_renewed_at_four_fifths_of_their_life(stub: Stub) -> None:
    clock = Clock()
    stub.replies = [grant("one"), Reply(EMPTY), Reply(EMPTY), grant("two"), Reply(EMPTY)]
    stock = shopify_stock(stub.url, clock, **GRANTED)
    stock.locations()
    clock.elapsed_s = 0.79 * 86399
    stock.locations()
    clock.elapsed_s = 0.81 * 86399
    stock.locations()
    assert [token for _, token, _ in stub.requests] == [None, "one", "one", None, "two"]


def test_a_refused_token_is_renewed_once(stub: Stub) -> None:
    stub.replies = [grant("one"), Reply({}, 401), grant("two"), Reply({}, 401)]
    with pytest.raises(AccessError):
        shopify_stock(stub.url, **GRANTED).locations()
    assert [token for _, token, _ in stub.requests] == [None, "one", None, "two"]


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Reply({"error": "shop_not_permitted"}, 400), AccessError),
        (Reply({}, 500), TemporaryError),
        (Reply(b"?"), TemporaryError),
        (Reply({"access_token": 5}), TemporaryError),
    ],
)
def test_a_failed_grant_names_no_secret(stub: Stub, reply: Reply, error: type[IntegrationError]) -> None:
    stub.replies = [reply]
    with pytest.raises(error) as caught:
        shopify_stock(stub.url, **GRANTED).locations()
    assert "s3cret" not in str(caught.value)


def test_the_token_travels_in_the_header_only(stub: Stub) -> None:
    stub.replies = [Reply(EMPTY)]
    shopify_stock(stub.url).locations()
    path, token, body = stub.requests[0]
    assert (path, token) == ("/admin/api/2026-10/graphql.json", "shpat_simulated")
    assert "shpat" not in json.dumps(json.loads(body))


@pytest.mark.parametrize("shop", ["evil.example", "a.myshopify.com.evil.example", "x/y.myshopify.com", ""])
def test_a_shop_elsewhere_never_gets_the_token(shop: str) -> None:
    with pytest.raises(ValueError, match="SHOPIFY_SHOP"):
        open_shopify(shop=shop, access_token="t", now=lambda: AT, elapsed=lambda: 0.0, pause=lambda _: None)
