"""Every route that changes something: closed to viewers, closed without our form's token, and users only for admins."""

import hashlib
from collections.abc import Iterator

import pytest
import redis
from flask.testing import FlaskClient
from werkzeug.routing import IntegerConverter, Rule

from tests.builders.people import by_token, user
from tests.builders.web import House

READING = {"GET", "HEAD", "OPTIONS"}
OWN = {  # one's own session, password and theme; and the ways in
    "console.sign_in", "console.take_sign_in", "console.sign_out", "console.take_password",
    "console.choose_theme", "console.change_own_password", "console.sign_out_everywhere",
}  # fmt: skip


def routes(house: House) -> Iterator[tuple[str, str, Rule]]:
    """Method, an address, and the rule of everything that is not only read."""
    for rule in house.client.application.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - READING):
            yield method, address_of(rule), rule


def address_of(rule: Rule) -> str:
    """An address that the rule answers."""
    values = {name: 1 if isinstance(of, IntegerConverter) else "x" for name, of in rule._converters.items()}
    built = rule.build(values, append_unknown=False)
    assert built is not None
    return built[1]


def everything(redis_url: str) -> str:
    """A digest of all that is stored."""
    client = redis.Redis.from_url(redis_url)
    kept = sorted((key, client.dump(key) or b"") for key in client.scan_iter())
    client.close()
    return hashlib.sha256(repr(kept).encode()).hexdigest()


@pytest.fixture
def viewer(house: House) -> FlaskClient:
    client = by_token(house, "reader")
    house.client.application.config["WTF_CSRF_ENABLED"] = False
    return client


def test_a_viewer_changes_nothing_by_any_route(house: House, viewer: FlaskClient, redis_url: str) -> None:
    user(house, "Bo", password=None)
    before, asked = everything(redis_url), 0
    for method, address, rule in routes(house):
        if rule.endpoint in OWN or rule.endpoint.startswith("webhooks."):
            continue
        asked += 1
        for headers in ({}, house.bearer("reader")):
            answer = viewer.open(address, method=method, json={}, headers=headers)
            told = (method, address, answer.status_code)
            closed = (401, 403) if rule.endpoint.startswith("api.") else (403,)
            assert answer.status_code in closed, told
    assert asked > 25
    assert everything(redis_url) == before


def test_nothing_in_the_console_is_open_to_a_stranger(house: House, redis_url: str) -> None:
    house.client.application.config["WTF_CSRF_ENABLED"] = False
    before = everything(redis_url)
    for rule in house.client.application.url_map.iter_rules():
        if not rule.endpoint.startswith("console.") or rule.endpoint in OWN:
            continue
        if rule.endpoint in ("console.welcome", "console.ask_provider", "console.come_back"):
            continue  # ways in, tested on their own
        address = address_of(rule)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            answer = house.client.open(address, method=method)
            assert (answer.status_code, answer.location.partition("?")[0]) == (302, "/sign-in"), (method, address)
    assert everything(redis_url) == before


@pytest.mark.parametrize("role", ["reader", "marketer"])
def test_users_and_tokens_are_for_admins(house: House, role: str, redis_url: str) -> None:
    client = by_token(house, role)
    house.client.application.config["WTF_CSRF_ENABLED"] = False
    bo = user(house, password=None)
    before = everything(redis_url)
    for path in ("/users", "/tokens"):
        assert client.get(path).status_code == 403
    forms = {
        "/users": {"email": "x@shop.example", "role": "admin"},
        f"/users/{bo.id}/link": {},
        f"/users/{bo.id}/role": {"role": "admin"},
        f"/users/{bo.id}/switch": {"off": "1"},
        f"/users/{bo.id}/sign-out": {},
        "/tokens": {"name": "mine", "role": "admin"},
        "/tokens/revoke": {"name": "source"},
    }
    for path, form in forms.items():
        assert client.post(path, data=form).status_code == 403, path
    assert everything(redis_url) == before
    assert ">Users<" not in client.get("/").text


def test_no_form_works_without_the_token_of_our_page(house: House, redis_url: str) -> None:
    client = by_token(house, "admin")
    before, asked = everything(redis_url), 0
    for method, address, rule in routes(house):
        if rule.endpoint.startswith("console."):
            asked += 1
            answer = client.open(address, method=method, data={"csrf_token": "made up"})
            assert answer.status_code == 400, (method, address)
    assert asked > 10
    assert everything(redis_url) == before
