"""People and the guard over HTTP: what is due and why, and deciding otherwise with a note."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from gateway.web import create_app
from tests.builders.guard_house import GuardHouse

SENT_AT = "2026-11-25T20:00:04Z"


class Desk:
    """A marketer's client."""

    def __init__(self, house: GuardHouse) -> None:
        self.client: FlaskClient = create_app(house.services).test_client()
        self.tokens = {
            role: house.store.accounts.create_token(role, role, house.clock.at) for role in ("reader", "marketer")
        }

    def get(self, path: str) -> Any:
        return self.client.get(f"/api/v1/{path}", headers=self._bearer("reader")).json

    def send(self, method: str, path: str, body: Any, role: str = "marketer") -> Any:
        return self.client.open(f"/api/v1/{path}", method=method, json=body, headers=self._bearer(role))

    def _bearer(self, role: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens[role]}"}


@pytest.fixture
def desk(house: GuardHouse) -> Desk:
    return Desk(house)


def test_the_list_tells_what_is_due_what_it_features_and_why_it_is_held(house: GuardHouse, desk: Desk) -> None:
    house.klaviyo.add()
    house.stock(tee_m=0, tee_l=0)
    house.turn()
    house.turn()
    (hold,) = desk.get("holds")["holds"]
    assert (hold["id"], hold["phase"], hold["by"], hold["waits_for_a_person"]) == ("MSG1", "held", "guard", False)
    assert hold["schedule"]["send_at"] == SENT_AT
    house.klaviyo.add("MSG2", html='<a href="https://shop.example/products/cap">Cap</a>')
    house.turn()
    first, line = desk.get("campaigns")["campaigns"]
    assert (first["id"], first["status"], first["hold"]["phase"]) == ("MSG1", "draft", "held")
    assert (line["id"], line["status"], line["first_send_at"]) == ("MSG2", "scheduled", "2026-11-25T20:00:05Z")
    assert line["features"]["features"][0] | {"why": ""} == {
        "variant": "cap-1",
        "role": "hero",
        "why": "",
        "cancels_alone": False,
    }
    assert (line["verdict"]["verdict"], line["verdict"]["guard"], line["hold"]) == ("release", "House", None)


def test_a_persons_word_on_features_wins_and_wakes_the_guard(house: GuardHouse, desk: Desk) -> None:
    house.klaviyo.add()
    house.stock(cap_1=0)
    house.turn()
    assert house.phase() is None
    body = {"features": [{"variant": "cap-1"}, {"variant": "tee-m", "role": "supporting"}]}
    assert desk.send("PUT", "campaigns/MSG1/features", body).status_code == 200
    house.turn(whole=False)
    assert house.phase() == "held"
    assert desk.send("PUT", "campaigns/MSG1/features", {"features": None}).json["features"] is None
    house.turn(whole=False)
    assert house.phase() is None and house.klaviyo.message()["status"] == "scheduled"


def test_expected_demand_may_hold_too(house: GuardHouse, desk: Desk) -> None:
    house.klaviyo.add()
    house.turn()
    body = {"features": [{"variant": "cap-1"}], "recipients": 10_000, "click_to_buy_percent": "0.4"}
    assert desk.send("PUT", "campaigns/MSG1/features", body | {"demand_share_percent": 80}).status_code == 200
    house.turn()
    hold = house.hold()
    assert hold is not None and hold.reasons == ("The send may sell about 40 units of 50, which is too much.",)


def test_a_tag_names_a_group_of_heroes(house: GuardHouse, desk: Desk) -> None:
    house.klaviyo.add(html="<p>Our best</p>", tags=["stock-group:best", "stock-guard"])
    house.stock(cap_1=0)
    house.turn()
    assert [doubt.kind for doubt in house.store.doubts.open(9)[0]] == ["unguarded"]
    assert desk.send("PUT", "groups/best", {"variants": ["cap-1"]}).status_code == 200
    assert desk.get("groups") == {"groups": [{"name": "best", "variants": ["cap-1"]}]}
    house.turn()
    assert house.phase() == "held" and house.store.doubts.open(9)[0] == []


