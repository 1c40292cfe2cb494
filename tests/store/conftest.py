"""A store on the real server, empty."""

from collections.abc import Iterator

import pytest

from gateway.store import Store, open_store


@pytest.fixture
def store(redis_url: str) -> Iterator[Store]:
    opened = open_store(redis_url, "test")
    yield opened
    opened.close()
