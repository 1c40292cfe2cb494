"""The sample shop is big enough and mixed enough; life keeps it true; a second start goes on."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import httpx

from integrations.shopify.simulator import saved, staff
from integrations.shopify.simulator.life import WEIGHTS, Life
from integrations.shopify.simulator.model import NAMES, PHYSICAL
from integrations.shopify.simulator.sample_shop import sample_shop
from tests.shopify_simulator.conftest import now


def fixed() -> object:
    return now().replace(year=2026, month=11, day=23, hour=9, minute=0, second=0, microsecond=0)


def test_the_sample_shop_has_every_kind_of_stock() -> None:
    shop = sample_shop(now)
    assert len(shop.products) >= 300
    assert len(shop.variants) >= 1500
    assert [row.name for row in shop.locations.values()][-1] == "Pop-up pier"
    available = [level.quantities["available"] for level in shop.levels.values()]
    assert min(available) < 0 < max(available)
    assert 0 in available
    assert any(level.quantities["damaged"] for level in shop.levels.values())
    assert any(not level.active and level.on_hand > 0 for level in shop.levels.values())
    assert any(shop.sellable_online(item) <= 0 < shop.total_available(item) for item in shop.locations_of_item)
    assert len({row.handle for row in shop.products.values()}) == len(shop.products)
    assert len({row.sku for row in shop.variants.values()}) == len(shop.variants)
    tags = {tag for row in shop.products.values() for tag in row.tags}
    assert {"sneakers", "tees", "sale", "doorbusters"} <= tags


def test_the_same_seed_lives_the_same_life() -> None:
    ends = []
    for _ in range(2):
        shop = sample_shop(fixed, products=30)
        life = Life(shop, 1.0)
        for _ in range(500):
            life.step()
        ends.append(staff.state(shop))
    assert ends[0] == ends[1]


def test_life_keeps_the_identity_and_uses_every_kind_of_event() -> None:
    shop = sample_shop(now, products=30)
    life = Life(shop, 1.0)
    seen = {life.step() for _ in range(3000)}
    assert set(WEIGHTS) <= seen
    for level in shop.levels.values():
        told = {name: level.quantity(name) for name in NAMES}
        assert told["on_hand"] == sum(told[state] for state in PHYSICAL)
        assert all(told[state] >= 0 for state in NAMES if state not in ("available", "on_hand"))
    incoming = sum(level.quantities["incoming"] for level in sample_shop(now, products=30).levels.values())
    underway = sum(row.unreceived for row in shop.transfers.values() if row.status == "IN_PROGRESS")
    assert sum(level.quantities["incoming"] for level in shop.levels.values()) == incoming + underway


def test_a_saved_shop_comes_back_the_same(tmp_path: Path) -> None:
    shop = sample_shop(now, products=30)
    life = Life(shop, 1.0)
    for _ in range(300):
        life.step()
    saved.save(shop, tmp_path / "shop.json")
    again = saved.load(tmp_path / "shop.json", now)
    assert staff.state(again) == staff.state(shop)
    assert again.next_id() == shop.next_id()


SERVE = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from integrations.shopify.simulator import serve
serve(int(sys.argv[1]), now=lambda: datetime.now(UTC), life=50.0, state_file=Path(sys.argv[2]))
"""


def test_a_terminated_server_leaves_its_state_and_goes_on_from_it(tmp_path: Path) -> None:
    kept = tmp_path / "shop.json"
    sizes = []
    for _ in range(2):
        process = subprocess.Popen([sys.executable, "-c", SERVE, "18931", str(kept)], cwd=Path.cwd())
        try:
            transport = httpx.HTTPTransport(retries=6)
            with httpx.Client(base_url="http://127.0.0.1:18931", transport=transport, trust_env=False) as client:
                client.post("/_sim/edit_product", json={"product": 1001, "changes": {"title": "Kept"}})
                sizes.append(client.get("/_sim/state").json()["products"][0]["title"])
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(15) == 0
        document = json.loads(kept.read_text())
        assert document["products"][0]["title"] == "Kept"
    assert sizes == ["Kept", "Kept"]
