"""Asking to hear of a variant, over HTTP."""

from typing import Any

import pytest

from tests.builders.waves import TEE, Waiting
from tests.builders.web import AT

ANN = "ann@shop.example"


def test_one_who_asks_for_what_is_out_waits(waiting: Waiting) -> None:
    assert waiting.join(ANN).json == {"variant": TEE, "state": "waiting"}
    assert waiting.join(ANN.upper()).json == {"variant": TEE, "state": "waits_already"}
    assert waiting.join("+14155550123").json["state"] == "waiting"
    assert waiting.view(episode=1) == {"type": "about:blank", **NO_RESTOCK}


NO_RESTOCK = {
    "title": "Not Found",
    "status": 404,
    "detail": "There is no such restock.",
    "errors": [],
}


def test_what_can_be_bought_needs_no_waiting(waiting: Waiting) -> None:
    waiting.has(5)
    answer = waiting.join(ANN)
    assert (answer.status_code, answer.json["reason"]) == (409, "available")
    waiting.has(None)
    assert waiting.join(ANN).status_code == 409


def test_what_waits_for_a_person_is_not_to_be_bought_yet(waiting: Waiting) -> None:
    waiting.publishes(causes=["transfer"])
    waiting.has(5, cause="count")
    assert waiting.join(ANN).status_code == 200


@pytest.mark.parametrize(
    ("more", "path"),
    [
        ({"email": "ann"}, "email"),
        ({"email": "ann@shop"}, "email"),
        ({"email": "ann@shop.example\n"}, "email"),
        ({"phone": "+14155550123"}, ""),
        ({"channels": []}, "channels"),
        ({"channels": ["sms"]}, "channels"),
        ({"channels": ["email", "email"]}, "channels"),
        ({"channels": ["carrier pigeon"]}, "channels[0]"),
        ({"vip": "yes"}, "vip"),
        ({"shopper_address": "home"}, "shopper_address"),
        ({"consent": True}, "consent"),
    ],
)
def test_what_is_wrong_is_named_by_its_path(waiting: Waiting, more: dict[str, Any], path: str) -> None:
    answer = waiting.join(ANN, **more)
    assert (answer.status_code, answer.json["errors"][0]["path"]) == (422, path)


def test_nobody_waits_for_what_the_catalogue_does_not_know(waiting: Waiting) -> None:
    answer = waiting.join(ANN, variant="none")
    assert (answer.status_code, answer.json["errors"][0]["path"]) == (404, "variant")


def test_a_person_and_an_address_may_ask_only_so_often(waiting: Waiting) -> None:
    statuses = [waiting.join(ANN).status_code for _ in range(12)]
    assert statuses == [200] * 10 + [429] * 2
    by_address = [
        waiting.join(f"a{number}@shop.example", shopper_address="203.0.113.9").status_code for number in range(121)
    ]
    assert by_address == [200] * 120 + [429]


def test_a_storefront_may_do_this_and_nothing_else(waiting: Waiting) -> None:
    token = waiting.store.accounts.create_token("shop", "storefront", AT)
    headers = {"Authorization": f"Bearer {token}"}
    client = waiting.house.client
    body = {"email": ANN, "variant": TEE, "channels": ["email"]}
    assert client.post("/api/v1/waitlist", json=body, headers=headers).status_code == 200
    assert client.get("/api/v1/variants", headers=headers).status_code == 403
    assert client.delete("/api/v1/waitlist", json={"email": ANN}, headers=headers).status_code == 403
    readings = {"source": "wms", "readings": []}
    assert client.post("/api/v1/readings", json=readings, headers=headers).status_code == 403
    for role in ("reader", "source", "marketer"):
        assert client.post("/api/v1/waitlist", json=body, headers=waiting.house.bearer(role)).status_code == 403


def test_without_a_key_to_seal_with_nobody_is_kept(waiting: Waiting) -> None:
    waiting.set(secret_key=None)
    assert waiting.join(ANN).status_code == 503
