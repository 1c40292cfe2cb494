"""One simulated account for each test."""

from collections.abc import Iterator

import pytest

from tests.builders.klaviyo_campaigns import Account, account


@pytest.fixture
def klaviyo() -> Iterator[Account]:
    with account() as made:
        yield made
