from collections.abc import Iterator

import pytest

from integrations.shopify.simulator.sample_shop import sample_shop
from tests.builders.reconcile import Beside, beside, now


@pytest.fixture
def pair(redis_url: str) -> Iterator[Beside]:
    """Eighteen products in eight places, and a gateway that has read none of them."""
    with beside(redis_url, sample_shop(now, products=18)) as opened:
        yield opened
