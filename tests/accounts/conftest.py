"""A house per test, its store closed at the end; passwords are hashed with little effort."""

from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher

from gateway.accounts import passwords
from tests.builders.web import House, house_on


@pytest.fixture
def house(redis_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """An empty house without a policy."""
    monkeypatch.setattr(passwords, "HASHER", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    opened = house_on(redis_url)
    yield opened
    opened.store.close()
