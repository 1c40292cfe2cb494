"""Deciding: everything again after an edit, one variant and why, and what many rules cost."""

import functools
import time
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from typing import Any

from gateway.pipeline.decide import decide_due
from gateway.pipeline.read import accept_readings
from gateway.services import Services
from gateway.worker import redecide
from policies.compile import compile_document
from policies.decision import decide
from tests.bench import naive, shop
from tests.bench.ground import Ground, default_policy, fresh_ground, publish
from tests.bench.registry import Contest, bench

LIVE = 300
ROUNDS = 3
FEW, MANY = 10, 10_000
EXPLAINED = 2_000


def _edited(number: int) -> dict[str, Any]:
    policy = default_policy(shop.LOCATIONS)
    rule = policy["rules"][0]
    return {**policy, "rules": [{**rule, "set": {**rule["set"], "buffer_units": 2 + number}}, *policy["rules"][1:]]}


def _reevaluated(services: Services, number: int) -> float:
    """Publish an edit and decide everything by it; milliseconds."""
    publish(services, _edited(number), shop.NOON + timedelta(minutes=number))
    services.policies.current()
    begun = time.perf_counter()
    redecide(services, services.now())
    spent_ms = 1000 * (time.perf_counter() - begun)
    by = services.store.ledger.read([shop.variant_name(n) for n in range(0, shop.VARIANTS, 97)]).policies
    if set(by.tolist()) != {services.store.policies.current_number()}:
        raise RuntimeError("Some variants were not decided by the new policy.")
    return spent_ms


@functools.cache
def _rounds() -> tuple[tuple[float, float], ...]:
    """Measure once for both figures: (naive, ours) of each round."""
    with fresh_ground(copy_of=shop.filled()) as ground:
        services = ground.services()
        rounds = tuple((naive.milliseconds(shop.Size()), _reevaluated(services, 1 + n)) for n in range(ROUNDS))
        services.store.close()
    return rounds


@bench("decide.reevaluate_1m", unit="ms", reference="N", must=20, moonshot=80, ratio="reference/ours")
def reevaluate(_: Ground) -> Iterator[Contest]:
    """A policy edit to the last of 20,000 x 50 decisions stored, against a loop over objects that scans the rules."""
    ours, theirs = iter(_rounds()), iter(_rounds())
    yield Contest(lambda: next(ours)[1], lambda: next(theirs)[0], rounds=ROUNDS)


@bench("decide.reevaluate_1m_time", unit="ms", must=60, moonshot=20, smaller_is_better=True)
def reevaluate_time(_: Ground) -> Iterator[Contest]:
    """The same by the clock."""
    ours = iter(_rounds())
    yield Contest(lambda: next(ours)[1], rounds=ROUNDS)


@bench("decide.explain", unit="us", must=30, moonshot=10, smaller_is_better=True)
def explain(_: Ground) -> Iterator[Contest]:
    """One variant at 50 locations decided with every step and objection kept, from values to values."""
    compiled, variant, levels = naive.one_variant(compile_document)

    def ours() -> float:
        begun = time.perf_counter()
        for _ in range(EXPLAINED):
            decide(compiled, variant, levels, {}, shop.NOON)
        return 1e6 * (time.perf_counter() - begun) / EXPLAINED

    yield Contest(ours)


def _ruled(rules: int) -> dict[str, Any]:
    policy = default_policy(shop.LOCATIONS)
    more = [
        {"name": f"Rule {n}", "when": {"skus": [f"SKU-{n}"]}, "set": {"buffer_units": n % 5}} for n in range(rules - 1)
    ]
    return {**policy, "rules": [*policy["rules"], *more]}


def _live(services: Services, size: shop.Size, minute: int) -> float:
    """Change one level and decide, many times over; the milliseconds of one."""
    at = shop.NOON + timedelta(minutes=minute)
    readings = shop.changes(LIVE, size, minute, at)
    begun = time.perf_counter()
    for number, reading in enumerate(readings):
        moment = at + timedelta(milliseconds=number)
        accept_readings(services, [reading], moment)
        decide_due(services, moment)
    return 1000 * (time.perf_counter() - begun) / LIVE


@bench("decide.rules", unit="ms", reference="10 rules", must=1.2, moonshot=1.05, smaller_is_better=True)
def rules(ground: Ground) -> Iterator[Contest]:
    """One changed level to its stored decision under 10,000 rules, against the same under ten."""
    size, minutes = shop.Size(2_000, shop.LOCATIONS), count(1)
    houses = {}
    for number in (FEW, MANY):
        houses[number] = ground.services(f"rules-{number}")
        shop.fill(houses[number], size)
        publish(houses[number], _ruled(number), shop.NOON)
        _live(houses[number], size, 0)  # compiles
    yield Contest(lambda: _live(houses[MANY], size, next(minutes)), lambda: _live(houses[FEW], size, next(minutes)))
    for services in houses.values():
        services.store.close()
