"""A house per test, its store closed at the end."""

from collections.abc import Iterator

import pytest

from tests.builders.web import House, house_on


@pytest.fixture
def house(redis_url: str) -> Iterator[House]:
    """An empty house without a policy."""
    opened = house_on(redis_url)
    yield opened
    opened.store.close()
