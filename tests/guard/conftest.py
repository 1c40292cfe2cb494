"""One house for each test."""

from collections.abc import Iterator

import pytest

from tests.builders.guard_house import GuardHouse, guard_house


@pytest.fixture
def house(redis_url: str) -> Iterator[GuardHouse]:
    with guard_house(redis_url) as made:
        yield made
