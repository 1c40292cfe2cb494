"""Everything of a large shop, from its bulk files into the ledger: how fast, and in how much memory."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from integrations.shopify.simulator.model import Level, Location, Product, Variant
from integrations.shopify.simulator.shop import Shop
from tests.builders.reconcile import DOMAIN, Beside, beside, now

ROOT = Path(__file__).resolve().parents[2]
VARIANTS, PLACES = 25, 10


def large_shop(levels: int) -> Shop:
    """Products of 25 variants, each stocked at 10 places."""
    at = now()
    shop = Shop(now, DOMAIN)
    for place in range(1, PLACES + 1):
        shop.locations[place] = Location(place, f"Place {place}", at)
    for number in range(levels // (VARIANTS * PLACES)):
        product = Product(1_000 + number, f"Tee {number}", f"tee-{number}", "Loom", "Tees", at, at)
        shop.products[product.id] = product
        for position in range(VARIANTS):
            id_ = 1_000_000 + number * VARIANTS + position
            shop.add_variant(Variant(id_, product.id, 5_000_000 + id_, str(position), f"T-{id_}", "19.90", at))
            for place in shop.locations:
                level = Level(5_000_000 + id_, place, at)
                level.quantities["available"] = (id_ + place) % 50
                shop.add_level(level)
    return shop


def read_whole(redis_url: str, url: str) -> dict[str, Any]:
    run = [sys.executable, "-m", "tests.reconcile.reader_process", redis_url, DOMAIN, url]
    told = subprocess.run(run, cwd=ROOT, check=True, capture_output=True, text=True, timeout=1200)
    return dict(json.loads(told.stdout.splitlines()[-1]))


def held_exactly(pair: Beside) -> bool:
    return pair.held() == pair.truth()


def report(name: str, told: dict[str, Any], print_: Callable[..., None] = print) -> None:
    rate = told["seen"] / told["seconds"]
    cost = f"{told['processor_s']:.1f} s of a processor, peak {told['peak_mib']:.0f} MiB"
    print_(f"{name}: {told['seen']} levels in {told['seconds']:.1f} s ({rate:.0f}/s), {cost}")


@pytest.mark.timeout(300)
@pytest.mark.parametrize("levels", [20_000])
def test_a_large_shop_is_read_whole_and_again_without_a_change(redis_url: str, levels: int) -> None:
    with beside(redis_url, large_shop(levels)) as pair:
        url = pair.url
        first = read_whole(redis_url, url)
        assert first["seen"] == levels
        assert held_exactly(pair)
        again = read_whole(redis_url, url)
        report("first", first)
        report("again", again)
        assert first["peak_mib"] < 150
        assert first["seconds"] < levels / 1000
        counts = pair.services.store.sources.all()[0].counts
        assert (counts["accepted"], counts["unchanged"]) == (levels, levels)


@pytest.mark.long
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("levels", [100_000, 1_000_000])
def test_a_million_levels_are_read_in_five_minutes_and_400_mib(redis_url: str, levels: int) -> None:
    with beside(redis_url, large_shop(levels)) as pair:
        told = read_whole(redis_url, pair.url)
        report(f"{levels} levels", told)
        assert told["seen"] == levels
        assert told["peak_mib"] < 400
        assert told["seconds"] < 300
        assert held_exactly(pair)
