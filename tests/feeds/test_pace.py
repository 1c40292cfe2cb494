"""Feeds against the references of the same run."""

from pathlib import Path

import pytest

from gateway.store import open_store
from tests.feeds.measures import feed_first_byte, feed_full, feed_partial, ratio

pytestmark = [pytest.mark.long, pytest.mark.timeout(600)]


def test_a_full_build_takes_at_most_twice_the_writing_of_ready_objects() -> None:
    assert ratio(feed_full()) < 2


def test_a_thousandth_changed_takes_at_most_a_tenth_of_a_full_build(redis_url: str, tmp_path: Path) -> None:
    store = open_store(redis_url, "t")
    assert ratio(feed_partial(store, tmp_path)) < 0.1
    store.close()


def test_the_first_byte_of_any_feed_comes_as_soon_as_an_empty_answer(redis_url: str, tmp_path: Path) -> None:
    store = open_store(redis_url, "t")
    measured = feed_first_byte(store, redis_url, tmp_path)
    assert measured["ratio"] < 3
    assert measured["extra_mb"] < 16
    store.close()
