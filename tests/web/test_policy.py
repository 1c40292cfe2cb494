"""Versions over HTTP: checked, previewed, published, brought back, and every way in which they are refused."""

from typing import Any

import pytest

from tests.builders.web import POLICY, House, product, row

STRICT: dict[str, Any] = {**POLICY, "rules": [{"name": "House", "set": {"buffer_units": 20}}]}


def post(house: House, path: str, body: Any, role: str = "marketer", **headers: str) -> Any:
    return house.client.post(f"/api/v1/policy/{path}", json=body, headers=house.bearer(role) | headers)


def get(house: House, path: str, role: str = "reader") -> Any:
    return house.client.get(f"/api/v1/{path}", headers=house.bearer(role))


def publish(house: House, document: Any = POLICY, based_on: int | None = None, **changes: Any) -> Any:
    headers = {"Idempotency-Key": key} if (key := changes.pop("key", None)) else {}
    body = {"document": document, "based_on": based_on, "note": "As agreed.", **changes}
    return post(house, "versions", body, **headers)


def stock(house: House, variants: int, units: int = 30) -> None:
    """Let variants of one product have so many units, and decide them."""
    names = [f"v{number}" for number in range(variants)]
    house.put_catalog(product(variants=[{"id": name, "title": name, "tracked": True} for name in names]))
    house.send(*(row(variant=name, quantities={"available": units}) for name in names))
    house.decide()


def errors(answer: Any) -> dict[str, str]:
    return {error["path"]: error["message"] for error in answer.json["errors"]}


def test_a_first_version_is_published_and_read_back(house: House) -> None:
    answer = publish(house)
    assert (answer.status_code, answer.json["version"], answer.json["author"]) == (201, 1, "marketer")
    assert answer.headers["Location"] == "/api/v1/policy/versions/1"
    assert get(house, "policy").json["document"] == POLICY
    assert get(house, "policy/versions/1").json["note"] == "As agreed."
    assert get(house, "policy/versions/7").status_code == 404


def test_of_two_editors_the_second_is_told_which_version_is_in_force(house: House) -> None:
    publish(house)
    assert publish(house, STRICT, based_on=1).status_code == 201
    late = publish(house, POLICY, based_on=1)
    assert (late.status_code, late.json["current"]) == (409, 2)
    assert "2" in errors(late)["based_on"]
    assert get(house, "policy").json["document"] == STRICT


def test_a_publication_without_a_policy_in_force_must_say_so(house: House) -> None:
    assert publish(house, based_on=3).status_code == 409
    missing = post(house, "versions", {"document": POLICY, "note": "x"})
    assert (missing.status_code, list(errors(missing))) == (422, ["based_on"])


def test_an_invalid_document_is_refused_with_every_path(house: House) -> None:
    broken = {**POLICY, "default_pool": "web", "rules": [{"name": "House", "set": {"low_at_units": -1}}]}
    for answer in (publish(house, broken), post(house, "preview", broken)):
        assert answer.status_code == 422
        assert {"default_pool", "rules[0].set.low_at_units"} <= errors(answer).keys()
    checked = post(house, "check", broken)
    assert checked.status_code == 200
    assert {problem["path"] for problem in checked.json["problems"]} == {"default_pool", "rules[0].set.low_at_units"}
    assert get(house, "policy").status_code == 404


@pytest.mark.parametrize("wrap", [True, False])
def test_a_valid_document_has_no_problems_bare_or_wrapped(house: House, wrap: bool) -> None:
    answer = post(house, "check", {"document": POLICY} if wrap else POLICY)
    assert answer.json == {"problems": [], "warnings": []}


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"note": ""}, "note"),
        ({"note": "   "}, "note"),
        ({"note": "x" * 501}, "note"),
        ({"note": 7}, "note"),
        ({"note": None}, "note"),
        ({"based_on": "1"}, "based_on"),
        ({"based_on": True}, "based_on"),
        ({"document": []}, "document"),
        ({"confirm_large": "yes"}, "confirm_large"),
        ({"by": "me"}, "by"),
    ],
)
def test_what_cannot_be_taken_is_named(house: House, changes: dict[str, Any], path: str) -> None:
    answer = post(house, "versions", {"document": POLICY, "based_on": None, "note": "x", **changes})
    assert (answer.status_code, list(errors(answer))) == (422, [path])


@pytest.mark.parametrize(
    ("raw", "status"),
    [(b"{", 400), (b'"x"', 422), (b'{"note": NaN}', 400), (b'{"note": "a", "note": "b"}', 400), (b"\xff", 400)],
)
@pytest.mark.parametrize("path", ["check", "preview", "versions", "rollback"])
def test_a_broken_body_is_a_problem(house: House, path: str, raw: bytes, status: int) -> None:
    headers = house.bearer("marketer") | {"Content-Type": "application/json"}
    assert house.client.post(f"/api/v1/policy/{path}", data=raw, headers=headers).status_code == status


