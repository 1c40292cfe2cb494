"""What is packed in bytes has a number: older data is refused in words, never misread."""

import hashlib

import redis

from gateway.commands.doctor import other_layout
from gateway.store import LAYOUT
from gateway.store.keys import PARTITIONS
from gateway.store.pages import HEAD
from policies.columns import POOL_STATE, STAMP_SHIFT
from policies.values import STATES
from tests.builders.web import house_on

PACKED = (HEAD.descr, POOL_STATE.descr, STAMP_SHIFT, STATES, PARTITIONS)
KNOWN = {1: "e27b154fbe2cf699"}
"""A state that is added behind all others keeps its number: older data has no bit of it and reads as it did."""


def test_a_change_of_what_is_packed_takes_the_next_number() -> None:
    assert hashlib.sha256(repr(PACKED).encode()).hexdigest()[:16] == KNOWN[LAYOUT]


def test_data_in_another_layout_is_refused_with_what_to_do(redis_url: str) -> None:
    house = house_on(redis_url)
    assert other_layout(house.services) is None
    house.store.epoch.write("e1")
    assert other_layout(house.services) is None
    with redis.Redis.from_url(redis_url) as client:
        (key,) = [key for key in client.scan_iter() if key.endswith(b"layout")]
        client.delete(key)
    told = other_layout(house.services)
    assert told is not None
    assert told.startswith(f"The server holds data in layout 0, and this version reads layout {LAYOUT}")
    house.store.close()
