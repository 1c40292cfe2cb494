"""Waves under simulated demand, against telling five a unit at once as Klaviyo's own flow does by default."""

import random

import pytest

from policies.document import RestockTerms
from tests.builders.waves import Waiting, people
from tests.waves.demand import BUYS, COMES, RESTOCK_AT, Afternoon, sold_out_share

CONVERSION = COMES * BUYS
OURS = RestockTerms(customers_per_unit=max(1, int(0.5 / CONVERSION)), wave_minutes=60, max_wave=500)
"""Half of what the observed conversion would allow for each unit: others buy too, and waves follow."""
NATIVE = RestockTerms(customers_per_unit=5, wave_minutes=60, max_wave=10**6)
"""Klaviyo's default of "customers to notify", again after its wait time; it has no mark that units must reach again."""
BOUND = 0.03


@pytest.mark.parametrize("seed", range(40))
def test_nobody_hears_below_restock_at_nor_twice_in_an_episode(seed: int) -> None:
    day = Afternoon(seed, OURS).run()
    assert day.heard
    assert all(units >= RESTOCK_AT for _, _, units, _ in day.heard)
    assert len({(person, episode) for _, person, _, episode in day.heard}) == len(day.heard)
    by_person: dict[int, list[object]] = {}
    for at, person, _, _ in day.heard:
        by_person.setdefault(person, []).append(at)
    assert all(len(times) == 1 for times in by_person.values())  # a day is shorter than again_after_hours


def test_fewer_of_those_told_find_it_sold_out() -> None:
    assert sold_out_share(OURS, 60) < min(BOUND, sold_out_share(NATIVE, 60, restock_at=1))


@pytest.mark.long
def test_the_share_that_finds_it_sold_out_over_a_thousand_seeds(capsys: pytest.CaptureFixture[str]) -> None:
    ours, native = sold_out_share(OURS, 1000), sold_out_share(NATIVE, 1000, restock_at=1)
    with capsys.disabled():
        print(f"\ntold and found it sold out: waves {ours:.2%}, five a unit at once {native:.2%}")  # noqa: T201
    assert ours < BOUND < native


@pytest.mark.parametrize("seed", range(4))
def test_the_whole_house_keeps_its_word_under_random_stock(waiting: Waiting, seed: int) -> None:
    rng, heard, units = random.Random(seed), dict[str, list[int]](), 0
    waiting.publishes(wave_minutes=10, again_after_hours=1)
    for _ in range(25):
        before = len(waiting.told())
        units = max(0, units + rng.choice([-6, -3, -1, 0, 2, 5]))
        waiting.has(units, decided=rng.random() < 0.7)
        waiting.join(*rng.sample(people(12), 3))
        waiting.works()
        news = waiting.told()[before:]
        (restock,) = waiting.store.restocks.get(["tee-m"])
        if news:
            assert units >= 3 and restock is not None
        for person in news:
            assert restock is not None and restock.episode not in heard.setdefault(person, [])
            heard[person].append(restock.episode)
        waiting.passes(minutes=rng.choice([1, 5, 15]))
    assert heard
