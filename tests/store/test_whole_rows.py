"""Rows told nearly whole end as if each level had been told alone, whoever else writes meanwhile."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt
import redis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.store import Outcome, ReadingColumns, Store, open_store
from gateway.store.recording_rows import DENSE
from policies.columns import ABSENT, LEVEL_ACTIVE, LEVEL_EXISTS, LEVEL_FIGURED, LEVEL_READ, NULL, STAMP_SHIFT, to_us

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
VARIANTS, SLOTS = 3, DENSE + 2
STATES = ("on_hand", "available", "damaged", "held")
FIGURES = st.sampled_from([ABSENT, NULL, -3, 0, 1, 2, 5])
READING = st.tuples(st.integers(0, 2), st.booleans(), st.tuples(*[FIGURES] * len(STATES)))
ROUND = st.lists(READING, min_size=VARIANTS * SLOTS, max_size=VARIANTS * SLOTS)


def columns(told: list[Any], places: npt.NDArray[np.int64]) -> ReadingColumns:
    """Readings of every variant in every slot; the minute, whether active, the figures."""
    stamps = [
        to_us(NOON + timedelta(minutes=minute)) << STAMP_SHIFT
        | (LEVEL_EXISTS | LEVEL_READ | LEVEL_ACTIVE * active)
        | (LEVEL_FIGURED if any(figure > NULL for figure in figures) else 0)
        for minute, active, figures in told
    ]
    return ReadingColumns(
        variants=[f"v{place // SLOTS}" for place in places.tolist()],
        slots=(places % SLOTS).astype(np.int32),
        states=STATES,
        stamps=np.array(stamps, np.uint64),
        quantities=np.array([figures for _, _, figures in told], np.int32).reshape(-1, len(STATES)),
        causes=(places % 5).astype(np.uint8),
    )


def kept(url: str, namespace: str) -> dict[bytes, Any]:
    """All that is stored of the ledger, what moved, and what is due."""
    found: dict[bytes, Any] = {}
    with redis.Redis.from_url(url) as client:
        for key in client.scan_iter(f"{{{namespace}:p*"):
            name = key.partition(b"}:")
            if name[2].startswith(b"levels:"):
                found[key[1 + len(namespace) :]] = client.get(key)
            elif name[2] == b"moves":
                found[key[1 + len(namespace) :]] = client.hgetall(key)
            elif name[2] == b"due":
                found[key[1 + len(namespace) :]] = client.zrange(key, 0, -1, withscores=True)
    return found


def two_stores(url: str) -> tuple[Store, Store]:
    with redis.Redis.from_url(url) as client:
        client.flushall()
    stores = open_store(url, "a"), open_store(url, "b")
    for store in stores:
        for slot in range(SLOTS):
            store.ledger.slot("wms", f"l{slot}")
    return stores


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(rounds=st.lists(st.tuples(ROUND, st.booleans()), min_size=1, max_size=3))
def test_whole_rows_end_as_level_by_level(redis_url: str, rounds: list[Any]) -> None:
    whole, single = two_stores(redis_url)
    every = np.arange(VARIANTS * SLOTS)
    last = every[every % SLOTS == SLOTS - 1]
    for store in (whole, single):  # both lay their pages out alike from the beginning
        store.ledger.record_columns(columns([(0, True, (1, 1, 1, 1))] * VARIANTS, last), at=NOON)
    for number, (told, matter) in enumerate(rounds):
        at = NOON + timedelta(hours=1 + number)
        outcomes = whole.ledger.record_columns(columns(told, every), at=at, renewals_matter=matter)
        for slot in range(SLOTS):
            some = every[every % SLOTS == slot]
            one = columns([told[place] for place in some], some)
            alone = single.ledger.record_columns(one, at=at, renewals_matter=matter)
            assert alone.tolist() == outcomes[some].tolist()
    assert kept(redis_url, "a") == kept(redis_url, "b")
    assert any(b"levels" in key for key in kept(redis_url, "a"))
    whole.close()
    single.close()


def test_a_row_that_names_a_level_twice_is_judged_level_by_level(redis_url: str) -> None:
    whole, single = two_stores(redis_url)
    places = np.append(np.arange(SLOTS), 3)
    told = [(0, True, (5, 5, 0, 0))] * SLOTS + [(1, True, (4, 4, 0, 0))]
    outcomes = whole.ledger.record_columns(columns(told, places), at=NOON)
    assert outcomes.tolist() == [Outcome.ACCEPTED] * (SLOTS + 1)
    assert whole.ledger.read(["v0"]).levels.quantities[0, 3, 1] == 4
    whole.close()
    single.close()


def test_a_page_that_another_process_made_wider_is_looked_at_again(redis_url: str) -> None:
    first, second = two_stores(redis_url)
    second.close()
    places, told = np.arange(SLOTS), [(0, True, (ABSENT, 5, ABSENT, ABSENT))] * SLOTS
    first.ledger.record_columns(columns(told, places), at=NOON)
    other = open_store(redis_url, "a")
    other.ledger.record_columns(columns([(1, True, (5, 5, 5, 5))], np.array([SLOTS - 1])), at=NOON)
    other.close()
    told = [(2, True, (ABSENT, 7, ABSENT, ABSENT))] * SLOTS
    assert first.ledger.record_columns(columns(told, places), at=NOON).tolist() == [Outcome.ACCEPTED] * SLOTS
    rows = first.ledger.read(["v0"]).levels
    assert rows.quantities[0, :, rows.states.index("available")].tolist() == [7] * SLOTS
    first.close()
