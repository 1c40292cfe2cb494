"""The worklist over HTTP: what it says of each doubt, and what a person's word does."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from gateway.web import create_app
from tests.builders.doubts import Crowd, crowd, names_of
from tests.builders.web import AT, House, house_on, row

ALL = names_of(40)


@pytest.fixture
def house(redis_url: str) -> House:
    return house_on(redis_url)


def listed(house: House, **query: str) -> list[dict[str, Any]]:
    answer = house.client.get("/api/v1/doubts", query_string=query, headers=house.bearer("reader"))
    assert answer.status_code == 200
    doubts: list[dict[str, Any]] = answer.get_json()["doubts"]
    return doubts


def says(house: House, doubt: str, verb: str, role: str = "marketer", **body: Any) -> Any:
    return house.client.post(f"/api/v1/doubts/{doubt}/{verb}", json=body, headers=house.bearer(role))


def ahead(**changes: Any) -> dict[str, Any]:
    return row(observed_at=(AT + timedelta(hours=1)).isoformat(), **changes)


def over(crowd: Crowd, url: str) -> House:
    """The web application over a crowd's store."""
    house = house_on(url)
    services = replace(crowd.services, settings=house.services.settings)
    return replace(house, services=services, client=create_app(services).test_client())


def test_a_doubt_says_what_it_is_whose_it_is_and_what_a_word_on_it_does(house: House) -> None:
    house.send(ahead())
    (doubt,) = listed(house)
    assert doubt["confirm"].startswith("It is taken as of now.")
    assert (doubt["kind"], doubt["state"], doubt["owner"], doubt["age_s"]) == ("reading", "open", None, 0)
    assert says(house, doubt["id"], "assign", owner="ann").status_code == 200
    assert listed(house)[0]["owner"] == "ann"
    assert says(house, doubt["id"], "assign", owner=None).status_code == 200
    assert listed(house)[0]["owner"] is None


def test_a_reading_that_was_dated_ahead_counts_as_of_now_once_it_is_confirmed(house: House) -> None:
    house.send(ahead(quantities={"available": 9}))
    (doubt,) = listed(house)
    answer = says(house, doubt["id"], "confirm", note="their clock is wrong").get_json()
    assert (answer["state"], answer["effect"]) == ("confirmed", doubt["confirm"])
    rows = house.store.ledger.read(["tee-m"])
    assert rows.levels.quantities[0].tolist() == [[9]]
    assert listed(house) == []
    (word,) = listed(house, state="settled")
    assert (word["state"], word["settled_by"], word["note"]) == ("confirmed", "marketer", "their clock is wrong")
    assert [entry.action for entry in house.store.audit.page(9)[0]] == ["doubt.confirmed"]


def test_an_absurd_figure_that_is_confirmed_is_not_known(house: House) -> None:
    house.send(row(quantities={"available": 10**30, "on_hand": 4}))
    (doubt,) = listed(house)
    assert says(house, doubt["id"], "confirm").status_code == 200
    rows = house.store.ledger.read(["tee-m"])
    told = dict(zip(rows.levels.states, rows.levels.quantities[0, 0].tolist(), strict=True))
    assert told["on_hand"] == 4
    assert told["available"] < -(10**9)


def test_what_was_dismissed_is_not_asked_again_in_the_same_words(house: House) -> None:
    house.send(ahead())
    (doubt,) = listed(house)
    assert says(house, doubt["id"], "dismiss").status_code == 200
    assert house.store.ledger.read(["tee-m"]).levels.stamps.sum() == 0
    house.send(ahead())
    assert listed(house) == []
    house.send(row(quantities={"available": 10**9}))
    assert [one["id"] for one in listed(house)] == [doubt["id"]]


@pytest.mark.parametrize(
    ("verb", "body", "role", "status"),
    [
        ("confirm", {}, "reader", 403),
        ("confirm", {"note": "x" * 1001}, "marketer", 422),
        ("dismiss", {"nota": "x"}, "marketer", 422),
        ("assign", {}, "marketer", 422),
        ("assign", {"owner": ""}, "marketer", 422),
    ],
)
def test_a_word_that_cannot_be_taken_changes_nothing(
    house: House, verb: str, body: dict[str, Any], role: str, status: int
) -> None:
    house.send(ahead())
    (doubt,) = listed(house)
    assert says(house, doubt["id"], verb, role, **body).status_code == status
    assert listed(house) == [doubt]


def test_there_is_no_word_on_what_is_not_there(house: House) -> None:
    assert [says(house, "x", verb, **body).status_code for verb, body in
            (("confirm", {}), ("dismiss", {}), ("assign", {"owner": "ann"}))] == [404, 404, 404]  # fmt: skip


def test_a_wipe_is_confirmed_in_one_word(redis_url: str) -> None:
    crowded = crowd(redis_url, len(ALL))
    crowded.says(dict.fromkeys(ALL, 0))
    house = over(crowded, redis_url)
    (doubt,) = [one for one in listed(house) if one["kind"] == "held_back"]
    assert doubt["facts"]["waiting"] == 30
    assert says(house, doubt["id"], "confirm").status_code == 200
    crowded.decide()
    assert (crowded.out(ALL), crowded.held(ALL), listed(house)) == (set(ALL), set(), [])


def test_a_wipe_is_forgotten_in_one_word_and_a_new_one_is_told(redis_url: str) -> None:
    crowded = crowd(redis_url, len(ALL))
    crowded.says(dict.fromkeys(ALL, 0))
    house = over(crowded, redis_url)
    (doubt,) = listed(house)
    assert says(house, doubt["id"], "dismiss").status_code == 200
    crowded.says(dict.fromkeys(ALL, 0))
    assert (len(crowded.out(ALL)), listed(house)) == (10, [])
    crowded.says(dict.fromkeys(ALL, -1))
    assert [one["id"] for one in listed(house)] == [doubt["id"]]
