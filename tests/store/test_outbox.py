"""One entry per target, the most urgent first, and nothing lost to a crash."""

from datetime import datetime

from gateway.store import Store
from gateway.store.values import OutboxEntry
from tests.builders.store import NOON, after


def claim(store: Store, at: datetime = NOON, limit: int = 100) -> list[OutboxEntry]:
    return store.outbox.claim("k", limit, at, 60)


def test_urgent_targets_come_first_then_rises_then_drift(store: Store) -> None:
    for lane, targets in ((2, ["d1", "d2"]), (1, ["r1"]), (0, ["o1"])):
        store.outbox.put("k", targets, lane, after(-lane))
    assert [entry.target for entry in claim(store, limit=3)] == ["o1", "r1", "d1"]
    assert [entry.target for entry in claim(store)] == ["d2"]


def test_a_target_put_twice_is_one_entry_in_its_more_urgent_lane(store: Store) -> None:
    store.outbox.put("k", ["a"], 2, NOON)
    store.outbox.put("k", ["a"], 0, NOON)
    store.outbox.put("k", ["a"], 2, NOON)
    assert [(entry.target, entry.lane) for entry in claim(store)] == [("a", 0)]


def test_what_is_put_again_during_the_lease_is_due_again_after_the_acknowledgement(store: Store) -> None:
    store.outbox.put("k", ["a", "b"], 2, NOON)
    entries = claim(store)
    store.outbox.put("k", ["a"], 2, after(1))
    assert claim(store, after(1)) == []
    store.outbox.ack("k", entries, after(2))
    assert [entry.target for entry in claim(store, after(2))] == ["a"]


def test_a_lease_that_runs_out_says_that_the_outcome_is_unknown(store: Store) -> None:
    store.outbox.put("k", ["a"], 0, NOON)
    late = claim(store)
    again = claim(store, after(60))
    assert (again[0].unknown_outcome, again[0].attempts) == (True, 1)
    store.outbox.ack("k", late, after(61))
    assert store.outbox.depth("k", after(61)).leased == 1
    store.outbox.ack("k", again, after(61))
    assert store.outbox.depth("k", after(61)).leased == 0


def test_an_extended_lease_is_acknowledged_by_its_new_token_only(store: Store) -> None:
    store.outbox.put("k", ["a"], 0, NOON)
    old = claim(store)
    new = store.outbox.extend("k", old, after(50), 60)
    assert claim(store, after(70)) == []
    store.outbox.ack("k", old, after(70))
    assert store.outbox.depth("k", after(70)).leased == 1
    store.outbox.ack("k", new, after(70))
    assert store.outbox.depth("k", after(70)).leased == 0


def test_a_retry_waits_longer_each_time_and_a_newer_put_does_not_hurry_it(store: Store) -> None:
    store.outbox.put("k", ["a"], 0, NOON)
    store.outbox.retry("k", claim(store), NOON, "busy")
    store.outbox.put("k", ["a"], 0, after(1))
    assert claim(store, after(1)) == []
    (entry,) = claim(store, after(2))
    assert (entry.attempts, entry.unknown_outcome) == (1, False)
    store.outbox.retry("k", [entry], after(2), "busy")
    assert claim(store, after(5)) == []
    assert len(claim(store, after(6))) == 1


def test_a_parked_entry_is_tried_in_an_hour_when_something_else_is_wanted(store: Store) -> None:
    store.outbox.put("k", ["a"], 2, NOON)
    store.outbox.park("k", claim(store), "title too long", NOON)
    for second in (1, 2, 1800):
        store.outbox.put("k", ["a"], 0, after(second))
        assert claim(store, after(second)) == []
    (entry,) = claim(store, after(3601))
    assert (entry.target, entry.lane) == ("a", 0)
    assert store.outbox.depth("k", after(3601)).parked == 0
    store.outbox.park("k", [entry], "still too long", after(3602))
    assert claim(store, after(9000)) == []
    assert store.outbox.depth("k", after(9000)).parked == 1


def test_a_parked_entry_waits_for_a_person_with_its_reason(store: Store) -> None:
    store.outbox.put("k", ["a", "b"], 0, NOON)
    store.outbox.park("k", claim(store), "title too long", after(1))
    depth = store.outbox.depth("k", after(2))
    assert (depth.waiting, depth.leased, depth.parked, depth.oldest_s) == (0, 0, 2, None)
    lines, cursor = store.outbox.page("k", "parked", 1, None)
    assert (lines[0].target, lines[0].reason, cursor) == ("a", "title too long", "a")
    assert [line.target for line in store.outbox.page("k", "parked", 1, cursor)[0]] == ["b"]
    assert store.outbox.unpark("k", "a", after(3))
    assert not store.outbox.unpark("k", "a", after(3))
    assert [entry.target for entry in claim(store, after(3))] == ["a"]


def test_the_oldest_waiting_entry_is_measured_from_its_first_put(store: Store) -> None:
    store.outbox.put("k", ["a"], 2, NOON)
    store.outbox.put("k", ["a"], 0, after(30))
    assert store.outbox.depth("k", after(40)).oldest_s == 40


def test_only_what_is_urgent_or_has_waited_for_a_day_is_claimed_when_asked_so(store: Store) -> None:
    for lane, target in ((0, "fall"), (1, "rise"), (2, "drift")):
        store.outbox.put("k", [target], lane, NOON)
    assert [entry.target for entry in store.outbox.claim("k", 9, NOON, 60, only_urgent=True)] == ["fall"]
    late = store.outbox.claim("k", 9, after(86_400), 60, only_urgent=True)
    assert [entry.target for entry in late] == ["rise", "drift"]
