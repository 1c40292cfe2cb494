"""Killed at any moment, what was served before is served on, and whoever comes next finishes the work."""

import gzip
import random
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson

from gateway.feeds.keeper import FeedKeeper
from tests.builders.feeds import FeedHouse, stock, stock_many, tee

COUNT = 400


class Killed(BaseException):
    """A `kill -9` from inside: no line after it runs, and nothing catches it."""


def quantities(feeds: FeedHouse) -> dict[str, int]:
    body = feeds.get(**{"Accept-Encoding": "gzip"}).get_data()
    return {item["id"]: item["inventory_quantity"] for item in orjson.loads(gzip.decompress(body))}


def dying(feeds: FeedHouse, calls: int) -> Callable[[], None]:
    """Let the process die before its next call to the server, or replacement of a file, but `calls`."""
    connection: Any = feeds.house.store._connection
    left, replace = [calls], Path.replace

    def counted(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            left[0] -= 1
            if left[0] < 0:
                raise Killed
            return real(*arguments, **options)

        return call

    for name in ("command", "many", "scripts"):
        setattr(connection, name, counted(getattr(connection, name)))
    Path.replace = counted(replace)  # type: ignore[method-assign]

    def alive() -> None:
        Path.replace = replace  # type: ignore[method-assign]
        for name in ("command", "many", "scripts"):
            delattr(connection, name)

    return alive


def test_a_kill_between_any_two_steps_leaves_old_or_new_bytes_and_loses_nothing(feeds: FeedHouse) -> None:
    feeds.house.put_catalog(*(tee(number) for number in range(20)))
    stock_many(feeds.house, {f"v{number}": 20 for number in range(20)})
    feeds.house.store.feeds.put_web("few", {"bands": ["low"], "may_be_empty": True})
    feeds.pass_time()
    calls, units, finished = 0, 20, False
    while not finished:
        units = 23 - units  # 20 and 3 by turns: healthy and low
        stock(feeds.house, "v1", units, seconds=calls + 1)
        feeds.at += timedelta(seconds=20)
        feeds.decide()
        alive = dying(feeds, calls)
        try:
            feeds.keeper.step(feeds.at)
            finished = True
        except Killed:
            pass
        finally:
            alive()
        assert quantities(feeds)["v1"] in (3, 20)
        assert feeds.get("web/few.json").status_code == 200
        feeds.house.store._connection.command("DEL", "{t}:lease:feeds")  # it would end by itself, after 30 s
        feeds.keeper = FeedKeeper(feeds.house.services, "first")
        feeds.pass_time()
        assert quantities(feeds)["v1"] == units, f"killed before call {calls}"
        assert [item["units"] for item in feeds.items("web/few.json")["items"]] == ([3] if units == 3 else [])
        calls += 1
    assert calls > 10


def test_a_builder_that_is_killed_while_it_writes_leaves_the_old_file_served(
    feeds: FeedHouse, redis_url: str, tmp_path: Path
) -> None:
    feeds.house.put_catalog(*(tee(number) for number in range(COUNT)))
    stock_many(feeds.house, {f"v{number}": 50 for number in range(COUNT)})
    feeds.pass_time()
    feeds.keeper._lease.release()
    dice = random.Random(7)
    for turn in range(4):
        before = feeds.get().headers["ETag"]
        stock_many(feeds.house, {f"v{number}": 60 + turn for number in range(COUNT)}, seconds=turn + 1)
        feeds.decide()
        command = [sys.executable, "-m", "tests.feeds.builder_process", redis_url, str(tmp_path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as builder:
            assert builder.stdout is not None and builder.stdout.readline() == b"begins\n"
            time.sleep(dice.uniform(0.0, 0.25))
            builder.kill()
        found = set(quantities(feeds).values())
        assert len(quantities(feeds)) == COUNT
        assert len(found) == 1, "a file was mixed of two states"
        assert found == {60 + turn} or feeds.get().headers["ETag"] == before
    feeds.house.store._connection.command("DEL", "{t}:lease:feeds")
    feeds.keeper = FeedKeeper(feeds.house.services, "first")
    feeds.pass_time()
    assert set(quantities(feeds).values()) == {63}