def test_readers_read_and_only_marketers_publish(house: House) -> None:
    publish(house)
    for path in ("check", "preview", "versions", "rollback"):
        assert post(house, path, {}, role="reader").status_code == 403
        assert post(house, path, {}, role="source").status_code == 403
    assert get(house, "policy/versions/1").status_code == 200


def test_a_large_change_is_refused_with_its_numbers_until_it_is_confirmed(house: House) -> None:
    publish(house)
    stock(house, 12, units=15)
    refused = publish(house, STRICT, based_on=1)
    assert refused.status_code == 422
    assert "confirm_large" in refused.json["detail"]
    assert refused.json["impact"]["moves"] == 12
    assert "12 of 12 variants (100.0 %)" in errors(refused)["confirm_large"]
    assert get(house, "policy").json["version"] == 1
    confirmed = publish(house, STRICT, based_on=1, confirm_large=True)
    assert (confirmed.status_code, confirmed.json["confirmed"]) == (201, True)


def test_a_change_of_ten_variants_is_never_large(house: House) -> None:
    publish(house)
    stock(house, 10, units=15)
    assert publish(house, STRICT, based_on=1).status_code == 201


def test_a_rollback_is_a_new_version_under_the_same_checks(house: House) -> None:
    publish(house, STRICT)
    stock(house, 12, units=15)
    publish(house, POLICY, based_on=1, confirm_large=True)
    house.decide()
    unknown, same = (post(house, "rollback", {"to": to, "note": "x"}) for to in (9, 2))
    assert (unknown.status_code, errors(unknown)) == (404, {"to": "There is no version 9."})
    assert (same.status_code, errors(same)) == (409, {"to": "Version 2 is in force already."})
    assert "note" in errors(post(house, "rollback", {"to": 1, "note": " "}))
    assert post(house, "rollback", {"to": 1, "note": "x", "based_on": 1}).status_code == 409
    large = post(house, "rollback", {"to": 1, "note": "Back."})
    assert (large.status_code, "impact" in large.json) == (422, True)
    back = post(house, "rollback", {"to": 1, "note": "Back.", "confirm_large": True})
    assert (back.status_code, back.json["version"], back.json["restores"]) == (201, 3, 1)
    assert get(house, "policy").json["document"] == STRICT


def test_a_repeated_request_publishes_once(house: House) -> None:
    first, again = publish(house, key="k1"), publish(house, key="k1")
    assert (first.json, again.status_code) == (again.json, 201)
    other = publish(house, STRICT, key="k1")
    assert other.status_code == 422
    assert len(get(house, "policy/versions").json["versions"]) == 1


def test_a_request_repeated_after_its_answer_was_lost_finds_its_version(house: House) -> None:
    first = publish(house, key="k1")
    house.store.idempotency.forget("k1", "marketer")
    assert publish(house, key="k1").json == first.json
    assert len(get(house, "policy/versions").json["versions"]) == 1


def test_a_version_says_in_words_how_it_differs_from_the_one_before(house: House) -> None:
    publish(house)
    publish(house, {**POLICY, "name": "Autumn"}, based_on=1)
    sentences = [line["sentence"] for line in get(house, "policy/versions/2").json["differences"]]
    assert sentences == ["The policy's name: House -> Autumn"]
    assert get(house, "policy/versions/1").json["differences"] == []


def test_the_history_is_paged_newest_first(house: House) -> None:
    for number in range(3):
        publish(house, {**POLICY, "name": f"Policy {number}"}, based_on=number or None)
    page = get(house, "policy/versions?limit=2").json
    assert [line["version"] for line in page["versions"]] == [3, 2]
    rest = get(house, f"policy/versions?limit=2&cursor={page['next_cursor']}").json
    assert ([line["version"] for line in rest["versions"]], rest["next_cursor"]) == ([1], None)


def test_the_contract_describes_every_policy_operation(house: House) -> None:
    paths = house.client.get("/openapi.json").json["paths"]
    for path in ("check", "preview", "versions", "rollback"):
        operation = paths[f"/api/v1/policy/{path}"]["post"]
        body = operation["requestBody"]["content"]["application/json"]["schema"]
        assert body.get("properties") or body.get("anyOf") or path == "check"
        done = operation["responses"]["201" if path in ("versions", "rollback") else "200"]
        assert done["content"]["application/json"]["schema"]["properties"]
        assert "409" in operation["responses"] or path in ("check", "preview")
