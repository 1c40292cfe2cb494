"""A house whose shop has four variants, and people signed in to its console."""

import re
from collections.abc import Callable, Iterator

import pytest
from flask.testing import FlaskClient

from tests.builders.web import AT, POLICY, House, house_on, product, row

SignIn = Callable[[str], FlaskClient]


@pytest.fixture
def house(redis_url: str) -> Iterator[House]:
    """An empty house without a policy."""
    opened = house_on(redis_url)
    yield opened
    opened.store.close()


@pytest.fixture
def shop(house: House) -> House:
    """Tee M counts, tee L is low, a bag lies only in a store, a hat is unpublished."""
    house.store.policies.publish(POLICY, based_on=None, author="a", note="n", at=AT)
    tees = [
        {"id": f"tee-{size}", "sku": f"TEE-{size.upper()}", "title": size.upper(), "tracked": True} for size in "ml"
    ]
    house.put_catalog(
        product(tags=["Summer"], collections=["Basics"], vendor="Acme", variants=tees),
        product(id="bag", title="Bag", variants=[{"id": "bag-1", "sku": "=BAG", "title": "One", "tracked": True}]),
        product(id="hat", title="Hat", published=False, variants=[{"id": "hat-1", "sku": "HAT", "tracked": True}]),
    )
    house.send(
        row(variant="tee-m", quantities={"available": 40, "on_hand": 40}),
        row(variant="tee-l", quantities={"available": 9, "on_hand": 10}),
        row(variant="bag-1", location="soho", quantities={"available": 5}),
        row(variant="hat-1", quantities={"available": 7}),
    )
    house.decide()
    return house


@pytest.fixture
def sign_in(house: House) -> SignIn:
    """Sign in with the token of a role."""

    def signed_in(role: str) -> FlaskClient:
        client = house.client.application.test_client()
        client.post("/sign-in", data={"token": house.tokens[role], "csrf_token": csrf(client, "/sign-in")})
        return client

    return signed_in


def csrf(client: FlaskClient, page: str) -> str:
    """Read the token of a page's forms."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(page).text)
    assert found
    return found[1]
