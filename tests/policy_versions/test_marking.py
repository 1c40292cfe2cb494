"""After a publication what it touches is decided again: all of it, nothing else, and behind whatever changes live."""

from datetime import timedelta
from typing import Any

import pytest

from gateway.pipeline.decide import BATCH, decide_due
from gateway.policy_versions.marking import LEASE_S, mark_redecisions
from gateway.worker import decide_step
from tests.builders.store import reading
from tests.builders.web import AT, POLICY, House, product, row

LOWER: dict[str, Any] = {**POLICY, "rules": [{"name": "House", "set": {"buffer_units": 1}}]}
CAPS: dict[str, Any] = {
    **POLICY,
    "rules": [*POLICY["rules"], {"name": "Caps", "when": {"tags": ["cap"]}, "set": {"buffer_units": 5}}],
}


def publish(house: House, document: dict[str, Any], based_on: int | None = None) -> None:
    house.store.policies.publish(document, based_on=based_on, author="ann", note="As agreed.", at=AT)


def work(house: House, at: Any = AT) -> None:
    """Let a worker's decide loop run until there is nothing left to do."""
    while decide_step(house.services, at):
        pass


def open_shop(house: House, *names: str) -> None:
    """Decide variants, each tagged with its own name, under the first version."""
    publish(house, POLICY)
    house.put_catalog(*(product(id=f"p-{name}", tags=[name], variants=[{"id": name}]) for name in names))
    house.send(*(row(variant=name, quantities={"available": 20}) for name in names))
    work(house)


def versions(house: House, *names: str) -> list[int]:
    """The policy version under which each variant was decided last."""
    found: list[int] = house.store.ledger.read(names).policies.tolist()
    return found


def test_everything_that_a_version_touches_is_decided_by_it(house: House) -> None:
    open_shop(house, "tee", "cap")
    publish(house, LOWER, based_on=1)
    work(house)
    assert versions(house, "tee", "cap") == [2, 2]
    assert house.store.ledger.read(["tee"]).pools[0, 0]["units"] == 19
    assert house.store.redecisions.waiting() == 0


def test_what_a_version_does_not_touch_is_left_alone(house: House) -> None:
    open_shop(house, "tee", "cap")
    publish(house, CAPS, based_on=1)
    work(house)
    assert versions(house, "tee", "cap") == [1, 2]


def test_a_location_that_changes_its_meaning_touches_variants_with_stock_there(house: House) -> None:
    open_shop(house, "tee", "cap")
    house.send(row(variant="cap", location="soho"))
    work(house)
    soho = {**POLICY["locations"]["soho"], "kind": "warehouse"}
    publish(house, {**POLICY, "locations": {**POLICY["locations"], "soho": soho}}, based_on=1)
    work(house)
    assert versions(house, "tee", "cap") == [1, 2]


def test_a_dated_rule_to_come_wakes_those_it_will_touch(house: House) -> None:
    open_shop(house, "tee", "cap")
    coming = {"name": "Sale", "when": {"tags": ["cap"]}, "from": "2026-11-27T00:00:00", "set": {"buffer_units": 20}}
    publish(house, {**POLICY, "rules": [*POLICY["rules"], coming]}, based_on=1)
    work(house)
    assert versions(house, "tee", "cap") == [1, 2]
    assert house.store.ledger.read(["tee", "cap"]).due_us.tolist() == [0, 1_795_737_600_000_000]


def test_two_versions_in_a_row_are_both_marked(house: House) -> None:
    open_shop(house, "tee", "cap")
    publish(house, CAPS, based_on=1)
    publish(house, {**CAPS, "name": "Renamed"}, based_on=2)
    work(house)
    assert versions(house, "tee", "cap") == [1, 3]


def test_a_worker_killed_while_marking_loses_nothing(house: House) -> None:
    open_shop(house, "tee", "cap")
    publish(house, LOWER, based_on=1)
    claims = 0
    while house.store.redecisions.claim(AT, LEASE_S):  # a worker takes all of it and dies
        claims += 1
    assert claims == 2
    work(house)
    assert versions(house, "tee", "cap") == [1, 1]
    work(house, AT + timedelta(seconds=LEASE_S + 1))
    assert versions(house, "tee", "cap") == [2, 2]


def test_a_live_change_amid_twenty_thousand_marks_is_decided_in_the_next_batch(house: House) -> None:
    many = 20_000
    publish(house, POLICY)
    names = [f"v{number}" for number in range(many)]
    house.put_catalog(product(variants=[{"id": "v7", "tracked": True}]))
    house.store.ledger.record(
        [reading(name, "wh", source="wms", quantities={"available": 20}) for name in names], at=AT
    )
    work(house)
    publish(house, LOWER, based_on=1)
    house.store._connection.command("ZREM", house.store.redecisions.key, "2:audit")  # leave only the marks to make
    decide_step(house.services, AT)
    for seconds in range(1, 4):
        at = AT + timedelta(seconds=seconds)
        house.store.ledger.record(
            [reading("v7", "wh", 600 + seconds, source="wms", quantities={"available": seconds})], at=at
        )
        assert decide_due(house.services, at) < BATCH
        assert house.store.ledger.read(["v7"]).pools[0, 0]["units"] == max(0, seconds - 1)
        mark_redecisions(house.services, at)
        assert 0 < house.store.due.depth(at) < BATCH
    assert versions(house, *names).count(1) > 15_000
    work(house, AT + timedelta(seconds=5))
    assert set(versions(house, *names)) == {2}


def test_a_publication_is_told_to_the_audit_trail_once(house: House) -> None:
    publish(house, POLICY)
    house.store.policies.publish(POLICY, based_on=1, author="ann", note="Back.", at=AT, restores=1)
    work(house)
    entries, _ = house.store.audit.page(10)
    assert sorted((entry.action, entry.target, entry.actor) for entry in entries) == [
        ("policy.publish", "policy 1", "ann"),
        ("policy.rollback", "policy 2", "ann"),
    ]
    assert house.store.audit.intact()


@pytest.mark.parametrize(("document", "touched"), [(LOWER, 2), (CAPS, 1)])
def test_marking_twice_marks_the_same(house: House, document: dict[str, Any], touched: int) -> None:
    open_shop(house, "tee", "cap")
    publish(house, document, based_on=1)
    for _ in range(2):
        while mark_redecisions(house.services, AT):
            pass
        assert house.store.due.depth(AT) == touched
        house.store._connection.command("ZADD", house.store.redecisions.key, 0, "2")
