"""The newer reading wins, whatever the order, the layout and the size."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.store import Outcome, Store, open_store
from policies.columns import ABSENT, LEVEL_FIGURED, NULL, STAMP_SHIFT, to_us
from policies.values import Reading
from tests.builders.store import NOON, after, reading


def figures(store: Store, variant: str, state: str = "available", slot: int = 0) -> int:
    levels = store.ledger.read([variant]).levels
    return int(levels.quantities[0, slot, levels.states.index(state)])


def test_a_newer_reading_wins_and_an_older_one_is_superseded(store: Store) -> None:
    outcomes = store.ledger.record(
        [reading(), reading(seconds=9, quantities={"available": 7}), reading(seconds=3)], at=NOON
    )
    assert outcomes == [Outcome.ACCEPTED, Outcome.ACCEPTED, Outcome.SUPERSEDED]
    assert figures(store, "v1") == 7
    assert store.due.depth(NOON) == 1


def test_the_same_word_again_renews_the_stamp_and_nothing_else(store: Store) -> None:
    store.ledger.record([reading()], at=NOON)
    store.due.claim(9, NOON, 60)
    assert store.ledger.record([reading(), reading(seconds=5)], at=NOON) == [Outcome.UNCHANGED] * 2
    after_it = store.ledger.read(["v1"])
    assert int(after_it.levels.stamps[0, 0]) >> STAMP_SHIFT == to_us(after(5))
    assert store.due.depth(NOON) == 0
    assert store.ledger.record([reading(seconds=6)], at=NOON, renewals_matter=True) == [Outcome.UNCHANGED]
    assert store.due.depth(NOON) == 1


@pytest.mark.parametrize(
    ("first", "second", "outcome"),
    [
        ({"available": 5}, {"available": 4}, Outcome.ACCEPTED),
        ({"available": 4}, {"available": 5}, Outcome.SUPERSEDED),
        ({"available": 4}, {"available": None}, Outcome.ACCEPTED),
        ({"available": None}, {"available": 4}, Outcome.SUPERSEDED),
        ({"available": 4}, {"available": 4, "incoming": 1}, Outcome.SUPERSEDED),
        ({"on_hand": 9, "committed": 2, "damaged": -3}, {"available": 6}, Outcome.ACCEPTED),
        ({"on_hand": 9, "committed": 2, "damaged": -3}, {"available": 8}, Outcome.SUPERSEDED),
        ({"available": -4}, {"on_hand": 9, "held": None}, Outcome.ACCEPTED),
    ],
)
def test_on_a_tie_the_smaller_available_wins(
    store: Store, first: dict[str, int | None], second: dict[str, int | None], outcome: Outcome
) -> None:
    store.ledger.record([reading(quantities=first)], at=NOON)
    assert store.ledger.record([reading(quantities=second)], at=NOON) == [outcome]


def test_all_orders_of_six_readings_end_in_the_same_ledger(store: Store) -> None:
    told = [(1, 5), (2, 9), (2, 3), (3, 7), (3, None), (1, 5)]
    six = [(seconds, {"available": units}) for seconds, units in told]
    orders = list(permutations(six))
    readings = [
        reading(variant=f"v{n}", seconds=seconds, quantities=quantities)
        for n, order in enumerate(orders)
        for seconds, quantities in order
    ]
    store.ledger.record(readings, at=NOON)
    levels = store.ledger.read([f"v{n}" for n in range(len(orders))]).levels
    assert len(orders) == 720
    assert set(levels.quantities[:, 0, 0].tolist()) == {NULL}
    assert set((levels.stamps[:, 0] >> np.uint64(STAMP_SHIFT)).tolist()) == {to_us(after(3))}


def test_a_new_state_and_a_new_slot_widen_the_page_and_keep_what_was_there(store: Store, redis_url: str) -> None:
    other = open_store(redis_url, "test")
    store.ledger.record([reading()], at=NOON)
    other.ledger.record([reading(location="l2", quantities={"on_hand": 3, "damaged": None})], at=NOON)
    assert store.ledger.record([reading(seconds=1, quantities={"available": 8})], at=NOON) == [Outcome.ACCEPTED]
    other.close()
    assert figures(store, "v1") == 8
    assert figures(store, "v1", "on_hand") == ABSENT
    assert figures(store, "v1", "on_hand", 1) == 3
    assert figures(store, "v1", "damaged", 1) == NULL
    assert [slot.location for slot in store.ledger.slots()] == ["l1", "l2"]


def test_a_reading_replaces_what_its_source_said_before_and_no_other_source(store: Store) -> None:
    store.ledger.record([reading(quantities={"available": 5, "held": 2}), reading(source="pos")], at=NOON)
    store.ledger.record([reading(seconds=1, quantities={"available": 6})], at=NOON)
    assert (figures(store, "v1", "held"), figures(store, "v1", "available", 1)) == (ABSENT, 5)


def test_an_unknown_variant_is_a_row_of_nothing(store: Store) -> None:
    store.ledger.record([reading()], at=NOON)
    rows = store.ledger.read(["nobody", "v1"])
    assert rows.known.tolist() == [False, True]
    assert rows.levels.stamps[0].tolist() == [0]


def test_thousands_go_in_at_once_and_a_sweep_finds_them_all(store: Store) -> None:
    readings = [reading(variant=f"v{n}", quantities={"available": n}) for n in range(5000)]
    assert set(store.ledger.record(readings, at=NOON)) == {Outcome.ACCEPTED}
    swept = {
        variant: int(rows.levels.quantities[n, 0, 0])
        for partition in range(64)
        for rows in store.ledger.sweep(partition)
        for n, variant in enumerate(rows.variants)
    }
    assert swept == {f"v{n}": n for n in range(5000)}


QUANTITIES = st.dictionaries(
    st.sampled_from(["available", "on_hand", "committed", "incoming"]), st.none() | st.integers(-3, 9), max_size=3
)
READINGS = st.builds(
    reading,
    variant=st.sampled_from(["a", "b", "c"]),
    location=st.sampled_from(["l1", "l2"]),
    source=st.sampled_from(["shop", "pos"]),
    seconds=st.integers(0, 3),
    active=st.sampled_from([None, True, False]),
    quantities=QUANTITIES,
)
Model = dict[tuple[str, str, str], Reading]


def available(told: Reading) -> int | None:
    quantities = told.quantities
    if quantities.get("available") is not None:
        return quantities["available"]
    if quantities.get("on_hand") is None:
        return None
    if "committed" in quantities and quantities["committed"] is None:
        return None
    on_hand, committed = quantities["on_hand"], quantities.get("committed") or 0
    assert on_hand is not None
    return on_hand - max(0, committed)


def wins(new: Reading, old: Reading) -> bool:
    if new.observed_at != old.observed_at:
        return new.observed_at > old.observed_at
    was, now = available(old), available(new)
    return was is not None and (now is None or now < was)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=st.lists(st.lists(READINGS, max_size=8), max_size=5))
def test_the_ledger_is_a_dictionary_in_which_the_newer_wins(redis_url: str, batches: list[list[Reading]]) -> None:
    import redis

    with redis.Redis.from_url(redis_url) as client:
        client.flushall()
    store, model = open_store(redis_url, "test"), Model()
    for batch in batches:
        store.ledger.record(batch, at=NOON)
        for told in batch:
            key = (told.variant, told.location, told.source)
            if key not in model or wins(told, model[key]):
                model[key] = told
    expected = store.ledger.columns(list(model.values()))
    rows = store.ledger.read(expected.variants)
    for index, slot in enumerate(expected.slots):
        assert int(rows.levels.stamps[index, slot]) | LEVEL_FIGURED == int(expected.stamps[index]) | LEVEL_FIGURED
        for place, state in enumerate(rows.levels.states):
            figure = expected.quantities[index, expected.states.index(state)] if state in expected.states else ABSENT
            assert rows.levels.quantities[index, slot, place] == figure
    assert np.count_nonzero(store.ledger.read(["a", "b", "c"]).levels.stamps) == len(model)
    store.close()
