"""A served simulator, a receiver that remembers, and a clock the test turns."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import httpx
import pytest

from integrations.shopify.simulator import create_simulator, serve_in_thread
from integrations.shopify.simulator.sample_shop import sample_shop
from integrations.shopify.simulator.server import Serving
from integrations.shopify.simulator.shop import Shop
from tests.shopify_simulator.receiver import Receiver


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def shop() -> Shop:
    """Eighteen products in eight locations."""
    return sample_shop(now, products=18)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.close()


@pytest.fixture
def serving(shop: Shop, receiver: Receiver) -> Iterator[Serving]:
    served = serve_in_thread(create_simulator(now, shop=shop, webhook_url=receiver.url, secret="hush"))
    yield served
    served.close()


@pytest.fixture
def client(serving: Serving) -> Iterator[httpx.Client]:
    headers = {"X-Shopify-Access-Token": "shpat_simulated"}
    with httpx.Client(base_url=serving.url, headers=headers, timeout=10, trust_env=False) as client:
        yield client


@pytest.fixture
def ask(client: httpx.Client) -> Callable[..., dict[str, object]]:
    """Run a document and return the whole answer."""

    def run(document: str, /, **variables: object) -> dict[str, object]:
        response = client.post("/admin/api/2026-10/graphql.json", json={"query": document, "variables": variables})
        assert response.status_code == 200, response.text
        return response.json()

    return run
