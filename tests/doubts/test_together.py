"""However many workers decide, and wherever one of them dies: never more than a source's share."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from threading import Thread
from typing import Any

import redis
from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.pipeline.decide import LEASE_S, decide_claimed, decide_due
from gateway.services import Services
from gateway.store.held_back import WINDOW
from policies.values import Band
from tests.builders.doubts import Crowd, crowd, names_of

COUNT, SHARE = 40, 10
NAMES = names_of(COUNT)


class Killed(BaseException):
    """The process is no more."""


class Dying:
    """A part of the store that dies at one of its calls, before or after it."""

    def __init__(self, real: Any, name: str, after: bool) -> None:
        self._real, self._name, self._after = real, name, after

    def __getattr__(self, name: str) -> Any:
        real: Callable[..., Any] = getattr(self._real, name)
        if name != self._name:
            return real

        def last(*args: Any, **options: Any) -> None:
            if self._after:
                real(*args, **options)
            raise Killed

        return last


def dying(services: Services, part: str, name: str, after: bool) -> Services:
    """A worker whose store fails it at a moment."""
    doomed = Dying(services.store, "", False)
    setattr(doomed, part, Dying(getattr(services.store, part), name, after))
    return replace(services, store=doomed)  # type: ignore[arg-type]


@dataclass
class Watch:
    """Who crossed when, as seen from outside."""

    house: Crowd
    bands: dict[str, Band] = field(default_factory=dict)
    crossings: list[tuple[datetime, str]] = field(default_factory=list)

    def look(self) -> None:
        now = self.house.bands(NAMES)
        for name, band in now.items():
            if name in self.bands and (self.bands[name] == Band.OUT) != (band == Band.OUT):
                self.crossings.append((self.house.at, name))
        self.bands = now

    def most(self) -> int:
        """The most variants that crossed within any ten minutes."""
        return max(
            (len({n for at, n in self.crossings if end - WINDOW < at <= end}) for end, _ in self.crossings), default=0
        )


DEATHS = [
    ("held_back", "weigh", False),
    ("held_back", "weigh", True),
    ("doubts", "raise_", False),
    ("doubts", "raise_", True),
    ("decisions", "commit", False),
    ("decisions", "commit", True),
    ("held_back", "settle", False),
]
STEPS = st.one_of(
    st.tuples(st.just("tell"), st.sets(st.sampled_from(NAMES), min_size=1), st.sampled_from([0, 5, 20])),
    st.tuples(st.just("pass"), st.sampled_from([1, 20, 299, 601])),
    st.tuples(st.just("decide"), st.sets(st.integers(0, 63), min_size=20)),
    st.tuples(st.just("die"), st.sampled_from(DEATHS)),
)


@settings(max_examples=25)
@given(steps=st.lists(STEPS, min_size=4, max_size=14))
def test_no_order_of_work_and_no_death_lets_a_source_go_beyond_its_share(server_url: str, steps: list[Any]) -> None:
    redis.Redis.from_url(server_url).flushall()
    house = crowd(server_url, COUNT)
    watch = Watch(house)
    watch.look()
    for step in [*steps, ("pass", 60)]:
        match step:
            case ("tell", names, units):
                house.tell(dict.fromkeys(sorted(names), units))
            case ("pass", seconds):
                house.at += timedelta(seconds=seconds)
            case ("decide", partitions):
                claims = house.store.due.claim(COUNT, house.at, LEASE_S, sorted(partitions))
                version = house.services.policies.current()
                assert version is not None
                if len(claims):
                    decide_claimed(house.services, version, claims, house.at)
            case ("die", death):
                with suppress(Killed):
                    house.decide(dying(house.services, *death))
        watch.look()
    house.decide()
    watch.look()
    assert watch.most() <= SHARE
    held = house.held(NAMES)
    counts = house.store.held_back.counts("wms")
    assert len(held) <= counts.waiting
    assert bool(house.doubts()) or not held


def test_workers_side_by_side_share_one_share(redis_url: str) -> None:
    names = names_of(400)
    house = crowd(redis_url, len(names))
    house.tell(dict.fromkeys(names, 0))
    workers = [house.worker() for _ in range(3)]

    def work(services: Services) -> None:
        while decide_due(services, house.at):
            pass

    threads = [Thread(target=work, args=(worker,)) for worker in workers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(house.out(names)) == 80
    assert len(house.held(names)) == 320
    assert len(house.doubts()) == 1
