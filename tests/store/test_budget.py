"""The allowance is spent evenly by what can wait, and at once by what cannot."""

from gateway.store import Store, open_store


def test_what_can_wait_goes_one_by_one_and_what_is_urgent_goes_at_once(store: Store) -> None:
    budget = store.budget("main")
    assert budget.take("catalog.write") == 0.0
    assert 0.0 < budget.take("catalog.write") <= 0.081
    assert [budget.take("catalog.write", urgent=True) for _ in range(20)] == [0.0] * 20


def test_the_burst_is_never_exceeded(store: Store) -> None:
    waits = [store.budget("main").take("catalog.write", urgent=True) for _ in range(90)]
    assert waits[:60] == [0.0] * 60
    assert waits.count(0.0) <= 75 * 2
    assert store.budget("other").take("catalog.write", urgent=True) == 0.0


def test_a_refusal_holds_every_process_and_no_other_family(store: Store, redis_url: str) -> None:
    other = open_store(redis_url, "test")
    other.budget("main").refused("catalog.write", 7.0)
    assert 6.0 < store.budget("main").take("catalog.write", urgent=True) <= 7.0
    assert store.budget("main").take("catalog.read") == 0.0
    other.close()


def test_the_vendors_own_count_keeps_the_reserve_for_what_is_urgent(store: Store) -> None:
    budget = store.budget("main")
    budget.remaining("catalog.write", 15, 30.0)
    assert budget.take("catalog.write") > 1.0
    assert budget.take("catalog.write", urgent=True) == 0.0
    budget.remaining("catalog.write", 0, 30.0)
    assert budget.take("catalog.write", urgent=True) > 1.0
