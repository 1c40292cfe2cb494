"""Re-reads, webhooks and tasks: done at least once, accepted once."""

import redis

from gateway.store import Store
from tests.builders.store import NOON, after


def test_a_delivery_is_accepted_once_and_its_items_are_due(store: Store) -> None:
    items = [f"i{n}" for n in range(20)]
    assert store.deliveries.accept("d1", "shop", items, NOON)
    assert not store.deliveries.accept("d1", "shop", items, after(1))
    claims = store.rereads("shop").claim(100, NOON, 60)
    assert {lease.member for lease in claims} == set(items)
    assert store.rereads("pos").depth(NOON) == 0


def test_an_item_marked_while_it_is_read_is_read_again(store: Store) -> None:
    rereads = store.rereads("shop")
    rereads.mark(["a", "b"], NOON)
    claims = rereads.claim(10, NOON, 60)
    rereads.mark(["a"], after(1))
    rereads.complete(claims)
    assert [lease.member for lease in rereads.claim(10, after(1), 60)] == ["a"]


def test_an_item_given_back_is_due_when_it_was_asked_for(store: Store) -> None:
    rereads = store.rereads("shop")
    rereads.mark(["a"], NOON)
    rereads.retry(rereads.claim(10, NOON, 60), after(300))
    assert rereads.depth(after(299)) == 0
    assert rereads.depth(after(300)) == 1


def test_a_task_marked_twice_is_done_once_and_tells_its_progress(store: Store) -> None:
    store.tasks.mark(["load"], NOON)
    store.tasks.mark(["load"], after(1))
    claims = store.tasks.claim(5, after(1), 60)
    store.tasks.progress("load", 3, 9, after(2))
    store.tasks.complete(claims)
    (state,) = store.tasks.all()
    assert (state.name, state.due_at, state.done, state.total) == ("load", None, 3, 9)
    assert store.tasks.claim(5, after(99), 60) == []


def test_scripts_that_the_server_has_forgotten_are_loaded_again(store: Store, redis_url: str) -> None:
    store.tasks.mark(["load"], NOON)
    assert len(store.tasks.claim(5, NOON, 60)) == 1
    with redis.Redis.from_url(redis_url) as client:
        client.script_flush()
    assert len(store.tasks.claim(5, after(60), 60)) == 1
