"""A decision is kept only if its inputs have not moved; work marked meanwhile is done again."""

import numpy as np

from gateway.store import Store
from policies.columns import to_us
from tests.builders.store import NOON, after, decisions, reading


def test_a_commit_keeps_state_wakes_later_and_marks_the_outbox(store: Store) -> None:
    store.pools.intern(["ship"])
    store.ledger.record([reading("v1"), reading("v2")], at=NOON)
    claims = store.due.claim(10, NOON, 60)
    assert set(claims.variants) == {"v1", "v2"}
    rows = store.ledger.read(["v1", "v2"])
    batch = decisions(rows, claims, due_us=np.array([to_us(after(90)), 0]), tell={"k": np.array([0, -1], np.int8)})
    batch.pools["units"][:, 0] = (7, 8)
    assert store.decisions.commit(batch).tolist() == [True, True]
    kept = store.ledger.read(["v1", "v2"])
    assert kept.pools["units"][:, 0].tolist() == [7, 8]
    assert (kept.sequences.tolist(), kept.decided_us.tolist()) == ([1, 1], [to_us(NOON)] * 2)
    assert kept.due_us.tolist() == [to_us(after(90)), 0]
    assert store.due.depth(after(89)) == 0
    assert store.due.claim(10, after(90), 60).variants == ("v1",)
    assert [entry.target for entry in store.outbox.claim("k", 10, NOON, 60)] == ["v1"]


def test_a_commit_is_refused_when_the_inputs_moved_and_the_variant_stays_due(store: Store) -> None:
    store.ledger.record([reading("v1"), reading("v2")], at=NOON)
    claims = store.due.claim(10, NOON, 60)
    rows = store.ledger.read(["v1", "v2"])
    store.ledger.record([reading("v1", seconds=1, quantities={"available": 1})], at=after(1))
    assert store.decisions.commit(decisions(rows, claims)).tolist() == [False, True]
    assert store.due.claim(10, after(1), 60).variants == ("v1",)


def test_a_second_decision_on_the_same_reading_is_refused(store: Store) -> None:
    store.ledger.record([reading()], at=NOON)
    rows = store.ledger.read(["v1"])
    assert store.decisions.commit(decisions(rows)).all()
    assert not store.decisions.commit(decisions(rows)).any()


def test_a_mark_during_the_lease_stays_when_the_claim_is_completed(store: Store) -> None:
    store.ledger.record([reading()], at=NOON)
    claims = store.due.claim(10, NOON, 60)
    store.due.mark(["v1"], after(1))
    rows = store.ledger.read(["v1"])
    assert store.decisions.commit(decisions(rows, claims, due_us=np.array([to_us(after(500))]))).all()
    assert store.due.claim(10, after(1), 60).variants == ("v1",)


def test_a_lease_that_runs_out_gives_the_work_back(store: Store) -> None:
    store.due.mark(["v1"], NOON)
    assert store.due.claim(10, NOON, 60).variants == ("v1",)
    assert store.due.claim(10, after(59), 60).variants == ()
    assert store.due.oldest_s(after(70)) == 10
    assert store.due.claim(10, after(60), 60).variants == ("v1",)


def test_a_pool_added_later_widens_the_states_and_keeps_them(store: Store) -> None:
    store.pools.intern(["ship"])
    store.ledger.record([reading()], at=NOON)
    batch = decisions(store.ledger.read(["v1"]))
    batch.pools["units"][:, 0] = 7
    store.decisions.commit(batch)
    store.pools.intern(["ship", "pickup"])
    rows = store.ledger.read(["v1"])
    assert rows.pools["units"].tolist() == [[7, 0]]
    wide = decisions(rows)
    wide.pools["units"][0] = (7, 3)
    assert store.decisions.commit(wide).all()
    assert store.ledger.read(["v1"]).pools["units"].tolist() == [[7, 3]]
    assert store.ledger.record([reading(seconds=1, quantities={"available": 1})], at=NOON) == [0]
    assert store.ledger.read(["v1"]).pools["units"].tolist() == [[7, 3]]
