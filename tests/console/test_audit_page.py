"""The audit: filters, pages, the export, and a chain that tells when it was touched."""

import csv
import io
from datetime import timedelta
from typing import Any

import orjson
import pytest
import redis

from gateway.store import audit as audit_store
from tests.builders.people import by_token, user
from tests.builders.web import AT, House


def filled(house: House) -> None:
    trail = house.store.audit
    trail.append("Ann", "policy.publish", "policy 1", {"note": "First", "restores": None}, AT - timedelta(days=2))
    trail.append("guard", "guard.held", "MSG1", {"name": "Autumn"}, AT - timedelta(days=1))
    trail.append("guard", "guard.released", "MSG1", {"name": "Autumn"}, AT)
    trail.append("Bo", "restock.confirmed", "tee-m", {"note": "=HYPERLINK(1)"}, AT)
    trail.append("Ann", "user.add", "=Bo", {"role": "reader"}, AT)


def listed(house: House, role: str = "marketer", **query: Any) -> list[str]:
    answer = house.client.get("/api/v1/audit", query_string=query, headers=house.bearer(role))
    assert answer.status_code == 200, answer.text
    return [entry["action"] for entry in answer.json["entries"]]


@pytest.mark.parametrize(
    ("query", "actions"),
    [
        ({"actor": "GUARD"}, ["guard.released", "guard.held"]),
        ({"action": "guard"}, ["guard.released", "guard.held"]),
        ({"action": "guard.held"}, ["guard.held"]),
        ({"action": "guard.h"}, []),
        ({"target": "msg"}, ["guard.released", "guard.held"]),
        ({"since": "2026-11-22", "until": "2026-11-22"}, ["guard.held"]),
        ({"until": "2026-11-21T12:00:00Z"}, []),
        ({"until": "2026-11-21T12:00:01+00:00"}, ["policy.publish"]),
        ({"actor": "ann", "since": "2026-11-23"}, ["user.add"]),
    ],
)
def test_the_filters_find_what_fits(house: House, query: dict[str, str], actions: list[str]) -> None:
    filled(house)
    assert listed(house, **query) == actions


@pytest.mark.parametrize(
    "time", ["yesterday", "2026-13-01", "2026-11-23T12:00:00", "0001-01-01T00:00:00+14:00", "9" * 40]
)
def test_a_time_that_is_none_is_refused(house: House, time: str) -> None:
    answer = house.client.get("/api/v1/audit", query_string={"since": time}, headers=house.bearer("reader"))
    assert answer.status_code == 422
    assert answer.json["errors"][0]["path"] == "since"


def test_a_reader_does_not_see_what_is_of_accounts(house: House) -> None:
    filled(house)
    user(house, "Cy", password=None)
    assert "user.add" in listed(house, "marketer")
    assert set(listed(house, "reader")) == {"policy.publish", "guard.held", "guard.released", "restock.confirmed"}
    assert listed(house, "reader", action="user") == []
    client = by_token(house, "reader")
    assert "made a one-time link" not in client.get("/audit").text
    assert "user.add" not in client.get("/audit.csv").text


def test_pages_lead_from_the_newest_to_the_oldest(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_store, "CHUNK", 3)
    for number in range(20):
        house.store.audit.append("a" if number % 2 else "b", "x.y", str(number), {}, AT)
    wanted, cursor, found, pages = audit_store.Wanted(actor="a"), None, [], 0
    while True:
        entries, cursor = house.store.audit.page(4, cursor, wanted)
        found += [entry.target for entry in entries]
        pages += 1
        if cursor is None:
            break
    assert found == [str(number) for number in range(19, 0, -2)]
    assert pages == 3


def test_one_page_looks_only_so_far_back(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_store, "CHUNK", 2)
    monkeypatch.setattr(audit_store, "MOST_CHUNKS", 2)
    house.store.audit.append("rare", "x.y", "z", {}, AT)
    for _ in range(6):
        house.store.audit.append("often", "x.y", "z", {}, AT)
    wanted = audit_store.Wanted(actor="rare")
    nothing, cursor = house.store.audit.page(10, None, wanted)
    assert (nothing, cursor is None) == ([], False)
    found, _ = house.store.audit.page(10, cursor, wanted)
    assert [entry.actor for entry in found] == ["rare"]


def test_the_export_has_every_entry_and_no_formula(house: House) -> None:
    filled(house)
    for number in range(120):
        house.store.audit.append("bulk", "x.y", str(number), {}, AT)
    client = by_token(house, "marketer")
    answer = client.get("/audit.csv")
    assert answer.mimetype == "text/csv"
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert len(rows) == 126
    assert rows[-2]["actor"] == "guard"
    assert [row["target"] for row in rows if row["action"] == "user.add"] == ["'=Bo"]
    only = list(csv.DictReader(io.StringIO(client.get("/audit.csv?actor=guard").text)))
    assert [row["action"] for row in only] == ["guard.released", "guard.held"]


def test_the_page_says_it_in_words_and_keeps_the_filters_in_the_address(house: House) -> None:
    filled(house)
    for number in range(60):
        house.store.audit.append("bulk", "guard.held", str(number), {}, AT)
    client = by_token(house, "marketer")
    page = client.get("/audit?action=guard").text
    assert "held a message" in page
    assert "action=guard" in page.partition("Next page")[0].rpartition("href=")[2]
    assert '<option value="guard" selected>' in page
    assert "Nothing was done that fits." in client.get("/audit?actor=nobody").text
    assert client.get("/audit?cursor=x").status_code == 422


@pytest.mark.parametrize("kind", ["changed", "removed"])
def test_the_page_says_when_the_chain_was_touched(house: House, redis_url: str, kind: str) -> None:
    filled(house)
    client = by_token(house, "marketer")
    assert "entries are as they were written" in client.get("/audit").text
    stored = redis.Redis.from_url(redis_url, decode_responses=True)
    key = "{t}:audit"
    entries = stored.xrange(key)
    stored.xdel(key, entries[1][0])
    if kind == "changed":
        stored.delete(key)
        for number, (id_, fields) in enumerate(entries):
            body = orjson.loads(fields["d"])
            told = orjson.dumps(["Zoe", *body[1:]]).decode() if number == 1 else fields["d"]
            stored.xadd(key, {"h": fields["h"], "d": told}, id=id_)
    stored.close()
    assert "An entry was changed or taken out" in client.get("/audit").text
