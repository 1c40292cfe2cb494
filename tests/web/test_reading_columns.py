"""The fast way takes no batch that the slow way would refuse or doubt, and reads what it takes in the same words."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.pipeline.read import LARGEST_UNITS
from gateway.web.api.reading_columns import columns_of
from gateway.web.api.reading_rows import row_of
from policies.values import CAUSES, STATES
from tests.builders.web import AT, House, row

TIMES = st.sampled_from(
    ["2026-11-23T11:59:00Z", "2026-11-23T12:04:59.5+00:00", "2026-11-23T12:05:01Z", "2026-11-23 11:00:00Z"]
    + ["2026-11-23T11:59:00", "1969-12-31T23:59:59Z", "2026-11-31T00:00:00Z", "2026-11-23t11:59:00z", None, 7]
)
IDS = st.sampled_from(["a", "b", " a", "a ", "", "\x00", "x" * 300, "x" * 301, "\u00e9", None, 7, ["a"]])
FIGURES = st.integers(-LARGEST_UNITS - 1, LARGEST_UNITS + 1) | st.sampled_from(
    [None, True, 3.0, 3.5, "4", 2**40, 1e30, -(2**31)]
)
WORDS = st.sampled_from([*STATES, "reserved", "allocated", "on_order", "avaliable"])
GOOD = {"variant": "a", "location": "b", "quantities": {"available": 1}, "observed_at": "2026-11-23T11:59:00Z"}


@st.composite
def batches(draw: st.DrawFn) -> list[Any]:
    """Batches of one shape, mostly good, with now and then something strange in a row."""
    words = draw(st.lists(WORDS, max_size=4, unique=True))
    more = draw(st.sets(st.sampled_from(["active", "cause", "source", "colour"]), max_size=1))
    figures, ids, times = draw(
        st.sampled_from([(FIGURES, IDS, TIMES), (st.integers(0, 9) | st.none(), st.just("a"), TIMES.filter(bool))])
    )
    rows: list[Any] = []
    for _ in range(draw(st.integers(1, 4))):
        one = {"variant": draw(ids), "location": draw(ids), "observed_at": draw(times)}
        one["quantities"] = {word: draw(figures) for word in words}
        for key in more:
            one[key] = draw(st.sampled_from([True, False, None, 1, *CAUSES, "gift", []]))
        rows.append(one)
    if draw(st.integers(0, 9)) == 0:
        rows.append(draw(st.sampled_from([7, None, [], "text", {}, GOOD, {**GOOD, "sku": "S"}])))
    return rows


@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=batches())
def test_what_the_fast_way_takes_the_slow_way_reads_the_same(house: House, rows: list[Any]) -> None:
    ledger = house.store.ledger
    fast = columns_of(rows, "wms", ledger.slot)
    made = [row_of(value, "wms") for value in rows]
    good = not any(one.problems or one.sku for one in made)
    readings = [one.reading() for one in made] if good else []
    if fast is None:
        return
    assert good
    slow = ledger.columns(readings)
    assert (fast.variants, fast.slots.tolist(), fast.states) == (slow.variants, slow.slots.tolist(), slow.states)
    assert np.array_equal(fast.stamps, slow.stamps)
    assert np.array_equal(fast.quantities, slow.quantities)
    assert np.array_equal(fast.causes, slow.causes)


@pytest.mark.parametrize(
    "change",
    [
        lambda n: {},
        lambda n: {"quantities": {"on_hand": n, "available": None, "reserved": 0, "on_order": 5}},
        lambda n: {"active": n % 2 == 0},
        lambda n: {"active": None, "cause": "sale" if n else None},
        lambda n: {"observed_at": f"2026-11-23T11:{n:02}:00+01:00"},
    ],
)
def test_batches_as_sources_send_them_go_the_fast_way(change: Callable[[int], dict[str, Any]]) -> None:
    assert columns_of([row(variant=f"v{n}", **change(n)) for n in range(20)], "wms", lambda *_: 0) is not None


def test_the_answer_is_the_same_by_either_way(house: House) -> None:
    batch = [row(variant=f"v{n}") for n in range(5)]
    first, again = house.send(*batch), house.send(*batch)
    assert first.json == {
        "accepted": 5, "unchanged": 0, "superseded": 0, "set_aside": 0, "rejected": 0, "problems": [],
    }  # fmt: skip
    assert again.json["unchanged"] == 5
    late = house.send(*batch, row(variant="late", observed_at="2026-11-23T12:05:01Z"))
    assert (late.json["unchanged"], late.json["set_aside"]) == (5, 1)
    mixed = house.send(*batch, {**row(), "colour": 1})
    assert (mixed.json["unchanged"], mixed.json["rejected"]) == (5, 1)
    heard = next(source for source in house.store.sources.all() if source.name == "wms")
    assert heard.newest_observed_at == AT - timedelta(minutes=1)
