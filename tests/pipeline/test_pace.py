"""How delivery and settling share Klaviyo's allowance: no claim without a turn, no read for a job that still runs."""

from dataclasses import replace
from datetime import timedelta

from gateway.pipeline.deliver import deliver_due
from gateway.pipeline.destinations import ITEMS
from gateway.pipeline.jobs_in_flight import Polls, settle_jobs
from gateway.services import Services
from tests.builders.klaviyo import Shop, simulated
from tests.builders.web import AT, POLICY, House, house_on, product


def connected(house: House, shop: Shop, products: int) -> Services:
    house.store.policies.publish(POLICY, based_on=None, author="a", note="n", at=AT)
    house.put_catalog(*(product(id=f"tee-{n}", variants=[{"id": f"tee-{n}-m"}]) for n in range(products)))
    return replace(house.services, publisher=shop.catalog)


def test_without_a_turn_nothing_is_claimed_and_nothing_loses_its_place(redis_url: str) -> None:
    with simulated() as shop:
        house = house_on(redis_url)
        services = connected(house, shop, 3)
        shop.budget.wait_s = 5.0
        assert deliver_due(services, AT) == 0
        assert house.store.outbox.depth(ITEMS, AT).leased == 0
        shop.budget.wait_s = 0.0
        assert deliver_due(services, AT) == 6  # products, and variants of which nothing is to be said yet
        house.store.close()


def test_a_backlog_is_handed_in_as_full_jobs(redis_url: str) -> None:
    with simulated() as shop:
        house = house_on(redis_url)
        services = connected(house, shop, 250)
        deliver_due(services, AT)
        assert [family for family, _ in shop.budget.taken].count("catalog.write") == 3
        assert len(house.store.jobs.all(ITEMS)) == 3
        house.store.close()


def test_jobs_that_still_run_are_told_from_those_that_ended_by_one_list(redis_url: str) -> None:
    with simulated() as shop:
        house = house_on(redis_url)
        services = connected(house, shop, 350)
        shop.order(job_delay_s=60)
        deliver_due(services, AT)
        shop.budget.taken.clear()
        assert settle_jobs(services, ITEMS, AT + timedelta(seconds=1), Polls()) == 4
        assert {family for family, _ in shop.budget.taken} == {"jobs.list"}
        house.store.close()


def test_a_job_that_there_was_no_turn_to_ask_after_is_asked_after_at_the_next(redis_url: str) -> None:
    with simulated() as shop:
        house = house_on(redis_url)
        services, polls = connected(house, shop, 1), Polls()
        deliver_due(services, AT)
        shop.budget.wait_s = 0.1
        assert settle_jobs(services, ITEMS, AT + timedelta(seconds=1), polls) == 1
        shop.budget.wait_s = 0.0
        assert settle_jobs(services, ITEMS, AT + timedelta(seconds=1), polls) == 0
        house.store.close()
