"""After a bad week the ledger is right, and nobody was told of a restock that was none."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.builders.convergence import Outside, served_outside
from tests.convergence.history import History


@pytest.fixture(scope="module")
def outside() -> Iterator[Outside]:
    with served_outside() as served:
        yield served


def lived_through(redis_url: str, outside: Outside, folder: Path, seeds: range) -> int:
    """Live through a history per seed; return how many restocks were told."""
    told = 0
    for seed in seeds:
        try:
            told += len(History(redis_url, outside, folder, random.Random(seed)).play().alerts)
        except AssertionError as failure:
            raise AssertionError(f"history {seed}: {failure}") from failure
    return told


@pytest.mark.timeout(600)
def test_after_a_dozen_bad_weeks_the_ledger_is_as_the_sources_and_every_restock_was_one(
    redis_url: str, outside: Outside, tmp_path: Path
) -> None:
    assert lived_through(redis_url, outside, tmp_path, range(12)) > 5


@pytest.mark.long
@pytest.mark.timeout(3600)
def test_after_500_bad_weeks_the_ledger_is_as_the_sources_and_every_restock_was_one(
    redis_url: str, outside: Outside, tmp_path: Path
) -> None:
    assert lived_through(redis_url, outside, tmp_path, range(1_000, 1_500)) > 300
