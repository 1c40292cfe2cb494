"""One simulated account and one house whose tee ran out, per test."""

from collections.abc import Iterator

import pytest

from tests.builders.klaviyo import simulated
from tests.builders.waves import Waiting, waiting_house


@pytest.fixture
def waiting(redis_url: str) -> Iterator[Waiting]:
    with simulated() as shop:
        opened = waiting_house(redis_url, shop)
        yield opened
        opened.store.close()
