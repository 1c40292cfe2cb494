"""`gateway doctor`: what is wrong is named with its remedy, and nothing else is."""

from gateway.commands.doctor import problems_of
from tests.builders.web import AT, POLICY, house_on


def test_a_new_server_is_told_what_it_lacks(redis_url: str) -> None:
    house = house_on(redis_url)
    told = " ".join(problems_of(house.services))
    for word in ("gateway release", "No policy is published", "No clock is acting"):
        assert word in told
    house.store.close()


def test_a_house_that_is_set_up_has_no_problem_but_those_of_its_server(redis_url: str) -> None:
    house = house_on(redis_url)
    house.store.policies.publish(POLICY, based_on=None, author="a", note="n", at=AT)
    house.store.epoch.write("e1")
    lease = house.store.lease("clock")
    assert lease.acquire(blocking=False)
    told = list(problems_of(house.services))
    assert [problem for problem in told if not problem.startswith("The server")] == []
    lease.release()
    house.store.close()
