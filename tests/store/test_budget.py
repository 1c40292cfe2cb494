"""The allowance is spent evenly by what can wait, and at once by what cannot."""

import time
from pathlib import Path

import pytest

from gateway.store import Store, StoreUnavailable, open_store
from gateway.store.budget import AccountBudget
from gateway.store.connection import Connection
from gateway.store.keys import Keys


def test_what_can_wait_goes_a_seconds_worth_at_once_then_one_by_one_and_what_is_urgent_goes_at_once(
    store: Store,
) -> None:
    budget = store.budget("main")
    assert budget.turns("catalog.write") == 12
    granted = 0
    while (wait_s := budget.take("catalog.write")) == 0.0:
        granted += 1
    assert 12 <= granted <= 14  # a turn or two may come up meanwhile
    assert wait_s <= 0.081
    assert [budget.take("catalog.write", urgent=True) for _ in range(20)] == [0.0] * 20
    assert budget.turns("catalog.write") == 0


def test_the_burst_is_never_exceeded(store: Store) -> None:
    budget = store.budget("main")
    began, granted, refused = time.monotonic(), 0, 0
    while refused == 0 and granted < 300:
        if budget.take("catalog.write", urgent=True) == 0.0:
            granted += 1
        else:
            refused += 1
    seconds = int(time.monotonic() - began) + 1
    assert 75 <= granted <= 75 * seconds
    assert refused == 1
    assert store.budget("other").take("catalog.write", urgent=True) == 0.0


def test_a_refusal_holds_every_process_and_no_other_family(store: Store, redis_url: str) -> None:
    other = open_store(redis_url, "test")
    other.budget("main").refused("catalog.write", 7.0)
    assert 6.0 < store.budget("main").take("catalog.write", urgent=True) <= 7.0
    assert store.budget("main").take("catalog.read") == 0.0
    other.close()


def test_the_vendors_own_count_keeps_the_reserve_for_what_is_urgent(store: Store) -> None:
    budget = store.budget("main")
    budget.remaining("catalog.write", 10, 59.0)
    assert (budget.turns("catalog.write"), budget.turns("catalog.write", urgent=True)) == (0, 10)
    assert 20.0 < budget.take("catalog.write") < 40.0  # until the reserve has melted to what is left
    assert budget.take("catalog.write", urgent=True) == 0.0
    budget.remaining("catalog.write", 0, 59.0)
    assert budget.take("catalog.write", urgent=True) > 1.0


def test_what_is_left_is_spread_over_the_rest_of_the_vendors_minute(store: Store) -> None:
    budget = store.budget("main")
    budget.remaining("catalog.write", 111, 50.0)  # others have spent most of it
    granted = [budget.take("catalog.write") for _ in range(20)]
    assert granted.count(0.0) == 2  # a second's worth
    assert 0.0 < granted[-1] < 0.6


def test_an_answer_that_was_overtaken_gives_nothing_back(store: Store) -> None:
    budget = store.budget("main")
    budget.remaining("catalog.write", 5, 20.0)
    budget.remaining("catalog.write", 9, 21.0)
    assert budget.turns("catalog.write", urgent=True) == 5
    budget.remaining("catalog.write", 749, 60.0)  # a new window
    assert budget.turns("catalog.write", urgent=True) == 749


def test_windows_that_cannot_be_counted_are_our_own_error(redis_url: str, tmp_path: Path) -> None:
    connection = Connection(redis_url, 5.0)
    connection.url = f"unix://{tmp_path}/nobody.sock?db=0"  # the windows are counted over a connection of their own
    with pytest.raises(StoreUnavailable):
        AccountBudget(connection, Keys("test"), "main").take("catalog.write")
    connection.close()
