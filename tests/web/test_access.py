"""Who may do what, how failures read, and what every answer carries."""

import hashlib
import json
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gateway.store import open_store
from gateway.web.app import create_app
from gateway.web.feed_contract import JOB_STEPS
from integrations.errors import MalformedDeliveryError, UntrustedDeliveryError
from tests.builders.web import AT, POLICY, House, Receiver, house_on, product, row

VENDOR = Path(__file__).resolve().parents[2] / "gateway" / "web" / "static" / "vendor"
NOWHERE = "redis://127.0.0.1:1/0"
LISTS = ("policy/versions", "doubts", "outbox", "sources", "jobs", "variants", "variants/tee-m/history")
NEEDS_NO_BODY = {"confirm_restock", "dismiss_restock", "confirm_doubt", "dismiss_doubt", *JOB_STEPS}


def test_no_token_is_401_and_the_wrong_role_403(house: House) -> None:
    get = house.client.get
    assert get("/api/v1/variants").status_code == 401
    assert get("/api/v1/variants", headers={"Authorization": "Bearer stolen"}).status_code == 401
    assert get("/api/v1/variants", headers={"Authorization": "Basic " + house.tokens["reader"]}).status_code == 401
    assert get("/api/v1/variants", headers=house.bearer("source")).status_code == 403
    assert get("/api/v1/variants", headers=house.bearer("reader")).status_code == 200
    assert get("/api/v1/variants", headers=house.bearer("admin")).status_code == 200
    assert house.client.post("/api/v1/readings", headers=house.bearer("marketer")).status_code == 403


def test_a_revoked_token_opens_nothing(house: House) -> None:
    house.store.accounts.revoke("reader")
    assert house.client.get("/api/v1/variants", headers=house.bearer("reader")).status_code == 401


def test_every_answer_carries_a_policy_without_inline_and_a_request_id(house: House) -> None:
    answer = house.client.get("/nowhere", headers={"X-Request-Id": "bad id\t"})
    assert (answer.status_code, answer.json["status"]) == (404, 404)
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Request-Id"] not in ("", "bad id\t")


def test_a_store_that_is_away_is_503_with_retry_after(house: House) -> None:
    away = create_app(_without_a_server(house)).test_client()
    answer = away.post("/webhooks/shopify", data=b"{}")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert away.get("/readyz").status_code == 503
    assert away.get("/livez").status_code == 200


def _without_a_server(house: House) -> Any:
    return replace(house.services, store=open_store(NOWHERE, "t"), webhooks=Receiver())


def test_an_emptied_store_is_not_ready(house: House) -> None:
    assert house.client.get("/readyz").status_code == 503
    house.store.epoch.write("e1")
    assert house.client.get("/readyz").status_code == 200


@pytest.mark.parametrize(
    ("receiver", "status", "marked", "doubts"),
    [
        (None, 401, 0, 0),
        (Receiver(UntrustedDeliveryError("no")), 401, 0, 0),
        (Receiver(MalformedDeliveryError("no item")), 200, 0, 1),
        (Receiver(), 200, 1, 0),
    ],
)
def test_webhooks_are_trusted_then_kept(
    redis_url: str, receiver: Receiver | None, status: int, marked: int, doubts: int
) -> None:
    house = house_on(redis_url, webhooks=receiver)
    for _ in range(2):
        assert house.client.post("/webhooks/shopify", data=b"{}").status_code == status
    assert house.store.rereads("shopify").depth(AT) == marked
    assert house.store.doubts.count() == doubts
    house.store.close()


def test_a_webhook_of_20_mb_is_413(redis_url: str) -> None:
    house = house_on(redis_url, webhooks=Receiver())
    assert house.client.post("/webhooks/shopify", data=b"x" * 20_000_000).status_code == 413
    house.store.close()


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"variants": [{"id": ""}]}, "variants[0].id"),
        ({"variants": [{"id": "v", "price": float("1e999")}]}, "variants[0].price"),
        ({"variants": [{"id": "v", "price": True}]}, "variants[0].price"),
        ({"variants": [{"id": "v", "tracked": "yes"}]}, "variants[0].tracked"),
        ({"variants": None}, "variants"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"published": 1}, "published"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_catalogue_takes_good_products_and_names_bad_ones(house: House, change: dict[str, Any], path: str) -> None:
    lines = [product(id="good"), product(id="bad") | change]
    body = "\n".join(json.dumps(line).replace("Infinity", "1e999") for line in lines)
    answer = house.client.put(
        "/api/v1/catalog?source=erp", data=body, content_type="application/x-ndjson", headers=house.bearer()
    )
    assert (answer.status_code, answer.json["accepted"]) == (200, 1)
    assert answer.json["problems"][0]["index"] == 1
    assert list(house.store.catalog.products(["good", "bad"])) == ["good"]


