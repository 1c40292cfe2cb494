"""The real SDK over real HTTP against the simulated account."""

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from integrations.errors import AccessError, PermanentError, TemporaryError
from integrations.klaviyo.simulator.bodies import JOBS, problems
from integrations.ports import CatalogJob
from tests.builders.klaviyo import KEY, Shop, item, simulated, variant

M = "$custom:::$default:::tee-m"
UPDATE = CatalogJob("update_variants", variants=(variant(units=7, sells_when_out=True),))


@pytest.fixture
def shop() -> Iterator[Shop]:
    with simulated(timeout_s=(1.0, 1.5)) as shop:
        yield shop


def stock(shop: Shop) -> None:
    assert not shop.finish(CatalogJob("create_items", items=(item(),))).failed
    assert not shop.finish(CatalogJob("create_variants", variants=(variant(),))).failed


def test_the_account_is_named(shop: Shop) -> None:
    assert shop.catalog.check() == "Sample Shop"
    assert shop.budget.taken == [("account", False)]


def test_a_variant_is_created_updated_and_deleted(shop: Shop) -> None:
    stock(shop)
    assert not shop.finish(UPDATE).failed
    seen = shop.see("catalog")["variant"][M]
    assert (seen["inventory_quantity"], seen["inventory_policy"], seen["description"]) == (7, 2, "Tee / M")
    assert shop.catalog.known("variants", ["tee-m", 'odd"id']) == {"tee-m"}
    assert not shop.finish(CatalogJob("delete_variants", ids=("tee-m",))).failed
    assert shop.catalog.known("variants", ["tee-m"]) == frozenset()
    assert [e["effect"] for e in shop.see("journal")] == ["create", "create", "update", "delete"]


def test_failures_are_named_and_neighbours_are_applied(shop: Shop) -> None:
    stock(shop)
    made = shop.finish(CatalogJob("create_variants", variants=(variant("new"), variant(), variant("x", product="no"))))
    assert set(made.failed) == {"tee-m", "x"}
    assert made.failed["tee-m"].exists_already
    assert not made.failed["x"].exists_already and not made.failed["x"].unknown
    changed = shop.finish(CatalogJob("update_variants", variants=(variant("ghost"), variant())))
    assert set(changed.failed) == {"ghost"} and changed.failed["ghost"].unknown


def test_a_job_waits_before_it_is_applied(shop: Shop) -> None:
    stock(shop)
    shop.order(job_delay_s=60)
    job_id = shop.catalog.submit(UPDATE, urgent=True)
    assert ("catalog.write", True) in shop.budget.taken
    assert not shop.catalog.outcome("update_variants", job_id, job=UPDATE).finished
    assert shop.catalog.unfinished("update_variants") == {job_id}
    assert shop.catalog.unfinished("update_items") == frozenset()
    assert shop.see("catalog")["variant"][M]["inventory_quantity"] == 3


def test_silence_after_sending_leaves_the_outcome_unknown(shop: Shop) -> None:
    stock(shop)
    shop.order(hold_next=1, hold_s=2.5)
    with pytest.raises(TemporaryError) as caught:
        shop.catalog.submit(UPDATE, urgent=False)
    assert caught.value.outcome_unknown
    assert shop.see("catalog")["variant"][M]["inventory_quantity"] == 7


def test_an_unreachable_vendor_has_done_nothing(shop: Shop) -> None:
    with simulated() as other:
        pass
    with pytest.raises(TemporaryError) as caught:
        other.catalog.submit(UPDATE, urgent=False)
    assert not caught.value.outcome_unknown


def test_a_throttled_call_reaches_the_budget_and_is_sent_once(shop: Shop) -> None:
    shop.order(throttle_s=30)
    with pytest.raises(TemporaryError) as caught:
        shop.catalog.known("items", ["tee"])
    assert caught.value.retry_after_s and 29 <= caught.value.retry_after_s <= 31
    assert shop.budget.refusals == [("catalog.read", caught.value.retry_after_s)]
    assert len(shop.budget.taken) == 1


