"""Of editors who publish at once one wins, and what a version says of itself is kept."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from gateway.policy_versions.publishing import LargeChange, RefusedPublication, Signature, publish_policy
from gateway.store import StalePolicy
from tests.builders.web import AT, POLICY, House, product, row


def signature(author: str = "ann", **changes: object) -> Signature:
    return Signature(**{"author": author, "note": "As agreed.", "at": AT, **changes})  # type: ignore[arg-type]


def test_of_many_editors_at_once_exactly_one_wins(house: House) -> None:
    publish_policy(house.services, POLICY, signature(), based_on=None)

    def edit(number: int) -> int | None:
        try:
            document = {**POLICY, "name": f"Edit {number}"}
            return publish_policy(house.services, document, signature(f"editor {number}"), based_on=1).number
        except StalePolicy as stale:
            assert stale.current == 2
            return None

    with ThreadPoolExecutor(8) as pool:
        numbers = list(pool.map(edit, range(8)))
    assert sorted(filter(None, numbers)) == [2]
    winner = numbers.index(2)
    current = house.store.policies.current()
    assert current is not None
    assert (current.author, current.document["name"]) == (f"editor {winner}", f"Edit {winner}")
    assert [version.number for version in house.store.policies.versions()] == [2, 1]


def test_a_confirmed_version_says_so_and_a_refused_one_leaves_no_trace(house: House) -> None:
    publish_policy(house.services, POLICY, signature(), based_on=None)
    names = [f"v{number}" for number in range(12)]
    house.put_catalog(product(variants=[{"id": name, "tracked": True} for name in names]))
    house.send(*(row(variant=name) for name in names))
    house.decide()
    waiting = house.store.redecisions.waiting()
    nothing = {**POLICY, "rules": [{"name": "Nothing", "set": {"excluded": True}}]}
    with pytest.raises(LargeChange) as refused:
        publish_policy(house.services, nothing, signature(), based_on=1)
    assert refused.value.impact.now.moves == 12
    assert (house.store.policies.current_number(), house.store.redecisions.waiting()) == (1, waiting)
    version = publish_policy(house.services, nothing, signature(confirm_large=True), based_on=1)
    assert house.store.policies.get(2) == version
    assert version.confirmed


def test_the_limit_in_force_judges_not_the_one_that_is_proposed(house: House) -> None:
    publish_policy(house.services, POLICY, signature(), based_on=None)
    names = [f"v{number}" for number in range(12)]
    house.put_catalog(product(variants=[{"id": name, "tracked": True} for name in names]))
    house.send(*(row(variant=name) for name in names))
    house.decide()
    nothing = {
        **POLICY,
        "rules": [{"name": "Nothing", "set": {"excluded": True}}],
        "limits": {"source_moves_percent": 100},
    }
    with pytest.raises(LargeChange):
        publish_policy(house.services, nothing, signature(), based_on=1)


def test_a_note_is_trimmed_and_must_say_something(house: House) -> None:
    with pytest.raises(RefusedPublication):
        publish_policy(house.services, POLICY, signature(note=" \n"), based_on=None)
    assert publish_policy(house.services, POLICY, signature(note=" Why. "), based_on=None).note == "Why."
