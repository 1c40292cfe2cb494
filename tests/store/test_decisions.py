"""A decision is kept only if its inputs have not moved; work marked meanwhile is done again."""

import numpy as np
import numpy.typing as npt
import pytest

from gateway.store import Store
from gateway.store.due import CLAIMED_PAGES
from policies.columns import POOL_STATE, to_us
from tests.builders.store import NOON, after, decisions, reading


def test_a_commit_keeps_state_wakes_later_and_marks_the_outbox(store: Store) -> None:
    store.pools.intern(["ship"])
    store.ledger.record([reading("v1"), reading("v2")], at=NOON)
    claims = store.due.claim(100, NOON, 60)
    first = claims.variants.index("v1")
    due_us, lanes, units = np.zeros(2, np.int64), np.full(2, -1, np.int8), np.array([8, 8])
    due_us[first], lanes[first], units[first] = to_us(after(90)), 0, 7
    batch = decisions(claims, due_us=due_us, tell={"k": lanes}, pools=states(units))
    assert store.decisions.commit(batch).tolist() == [True, True]
    kept = store.ledger.read(["v1", "v2"])
    assert kept.pools["units"][:, 0].tolist() == [7, 8]
    assert (kept.sequences.tolist(), kept.decided_us.tolist()) == ([1, 1], [to_us(NOON)] * 2)
    assert kept.due_us.tolist() == [to_us(after(90)), 0]
    assert store.due.depth(after(89)) == 0
    assert store.due.claim(100, after(90), 60).variants == ("v1",)
    assert [entry.target for entry in store.outbox.claim("k", 10, NOON, 60)] == ["v1"]


def test_a_commit_is_refused_when_the_inputs_moved_and_the_variant_stays_due(store: Store) -> None:
    store.ledger.record([reading("v1"), reading("v2")], at=NOON)
    claims = store.due.claim(100, NOON, 60)
    store.ledger.record([reading("v1", seconds=1, quantities={"available": 1})], at=after(1))
    kept = dict(zip(claims.variants, store.decisions.commit(decisions(claims)).tolist(), strict=True))
    assert kept == {"v1": False, "v2": True}
    assert store.due.claim(100, after(1), 60).variants == ("v1",)


def test_a_lease_that_ran_out_keeps_nothing_that_was_decided_before_the_inputs_moved(store: Store) -> None:
    store.ledger.record([reading()], at=NOON)
    slow = store.due.claim(100, NOON, 15)
    store.ledger.record([reading(seconds=1, quantities={"available": 1})], at=after(15))
    assert not store.decisions.commit(decisions(slow)).any()
    assert store.due.depth(after(15)) == 1


def test_a_claim_that_another_worker_took_over_keeps_nothing(store: Store) -> None:
    store.ledger.record([reading()], at=NOON)
    slow, quick = store.due.claim(100, NOON, 15), store.due.claim(100, after(16), 15)
    assert store.decisions.commit(decisions(quick)).all()
    assert not store.decisions.commit(decisions(slow)).any()


def test_a_mark_during_the_lease_stays_and_refuses_what_was_decided_before_it(store: Store) -> None:
    store.ledger.record([reading()], at=NOON)
    claims = store.due.claim(100, NOON, 60)
    store.due.mark(["v1"], after(1))
    assert not store.decisions.commit(decisions(claims)).any()
    assert store.due.claim(100, after(1), 60).variants == ("v1",)


def test_a_lease_that_runs_out_gives_the_work_back(store: Store) -> None:
    store.due.mark(["v1"], NOON)
    assert store.due.claim(100, NOON, 60).variants == ("v1",)
    assert store.due.claim(100, after(59), 60).variants == ()
    assert store.due.oldest_s(after(70)) == pytest.approx(10, abs=1e-5)
    assert store.due.claim(100, after(61), 60).variants == ("v1",)


def test_a_whole_partition_can_be_claimed_whether_or_not_it_is_due(store: Store) -> None:
    names = [f"v{number}" for number in range(300)]
    store.ledger.record([reading(name) for name in names], at=NOON)
    claims = store.due.claim(100_000, NOON, 60)
    assert store.decisions.commit(decisions(claims, pools=states(np.full(300, 4)))).all()
    found: set[str] = set()
    for partition in range(64):
        page, again = 0, store.due.claim_pages(partition, 0, NOON, 60)
        while len(again):
            found |= set(again.variants)
            assert store.decisions.commit(decisions(again)).all()
            page += CLAIMED_PAGES
            again = store.due.claim_pages(partition, page, NOON, 60)
    assert found == set(names)
    assert store.due.depth(after(100)) == 0


def test_a_page_that_is_mostly_decided_at_once_is_kept_like_any_other(store: Store) -> None:
    names = [f"v{number}" for number in range(64 * 40)]
    store.ledger.record([reading(name) for name in names], at=NOON)
    claims = store.due.claim(100_000, NOON, 60)
    units = np.arange(len(claims))
    assert store.decisions.commit(decisions(claims, pools=states(units), changed=units % 2 == 0)).all()
    kept = store.ledger.read(claims.variants)
    assert kept.pools["units"][:, 0].tolist() == units.tolist()
    assert (kept.entries > 0).all()
    assert store.ledger.record([reading(names[7], seconds=1, quantities={"available": 1})], at=NOON) == [0]
    few = store.due.claim(100_000, NOON, 60)
    assert few.variants == (names[7],)
    assert store.decisions.commit(decisions(few, pools=states(np.array([5])))).all()
    units[claims.variants.index(names[7])] = 5
    assert store.ledger.read(claims.variants).pools["units"][:, 0].tolist() == units.tolist()


def test_a_pool_added_later_widens_the_states_and_keeps_them(store: Store) -> None:
    store.pools.intern(["ship"])
    store.ledger.record([reading()], at=NOON)
    claims = store.due.claim(100, NOON, 60)
    store.decisions.commit(decisions(claims, pools=states(np.array([7]))))
    store.pools.intern(["ship", "pickup"])
    store.due.mark(["v1"], NOON)
    claims = store.due.claim(100, NOON, 60)
    assert claims.rows.pools["units"].tolist() == [[7, 0]]
    wide = decisions(claims, pools=np.zeros((1, 2), POOL_STATE))
    wide.pools["units"][0] = (7, 3)
    assert store.decisions.commit(wide).all()
    assert store.ledger.read(["v1"]).pools["units"].tolist() == [[7, 3]]
    assert store.ledger.record([reading(seconds=1, quantities={"available": 1})], at=NOON) == [0]
    assert store.ledger.read(["v1"]).pools["units"].tolist() == [[7, 3]]


def states(units: npt.NDArray[np.int64]) -> npt.NDArray[np.void]:
    """One pool with these units."""
    pools = np.zeros((len(units), 1), POOL_STATE)
    pools["units"][:, 0] = units
    return pools