def test_a_person_holds_and_releases_with_a_note(house: GuardHouse, desk: Desk) -> None:
    house.klaviyo.add()
    before = house.klaviyo.message()["send_options"]
    house.turn()
    answer = desk.send("POST", "campaigns/MSG1/hold", {"note": "Wrong price"})
    assert answer.status_code == 202 and (answer.json["phase"], answer.json["by"]) == ("holding", "marketer")
    assert desk.send("POST", "campaigns/MSG1/hold", {"note": "again"}).status_code == 409
    assert house.turn(whole=False) == 1 and house.phase() == "held"
    house.turn()
    assert house.phase() == "held"  # a person's hold is only a person's to release
    assert desk.send("POST", "campaigns/MSG1/release", {"note": "Fixed"}).status_code == 202
    assert house.turn(whole=False) == 1 and house.klaviyo.message()["send_options"] == before
    assert "guard.release_asked" in house.audit()


def test_overriding_a_hold_releases_it_and_the_guard_lets_it_be(house: GuardHouse, desk: Desk) -> None:
    house.klaviyo.add()
    house.stock(tee_m=0, tee_l=0)
    house.turn()
    assert desk.send("POST", "campaigns/MSG1/override", {"note": "We take orders"}).status_code == 202
    for _ in range(3):
        house.turn()
    assert house.phase() == "overridden" and house.klaviyo.message()["status"] == "scheduled"
    assert desk.send("POST", "campaigns/MSG1/override", {"note": "again"}).status_code == 409


def test_a_proposal_is_taken_up_or_overruled(house: GuardHouse, desk: Desk) -> None:
    house.publish(mode="ask")
    house.klaviyo.add("MSG1")
    house.klaviyo.add("MSG2")
    house.stock(tee_m=0, tee_l=0)
    house.turn()
    assert [hold["waits_for_a_person"] for hold in desk.get("holds")["holds"]] == [True, True]
    desk.send("POST", "campaigns/MSG1/hold", {"note": "yes"})
    desk.send("POST", "campaigns/MSG2/override", {"note": "no"})
    house.turn()
    assert (house.phase("MSG1"), house.phase("MSG2")) == ("held", "overridden")


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "where"),
    [
        ("POST", "campaigns/MSG1/hold", {}, 422, "note"),
        ("POST", "campaigns/MSG1/hold", {"note": " "}, 422, "note"),
        ("POST", "campaigns/MSG1/hold", {"note": "x", "force": True}, 422, "force"),
        ("POST", "campaigns/NONE/hold", {"note": "x"}, 409, None),
        ("POST", "campaigns/MSG1/release", {"note": "x"}, 409, None),
        ("POST", "campaigns/MSG1/release", {"note": "x", "send_at": "tomorrow"}, 422, "send_at"),
        ("PUT", "campaigns/NONE/features", {"features": []}, 404, None),
        ("PUT", "campaigns/MSG1/features", {"features": [{"variant": "ghost"}]}, 404, "features[0].variant"),
        ("PUT", "campaigns/MSG1/features", {"features": [{"variant": "cap-1"}] * 2}, 422, "features[1].variant"),
        (
            "PUT",
            "campaigns/MSG1/features",
            {"features": [{"variant": "cap-1", "role": "star"}]},
            422,
            "features[0].role",
        ),
        ("PUT", "campaigns/MSG1/features", {"features": [], "recipients": 5}, 422, "recipients"),
        ("PUT", "campaigns/MSG1/features", {"features": [], "recipients": True}, 422, "recipients"),
        ("PUT", "groups/best", {"variants": ["ghost"]}, 404, "variants[0]"),
    ],
)
def test_what_cannot_be_done_is_refused_by_name(
    house: GuardHouse, desk: Desk, method: str, path: str, body: Any, status: int, where: str | None
) -> None:
    house.klaviyo.add()
    house.turn()
    answer = desk.send(method, path, body)
    assert answer.status_code == status
    assert where is None or where in [error["path"] for error in answer.json["errors"]]


def test_a_reader_may_look_and_decide_nothing(house: GuardHouse, desk: Desk) -> None:
    for path in ("hold", "release", "override"):
        assert desk.send("POST", f"campaigns/MSG1/{path}", {"note": "x"}, role="reader").status_code == 403
