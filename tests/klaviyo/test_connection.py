"""The connection: whose account the key opens, what it may do, and what people see of it."""

from dataclasses import replace
from typing import Any

import pytest

from gateway.jobs.timetable import timetable
from gateway.pipeline.connection import check_connection, may_write
from gateway.settings import Settings
from tests.builders.feeds import stock, tee
from tests.builders.klaviyo import KEY
from tests.builders.mirror import Mirror


def shown(mirror: Mirror) -> Any:
    answer = mirror.house.client.get("/api/v1/connection", headers=mirror.house.bearer("reader"))
    assert answer.status_code == 200
    return answer.get_json()


def test_a_house_belongs_to_the_first_account_it_sees(mirror: Mirror) -> None:
    assert may_write(mirror.services)
    seen = shown(mirror)
    assert (seen["account"], seen["writable"], seen["problems"]) == ({"id": "SAMPLE", "name": "Sample Shop"}, True, [])


def test_another_accounts_key_writes_nothing_until_an_admin_adopts_it(mirror: Mirror) -> None:
    mirror.put(tee(1))
    stock(mirror.house, "v1", 4)
    mirror.settle()
    connections = mirror.house.store.connections
    connections.unpin("klaviyo")
    connections.pin("klaviyo", "FIRST")
    mirror.check()
    assert not may_write(mirror.services)
    effects = len(mirror.shop.see("journal"))
    stock(mirror.house, "v1", 9, seconds=5)
    mirror.turn(10)
    assert len(mirror.shop.see("journal")) == effects
    problem = shown(mirror)["problems"][0]
    assert "SAMPLE" in problem and "FIRST" in problem
    assert mirror.house.store.doubts.open(9)[0][0].kind == "connection"
    client, path = mirror.house.client, "/api/v1/connection/adopt"
    assert client.post(path, json={"note": "x"}, headers=mirror.house.bearer("marketer")).status_code == 403
    admin = mirror.house.bearer("admin")
    assert client.post(path, json={}, headers=admin).status_code == 422
    assert client.post(path, json={"note": "We moved."}, headers=admin).status_code == 200
    mirror.check()
    assert may_write(mirror.services) and mirror.house.store.doubts.count() == 0
    assert mirror.audit()["counts"]["extra"] == 2  # that account is told everything
    mirror.settle()
    assert mirror.variant("v1")["inventory_quantity"] == 9


def test_a_key_that_was_never_seen_to_open_the_account_writes_nothing(mirror: Mirror) -> None:
    mirror.set(klaviyo_api_key="pk_another_key_entirely")
    assert not may_write(mirror.services)
    mirror.set(klaviyo_api_key=KEY)
    assert may_write(mirror.services)


def test_a_revoked_key_is_told_in_words_and_an_outage_is_not_taken_for_one(mirror: Mirror) -> None:
    mirror.shop.order(server_errors=1)
    mirror.check()
    assert may_write(mirror.services) and shown(mirror)["problems"]
    mirror.shop.order(revoked=True)
    mirror.check()
    assert not may_write(mirror.services)
    assert "KLAVIYO_API_KEY" in shown(mirror)["problems"][0] and KEY not in str(shown(mirror))
    mirror.shop.order(revoked=False)
    mirror.check()
    assert may_write(mirror.services) and mirror.house.store.doubts.count() == 0


def test_reads_that_must_wait_do_not_keep_the_account_from_being_known(mirror: Mirror) -> None:
    mirror.set(klaviyo_api_key="pk_a_newer_key_of_the_same_account")
    real = mirror.shop.budget.take

    def without_reads(family: str, *, urgent: bool = False) -> float:
        return 0.5 if family == "catalog.read" else real(family, urgent=urgent)

    mirror.shop.budget.take = without_reads  # type: ignore[method-assign]
    mirror.check()
    assert may_write(mirror.services) and shown(mirror)["problems"] == []


def test_people_see_what_waits_what_was_sent_and_how_much_of_the_limit_is_used(mirror: Mirror) -> None:
    budget = mirror.house.store.budget("klaviyo")
    for _ in range(3):
        assert budget.take("catalog.write", urgent=True) == 0
    budget.refused("account", 30)
    mirror.put(tee(1))
    seen = shown(mirror)
    assert seen["mode"] == "api" and seen["outbox"]["klaviyo.items"]["waiting"] == 1 and seen["behind_s"] >= 0
    uses = {one["family"]: one for one in seen["allowance"]}
    assert (uses["catalog.write"]["used"], uses["catalog.write"]["share"]) == (3, 3 / 750)
    assert 29 <= uses["account"]["held_s"] <= 30 and uses["catalog.write"]["held_s"] == 0
    assert seen["catalog_audit"] == {"running": None, "last": None}


def test_the_timetable_checks_and_audits_where_there_is_a_key() -> None:
    jobs = {job.task: job.every_s for job in timetable(Settings(klaviyo_api_key="k", catalog_audit_interval_s=77))}
    assert {name: every_s for name, every_s in jobs.items() if name.startswith("klaviyo.")} == {
        "klaviyo.connection": 900,
        "klaviyo.catalog_audit": 77,
    }
    assert not [job for job in timetable(Settings()) if job.task.startswith("klaviyo.")]


def test_without_a_key_nothing_is_checked(mirror: Mirror) -> None:
    state = mirror.house.store.connections.state("klaviyo")
    check_connection(replace(mirror.services, publisher=None), mirror.feeds.at)
    assert mirror.house.store.connections.state("klaviyo") == state


@pytest.mark.parametrize("mode", ["both", "API", ""])
def test_the_catalogue_goes_by_api_or_by_feed(mode: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KLAVIYO_CATALOG", mode)
    try:
        chosen = Settings.from_environ().klaviyo_catalog
    except Exception as error:  # noqa: BLE001
        assert "KLAVIYO_CATALOG" in str(error)
    else:
        assert mode == "" and chosen == "api"
