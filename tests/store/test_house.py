"""Policies, tokens, doubts, audit and the other small parts."""

from dataclasses import replace
from typing import Any

import pytest
import redis

from gateway.store import StalePolicy, Store, StoreUnavailable, open_store
from gateway.store.values import Conflict, Stored, Told
from tests.builders.store import NOON, after


def test_a_policy_published_over_another_that_was_not_seen_is_refused(store: Store) -> None:
    assert store.policies.current() is None
    first = store.policies.publish({"a": 1}, based_on=None, author="ann", note="", at=NOON)
    assert (store.policies.current(), store.policies.current_number()) == (first, 1)
    with pytest.raises(StalePolicy) as refusal:
        store.policies.publish({"a": 2}, based_on=None, author="bob", note="", at=NOON)
    assert refusal.value.current == 1
    second = store.policies.publish({"a": 2}, based_on=1, author="bob", note="", at=after(1))
    assert store.policies.versions() == (second, first)


def test_a_token_is_stored_as_a_digest_only(store: Store, redis_url: str) -> None:
    secret = store.accounts.create_token("erp", "ingest", NOON)
    token = store.accounts.token(secret)
    assert token is not None
    assert (token.name, token.role) == ("erp", "ingest")
    assert store.accounts.token(secret + "x") is None
    with redis.Redis.from_url(redis_url) as client:
        assert secret not in repr(client.hgetall("{test}:tokens"))
    with pytest.raises(ValueError, match="erp"):
        store.accounts.create_token("erp", "admin", NOON)
    assert store.accounts.revoke("erp")
    assert store.accounts.token(secret) is None


def test_the_same_doubt_counts_up(store: Store) -> None:
    store.doubts.raise_("absurd", "v1", "Too many.", {"units": 9}, NOON)
    store.doubts.raise_("absurd", "v2", "Too many.", {}, after(1))
    name = store.doubts.raise_("absurd", "v1", "Far too many.", {"units": 10}, after(2))
    (first, second), cursor = store.doubts.open(9)
    assert cursor is None
    assert (first.id, first.count, first.first_at, first.last_at) == (name, 2, NOON, after(2))
    assert (first.sentence, first.facts, second.key) == ("Far too many.", {"units": 10}, "v2")
    assert not store.doubts.settle(replace(first, sentence="Many."), "confirmed", by="ann", note="", at=after(3))
    assert store.doubts.settle(first, "confirmed", by="ann", note="fine", at=after(3))
    assert [(word.id, word.state, word.note) for word in store.doubts.settled(9)[0]] == [(name, "confirmed", "fine")]
    store.doubts.clear("absurd", "v2")
    assert store.doubts.count() == 0


def test_the_audit_chain_shows_that_it_was_tampered_with(store: Store, redis_url: str) -> None:
    for n in range(3):
        store.audit.append("ann", "publish", f"policy {n}", {}, after(n))
    entries, cursor = store.audit.page(2)
    assert [entry.target for entry in entries] == ["policy 2", "policy 1"]
    assert [entry.target for entry in store.audit.page(2, cursor)[0]] == ["policy 0"]
    assert store.audit.intact()
    with redis.Redis.from_url(redis_url) as client:
        client.xdel("{test}:audit", entries[1].id)
    assert not store.audit.intact()


def test_a_key_used_again_gives_the_stored_answer_or_a_conflict(store: Store) -> None:
    keys: Any = store.idempotency
    assert keys.remember("k", "erp", "abc", NOON) is None
    assert keys.remember("k", "erp", "abc", NOON) == Stored(0, b"", {})
    keys.answer("k", "erp", 201, b"\x00done", {"ETag": "1"})
    assert keys.remember("k", "erp", "abc", NOON) == Stored(201, b"\x00done", {"ETag": "1"})
    assert keys.remember("k", "erp", "xyz", NOON) == Conflict()
    assert keys.remember("k", "pos", "xyz", NOON) is None


def test_what_a_destination_was_told_is_remembered_until_it_is_forgotten(store: Store) -> None:
    told = {"a": Told("x", 3, NOON, True), "b": Told("y", None, NOON, False)}
    store.told.put("k", told)
    assert store.told.get("k", ["a", "b", "c"]) == told
    store.told.forget("k", ["a"])
    assert set(store.told.get("k", ["a", "b"])) == {"b"}
    store.jobs.put("k", "j1", b"\x00:payload", NOON)
    assert [(job.id, job.payload, job.at) for job in store.jobs.all("k")] == [("j1", b"\x00:payload", NOON)]
    store.jobs.remove("k", "j1")
    assert store.jobs.all("k") == []


def test_sources_gauges_and_epoch_say_what_they_were_told(store: Store) -> None:
    store.sources.heard("shop", after(5), after(3), accepted=2)
    store.sources.heard("shop", after(4), after(1), accepted=1, unchanged=4)
    (state,) = store.sources.all()
    assert (state.last_heard_at, state.newest_observed_at) == (after(5), after(3))
    assert state.counts == {"accepted": 3, "unchanged": 4}
    store.gauges.put("worker-1", {"lag": 1.5}, NOON)
    assert store.gauges.all(after(120)) == {"worker-1": {"lag": 1.5}}
    assert store.gauges.all(after(121)) == {}
    assert store.epoch.read() is None
    store.epoch.write("e1")
    assert store.epoch.read() == "e1"


def test_a_bell_that_was_rung_is_heard(store: Store) -> None:
    assert not store.wake.wait(0.01)
    store.wake.ring()
    assert store.wake.wait(0.01)


def test_a_lease_has_one_holder(store: Store) -> None:
    first, second = store.lease("clock"), store.lease("clock")
    assert first.acquire(blocking=False)
    assert not second.acquire(blocking=False)
    first.release()
    assert second.acquire(blocking=False)
    second.release()


def test_the_server_is_described_and_its_absence_is_said(store: Store) -> None:
    store.ping()
    assert store.server().used_memory_bytes > 0
    nowhere = open_store("unix:///nonexistent/redis.sock?db=0", "test")
    with pytest.raises(StoreUnavailable):
        nowhere.ping()
    nowhere.close()
