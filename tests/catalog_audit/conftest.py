"""A mirrored house per test, its account empty at first."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders.feeds import feed_house
from tests.builders.klaviyo import simulated
from tests.builders.mirror import Mirror


@pytest.fixture
def mirror(redis_url: str, tmp_path: Path) -> Iterator[Mirror]:
    with simulated() as shop:
        made = Mirror(feed_house(redis_url, tmp_path), shop)
        yield made
        made.house.store.close()
