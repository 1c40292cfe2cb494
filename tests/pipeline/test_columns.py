"""Readings by the thousand are judged as readings one by one are."""

from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.pipeline.read import WORDS, accept_columns, accept_readings
from gateway.store import Store
from gateway.store.moves import Cell, cells_of
from policies.values import Reading
from tests.builders.web import AT, house_on

FIGURES = st.none() | st.sampled_from([-10_000_001, -10_000_000, -1, 0, 5, 10_000_000, 10_000_001, 2**31 - 1])
READINGS = st.builds(
    Reading,
    source=st.just("wms"),
    variant=st.sampled_from("ab"),
    location=st.sampled_from(["wh", "soho"]),
    quantities=st.dictionaries(st.sampled_from(["available", "on_hand", "damaged"]), FIGURES, min_size=1),
    observed_at=st.sampled_from([-60, 0, 1, 300, 301]).map(lambda seconds: AT + timedelta(seconds=seconds)),
    active=st.sampled_from([None, True, False]),
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(readings=st.lists(READINGS, min_size=1, max_size=12))
def test_columns_and_rows_end_in_the_same_ledger_and_the_same_doubts(redis_url: str, readings: list[Reading]) -> None:
    import redis

    with redis.Redis.from_url(redis_url) as client:
        client.flushall()
    house = house_on(redis_url)
    one_by_one = accept_readings(house.services, readings, AT).outcomes
    kept, doubts = ledger_of(house.store), sentences(house.store)
    with redis.Redis.from_url(redis_url) as client:
        client.flushall()
    house = house_on(redis_url)
    outcomes = accept_columns(house.services, "wms", house.store.ledger.columns(readings), AT)
    assert tuple(WORDS[code] for code in outcomes.tolist()) == one_by_one
    assert (ledger_of(house.store), sentences(house.store)) == (kept, doubts)


def ledger_of(store: Store) -> dict[tuple[str, str], Cell]:
    """Every level by variant and location."""
    slots, rows = store.ledger.slots(), store.ledger.read(["a", "b"])
    return {
        (variant, slots[slot].location): cell
        for index, variant in enumerate(rows.variants)
        for slot, cell in cells_of(rows.levels, index).items()
    }


def sentences(store: Store) -> set[str]:
    """What is doubted."""
    return {doubt.sentence for doubt in store.doubts.open(50, None)[0]}
