"""A house whose feeds are kept: a policy with a pickup pool, products with pictures, and a keeper on our clock."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
from werkzeug.test import TestResponse

from gateway.feeds.keeper import FeedKeeper
from gateway.pipeline.decide import decide_due
from gateway.web import create_app
from tests.builders.web import AT, House, house_on, product, row

POLICY: dict[str, Any] = {
    "schema": 1,
    "name": "House",
    "default_pool": "ship",
    "authority": {"products": "erp", "variants": "erp", "levels": "wms"},
    "locations": {
        "wh": {"kind": "warehouse", "sells_online": True, "ships_online_orders": True},
        "soho": {"label": "Soho", "kind": "store", "sells_online": True, "offers_pickup": True},
        "vault": {"label": "Vault", "kind": "store", "sells_online": True, "offers_pickup": True, "hidden": True},
    },
    "pools": {
        "ship": {"method": "ship", "states": ["available"], "kinds": ["warehouse"]},
        "pickup": {"method": "pickup", "states": ["available"], "kinds": ["store"]},
    },
    "rules": [{"name": "House", "set": {"low_at_units": 5, "healthy_at_units": 10}}],
}


@dataclass
class FeedHouse:
    """A house, its keeper, its data folder and a token."""

    house: House
    keeper: FeedKeeper
    data_dir: Path
    token: str
    at: datetime = AT

    def pass_time(self, seconds: float = 20) -> None:
        """Decide what is due, then let the keeper look so many seconds later."""
        self.at += timedelta(seconds=seconds)
        self.decide()
        self.keeper.step(self.at)

    def decide(self) -> None:
        while decide_due(self.house.services, self.at):
            pass

    def get(self, path: str = "catalog.json", **headers: str) -> TestResponse:
        return self.house.client.get(f"/feeds/{self.token}/{path}", headers=headers, buffered=True)

    def items(self, path: str = "catalog.json") -> Any:
        answer = self.get(path)
        assert answer.status_code == 200, answer.get_data()
        return orjson.loads(answer.get_data())


def feed_house(url: str, data_dir: Path, *, policy: dict[str, Any] | None = None) -> FeedHouse:
    """A house with a policy and a token; nothing is in stock yet."""
    house = house_on(url)
    house.store.epoch.write("first")
    house.store.policies.publish(policy or POLICY, based_on=None, author="a", note="n", at=AT)
    token = house.store.feeds.create_token("klaviyo", AT)
    made = FeedHouse(house, None, data_dir, token)  # type: ignore[arg-type]
    services = replace(
        house.services, settings=replace(house.services.settings, data_dir=data_dir), now=lambda: made.at
    )
    made.house = replace(house, services=services, client=create_app(services).test_client())
    made.keeper = FeedKeeper(services, "first")
    return made


def stock(house: House, variant: str, units: int, *, location: str = "wh", seconds: int = 0) -> None:
    """Tell a level."""
    observed = (AT - timedelta(minutes=1) + timedelta(seconds=seconds)).isoformat()
    assert house.send(row(variant=variant, location=location, quantities={"available": units}, observed_at=observed))


def stock_many(house: House, units: dict[str, int], *, location: str = "wh", seconds: int = 0) -> None:
    """Tell many levels at once."""
    observed = (AT - timedelta(minutes=1) + timedelta(seconds=seconds)).isoformat()
    rows = [
        row(variant=variant, location=location, quantities={"available": count}, observed_at=observed)
        for variant, count in units.items()
    ]
    assert house.send(*rows).get_json()["rejected"] == 0


def tee(number: int, **changes: Any) -> dict[str, Any]:
    """A product with one variant and a picture."""
    variants = [{"id": f"v{number}", "sku": f"TEE-{number}", "title": "M", "price": "19.90", "tracked": True}]
    facts = {"id": f"p{number}", "title": f"Tee {number}", "image_url": f"https://shop.example/{number}.jpg"}
    return product(**{**facts, "variants": variants, "collections": ["tees"], **changes})
