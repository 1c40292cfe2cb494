from collections.abc import Iterator

import pytest

from integrations.shopify.simulator.sample_shop import sample_shop
from tests.builders.reconcile import Beside, beside, now


@pytest.fixture
def pair(redis_url: str) -> Iterator[Beside]:
    """Three products in eight places, read once; every webhook arrives."""
    with beside(redis_url, sample_shop(now, products=3)) as opened:
        opened.read_everything()
        opened.listen()
        yield opened