def test_nothing_is_sent_while_the_budget_says_wait(shop: Shop) -> None:
    shop.budget.wait_s = 2.5
    with pytest.raises(TemporaryError) as caught:
        shop.catalog.submit(UPDATE, urgent=False)
    assert caught.value.retry_after_s == 2.5 and not caught.value.outcome_unknown
    assert shop.see("journal") == []


def test_what_is_left_of_the_window_reaches_the_budget(shop: Shop) -> None:
    shop.catalog.submit(CatalogJob("create_items", items=(item(),)), urgent=False)
    family, requests, reset_s = shop.budget.left[-1]
    assert (family, requests) == ("catalog.write", 749) and 0 < reset_s <= 60


def test_the_burst_window_is_enforced(shop: Shop) -> None:
    for _ in range(3):  # one boundary between two seconds may fall among them
        try:
            shop.catalog.check()
        except TemporaryError as error:
            assert error.retry_after_s == 1
            return
    pytest.fail("three account reads in a row should not all pass")


def test_a_server_error_is_temporary(shop: Shop) -> None:
    shop.order(server_errors=1)
    with pytest.raises(TemporaryError):
        shop.catalog.known("items", ["tee"])
    assert shop.catalog.known("items", ["tee"]) == frozenset()


def test_a_revoked_key_is_a_matter_for_a_person_and_is_never_shown(shop: Shop) -> None:
    shop.order(revoked=True)
    with pytest.raises(AccessError) as caught:
        shop.catalog.check()
    assert KEY not in str(caught.value)
    shop.order(revoked=False)
    assert shop.catalog.check() == "Sample Shop"


def test_too_many_records_are_refused_before_sending(shop: Shop) -> None:
    with pytest.raises(PermanentError):
        shop.catalog.submit(CatalogJob("delete_items", ids=tuple(map(str, range(101)))), urgent=False)
    assert shop.budget.taken == []


def test_a_forgotten_job_has_failed_as_a_whole(shop: Shop) -> None:
    assert shop.catalog.outcome("update_variants", "nothing", job=UPDATE).all_failed


def test_the_simulated_catalogue_outlives_a_restart(tmp_path: Path) -> None:
    with simulated(state_file=tmp_path / "klaviyo.json") as first:
        stock(first)
    with simulated(state_file=tmp_path / "klaviyo.json") as second:
        assert second.catalog.known("variants", ["tee-m"]) == {"tee-m"}


def test_a_paced_caller_fills_the_burst_window_without_a_refusal(shop: Shop) -> None:
    job = CatalogJob("update_variants", variants=tuple(variant(str(n)) for n in range(100)))
    started = time.monotonic()
    for n in range(80):
        time.sleep(max(0.0, started + n / 70 - time.monotonic()))
        shop.catalog.submit(job, urgent=False)
    assert shop.budget.refusals == []
    assert len(shop.budget.left) == 80


def test_the_simulator_asks_for_the_keys_that_klaviyo_requires(reference_file: Callable[[str], Path]) -> None:
    schemas = json.loads(reference_file("klaviyo-openapi.json").read_text("utf-8"))["components"]["schemas"]
    for noun, name in (("item", "CatalogItem"), ("variant", "CatalogVariant")):
        required = schemas[f"{name}CreateQueryResourceObject"]["properties"]["attributes"]["required"]
        body = {"data": {"type": f"catalog-{noun}-bulk-create-job", "attributes": {f"{noun}s": {"data": [{}]}}}}
        body["data"]["attributes"][f"{noun}s"]["data"] = [{"type": f"catalog-{noun}", "attributes": {}}]
        wrong = {pointer.rsplit("/", 1)[1] for pointer, _ in problems(JOBS[noun, "create"], body)}
        assert wrong - {"relationships"} == set(required)
