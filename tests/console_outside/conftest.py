"""A house whose feeds are kept, with something in stock."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders.feeds import FeedHouse, feed_house, stock_many, tee


@pytest.fixture
def feeds(redis_url: str, tmp_path: Path) -> Iterator[FeedHouse]:
    """Three products: plenty of one, little of another, nothing of the third."""
    opened = feed_house(redis_url, tmp_path)
    opened.house.put_catalog(tee(1, tags=["summer"]), tee(2), tee(3))
    stock_many(opened.house, {"v1": 50, "v2": 3, "v3": 0})
    opened.pass_time()
    yield opened
    opened.house.store.close()