def test_locations_are_taken_whole_or_not_at_all(house: House) -> None:
    send = house.client.put
    good, bad = {"id": "wh", "label": "East", "active": True}, {"id": "x", "active": "no"}
    refused = send("/api/v1/locations", json={"source": "wms", "locations": [good, bad]}, headers=house.bearer())
    assert refused.status_code == 422
    assert refused.json["errors"][0]["path"] == "locations[1].active"
    assert house.store.catalog.locations() == ()
    taken = send("/api/v1/locations", json={"source": "wms", "locations": [good]}, headers=house.bearer())
    assert (taken.status_code, [one.id for one in house.store.catalog.locations()]) == (200, ["wh"])


def test_a_variant_is_listed_shown_explained_and_remembered(house: House) -> None:
    house.store.policies.publish(POLICY, based_on=None, author="a", note="first", at=AT)
    house.put_catalog(product())
    house.send(row())
    house.decide()

    def get(path: str) -> Any:
        answer = house.client.get(f"/api/v1/{path}", headers=house.bearer("reader"))
        assert answer.status_code == 200, path
        return answer.json

    assert get("variants/tee-m")["pools"]["ship"]["promised_units"] == 11
    assert get("variants/tee-m/explanation")["buffer"] == 2
    assert [line["variant"] for line in get("variants?q=tee&band=low")["variants"]] == ["tee-m"]
    assert get("variants?band=out")["variants"] == []
    assert {entry["kind"] for entry in get("variants/tee-m/history")["entries"]} >= {"reading", "decision"}
    assert get("policy")["version"] == 1
    for name in LISTS:
        get(name)


@pytest.mark.parametrize(
    "path",
    ["variants?limit=0", "variants?limit=x", "variants?band=huge", "outbox?destination=x", "outbox?state=x"],
)
def test_a_question_that_makes_no_sense_is_422(house: House, path: str) -> None:
    assert house.client.get(f"/api/v1/{path}", headers=house.bearer("reader")).status_code == 422


@pytest.mark.parametrize(
    "path",
    [
        "variants?cursor=%00", "variants?cursor=1-2-3", "variants?cursor=99999999999999999999-1", "doubts?cursor=x",
        "outbox?cursor=x", "variants/tee-m/history?cursor=x", "variants/%00/history", "variants?cursor=%C2%B2-%C2%B2",
        "policy/versions/99999999999999999999",
    ],
)  # fmt: skip
def test_a_cursor_or_id_from_nowhere_is_never_our_failure(house: House, path: str) -> None:
    house.send(row())
    assert house.client.get(f"/api/v1/{path}", headers=house.bearer("reader")).status_code < 500


def test_an_unknown_variant_is_404(house: House) -> None:
    for path in ("variants/none", "variants/none/explanation", "policy", "policy/versions/7"):
        assert house.client.get(f"/api/v1/{path}", headers=house.bearer("reader")).status_code == 404


def test_metrics_carry_what_the_other_processes_told(house: House) -> None:
    house.store.gauges.put("worker", {"told_last_minute": 7.0}, AT)
    assert 'gateway_told_last_minute{process="worker"} 7.0' in house.client.get("/metrics").text


def test_the_contract_names_every_operation_its_bodies_and_its_problems(house: House) -> None:
    spec: Any = house.client.get("/openapi.json").json
    assert spec["openapi"] == "3.1.0"
    for path, methods in spec["paths"].items():
        for method, operation in methods.items():
            if method not in ("get", "put", "post"):
                continue
            assert operation["operationId"], path
            assert ("security" in operation) is path.startswith("/api/"), path
            if path.startswith(("/api/", "/webhooks/")):
                assert "application/problem+json" in operation["responses"]["503"]["content"]
            if method != "get":
                assert operation["requestBody"]["required"] is (operation["operationId"] not in NEEDS_NO_BODY), path
    readings = spec["paths"]["/api/v1/readings"]["post"]
    assert set(readings["requestBody"]["content"]) == {"application/json", "application/x-ndjson", "text/csv"}
    assert "202" in readings["responses"]
    assert "200" not in readings["responses"]
    asked = {one["name"] for one in spec["paths"]["/api/v1/variants"]["get"]["parameters"]}
    assert asked == {"q", "band", "pool", "tag", "objection", "limit", "cursor"}


def test_vendored_files_are_the_ones_listed() -> None:
    listed = tomllib.loads((VENDOR / "vendor.toml").read_text())["asset"]
    assert listed
    for asset in listed:
        path = VENDOR / asset["file"]
        assert hashlib.sha256(path.read_bytes()).hexdigest() == asset["sha256"]
        assert (path.parent / "LICENSE").exists()


def test_guessing_tokens_spends_an_allowance_and_sending_with_one_does_not(house: House) -> None:
    def left(headers: dict[str, str]) -> int:
        answer = house.client.get("/api/v1/doubts", headers=headers)
        return int(answer.headers["X-RateLimit-Remaining"])

    wrong, right = {"Authorization": "Bearer guess"}, house.bearer("reader")
    allowance = left(right)
    assert [left(right) for _ in range(3)] == [allowance] * 3
    left(wrong)
    assert left(right) == allowance - 1
