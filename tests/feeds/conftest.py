"""A feed house per test, its store closed at the end."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders.feeds import FeedHouse, feed_house


@pytest.fixture
def feeds(redis_url: str, tmp_path: Path) -> Iterator[FeedHouse]:
    """A house with a policy and a feed token, without products."""
    opened = feed_house(redis_url, tmp_path)
    yield opened
    opened.house.store.close()
