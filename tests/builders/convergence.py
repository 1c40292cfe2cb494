"""One shop told of by three sources, a gateway that hears them badly, and what each level really was at every moment.

Shopify speaks by webhooks, a warehouse by readings over HTTP, a till by files. One clock stands still but for the
history that turns it.
"""

import json
import random
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import redis

from gateway.importing.files import Order, import_files
from gateway.policy_library import PolicyLibrary
from gateway.services import Services
from gateway.settings import Settings
from gateway.store import open_store
from gateway.web import create_app
from gateway.web.api.reading_rows import row_of
from integrations.shopify import ShopifyStock, ShopifyWebhooks, open_shopify
from integrations.shopify.simulator import create_simulator, serve_in_thread
from integrations.shopify.simulator.deliveries import signature
from integrations.shopify.simulator.model import Level, Location, Product, Variant
from integrations.shopify.simulator.shop import Shop
from policies.columns import LEVEL_INACTIVE, NULL, STAMP_SHIFT, from_us
from tests.builders import snapshots
from tests.builders.files import AVAILABILITY as COLUMNS
from tests.builders.files import availability, table

BEGAN = datetime(2026, 11, 25, 6, tzinfo=UTC)
SECRET, DOMAIN = "hush", "harbor-and-pine.myshopify.com"
EAST, SOHO, NORTH, PIER = "1", "2", "north", "pier"
PLACE_OF = {"wms": NORTH, "till": PIER}
ELIGIBLE = frozenset({EAST, NORTH, PIER})
POLICY: dict[str, Any] = {
    "schema": 1,
    "name": "House",
    "default_pool": "ship",
    "authority": {
        "products": "shopify",
        "variants": "shopify",
        "levels": "shopify",
        "levels_at": {NORTH: "wms", PIER: "till"},
    },
    "locations": {
        EAST: {"kind": "warehouse", "sells_online": True, "ships_online_orders": True},
        SOHO: {"kind": "store", "sells_online": True, "ships_online_orders": True},
        NORTH: {"kind": "third_party", "sells_online": True, "ships_online_orders": True},
        PIER: {"kind": "store", "sells_online": True, "ships_online_orders": True},
    },
    "pools": {
        "ship": {"method": "ship", "states": ["available"], "kinds": ["warehouse", "third_party"], "include": [PIER]}
    },
    "rules": [{"name": "House", "set": {"settle_minutes": 10}}],
    "limits": {"source_moves_percent": 100},
}

Key = tuple[str, str, str]
"""Source, variant, location."""
Told = tuple[int | None, bool]
"""What a level is: available, and whether it is active."""


def sellable(told: Told) -> int:
    """What of a level could be sold: nothing of one that is unknown or not active."""
    figure, active = told
    return max(0, figure or 0) if active else 0


@dataclass
class Book:
    """What one level was, and since when."""

    times: list[datetime] = field(default_factory=list)
    values: list[Told] = field(default_factory=list)

    def write(self, at: datetime, value: Told) -> None:
        if not self.values or self.values[-1] != value:
            self.times.append(at)
            self.values.append(value)

    def at(self, moment: datetime) -> Told | None:
        index = bisect_right(self.times, moment)
        return self.values[index - 1] if index else None

    def between(self, start: datetime, end: datetime) -> set[Told]:
        return {self.values[index] for index, time in enumerate(self.times) if start < time <= end}

    def rises(self, after: datetime, until: datetime) -> list[datetime]:
        """When it rose, in a span of time."""
        pairs = zip(self.times[1:], self.values, self.values[1:], strict=False)
        return [at for at, was, now in pairs if after < at <= until and sellable(now) > sellable(was)]


@dataclass
class Outside:
    """The simulated shop, served once for many histories, and the two sources that nobody can ask."""

    shop: Shop
    url: str
    source: ShopifyStock
    clock: list[datetime]
    others: dict[str, dict[str, Told]] = field(default_factory=dict)  # source -> variant -> what it is
    books: dict[Key, Book] = field(default_factory=dict)

    @property
    def at(self) -> datetime:
        return self.clock[0]

    def stock(self, dice: random.Random) -> None:
        """Fill everything anew: four variants of two products."""
        shop, self.clock[0] = self.shop, self.at + timedelta(days=1)
        began = self.at
        for rows in (shop.locations, shop.products, shop.variants, shop.levels, shop.transfers):
            rows.clear()
        shop.variant_of_item.clear()
        shop.locations_of_item.clear()
        shop.locations |= {1: Location(1, "East", began), 2: Location(2, "Soho", began)}
        shop.locations[1].fulfills_online_orders = True
        self.books.clear()
        self.others = {source: {} for source in PLACE_OF}
        for number in range(1, 3):
            page = f"https://shop.example/tee-{number}"
            product = Product(number, f"Tee {number}", f"tee-{number}", "Loom", "Tees", began, began, status="ACTIVE")
            product.online_store_url = page
            shop.products[number] = product
            for size in (1, 2):
                id_ = 100 * number + size
                shop.add_variant(Variant(id_, number, 1_000 + id_, str(size), f"SKU-{id_}", "19.90", began))
                for place in shop.locations:
                    level = Level(1_000 + id_, place, began)
                    level.quantities["available"] = dice.choice((0, 0, 1, 5))
                    shop.add_level(level)
                for others in self.others.values():
                    others[str(id_)] = (dice.choice((0, 0, 2)), True)
        self.write_down()

    def variants(self) -> list[str]:
        return [str(id_) for id_ in self.shop.variants]

    def truth(self) -> dict[Key, Told]:
        """What every source would say now if it were asked."""
        found: dict[Key, Told] = {}
        for level in self.shop.levels.values():
            variant = self.shop.variant_by_item(level.item)
            figure = level.quantities["available"] if variant.tracked else None
            found["shopify", str(variant.id), str(level.location)] = (figure, level.active)
        for source, told in self.others.items():
            found |= {(source, variant, PLACE_OF[source]): value for variant, value in told.items()}
        return found

    def write_down(self) -> None:
        for key, value in self.truth().items():
            self.books.setdefault(key, Book()).write(self.at, value)


class Gateway:
    """One filling of the store, its application and its worker's services."""

    def __init__(self, url: str, outside: Outside, folder: Path, name: str) -> None:
        self.outside, self.folder, self.name = outside, folder, name
        self.store = open_store(url, "t")
        self.store.epoch.write(name, outside.at)
        self.store.policies.publish(POLICY, based_on=None, author="ann", note="", at=outside.at)
        self.services = Services(
            Settings(secret_key="s" * 32),
            self.store,
            PolicyLibrary(self.store),
            now=lambda: outside.at,
            elapsed=lambda: 0.0,
            webhooks=ShopifyWebhooks([SECRET], DOMAIN),
            source=outside.source,
        )
        self.client = create_app(self.services).test_client()
        token = self.store.accounts.create_token("source", "source", outside.at)
        self.bearer = {"Authorization": f"Bearer {token}"}

    def hears_webhook(self, topic: str, raw: bytes, id_: str) -> None:
        headers = {
            "X-Shopify-Hmac-Sha256": signature(SECRET, raw),
            "X-Shopify-Shop-Domain": DOMAIN,
            "X-Shopify-Topic": topic,
            "X-Shopify-Webhook-Id": id_,
        }
        assert self.client.post("/webhooks/shopify", data=raw, headers=headers).status_code == 200

    def hears_readings(self, rows: list[dict[str, Any]]) -> None:
        body = {"source": "wms", "readings": rows}
        assert self.client.post("/api/v1/readings", json=body, headers=self.bearer).status_code < 300

    def hears_snapshot(self, rows: list[dict[str, Any]]) -> None:
        content = snapshots.body(*rows, source="wms", as_of=written(self.outside.at))
        headers = self.bearer | {"Content-Type": "application/x-ndjson"}
        answer = self.client.post("/api/v1/snapshots", data=content, headers=headers)
        assert answer.status_code == 200, answer.text

    def imports(self, content: str) -> dict[str, Any]:
        path = self.folder / "till.csv"
        path.write_text(content, encoding="utf-8")
        return import_files(self.services, Order([path], row_of), self.outside.at).as_json()

    def held(self) -> dict[Key, tuple[Told, datetime]]:
        """What the ledger holds of every level, and as of when."""
        rows, slots = self.store.ledger.read(self.outside.variants()), self.store.ledger.slots()
        found: dict[Key, tuple[Told, datetime]] = {}
        if "available" not in rows.levels.states:  # nothing was ever told
            return found
        place = rows.levels.states.index("available")
        for row, variant in enumerate(rows.variants):
            for column, slot in enumerate(slots[: rows.levels.stamps.shape[1]]):
                stamp, figure = int(rows.levels.stamps[row, column]), int(rows.levels.quantities[row, column, place])
                if stamp:
                    told = (None if figure <= NULL else figure, not stamp & LEVEL_INACTIVE)
                    found[slot.source, variant, slot.location] = (told, from_us(stamp >> STAMP_SHIFT))
        return found

    def places_that_count(self) -> frozenset[str]:
        """The places behind the default pool by the policy in force."""
        version = self.services.policies.current()
        assert version is not None
        pool, places = version.document.pools[version.document.default_pool], version.document.locations
        return frozenset(id_ for id_, place in places.items() if pool.draws_on(id_, place.kind))

    def close(self) -> None:
        self.store.close()


def written(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def readings_of(outside: Outside, *variants: str) -> list[dict[str, Any]]:
    """The warehouse's rows of some variants, or of all."""
    return [
        {
            "variant": variant,
            "location": NORTH,
            "quantities": {"available": figure},
            "observed_at": written(outside.at),
            "active": active,
        }
        for variant, (figure, active) in outside.others["wms"].items()
        if not variants or variant in variants
    ]


def file_of(outside: Outside, *variants: str) -> str:
    """The till's file of some variants, or of all; it knows them by SKU."""
    lines = [
        availability(
            source="till",
            op="upsert" if active else "delete",
            variant_refs="",
            sku=outside.shop.variants[int(variant)].sku or "",
            location_ref=PIER,
            on_hand=str(figure),
            available=str(figure),
            observed_at=written(outside.at),
        )
        for variant, (figure, active) in outside.others["till"].items()
        if not variants or variant in variants
    ]
    return table(COLUMNS, *lines)


@contextmanager
def served_outside() -> Iterator[Outside]:
    """Serve a shop that is filled anew for each history."""
    clock = [BEGAN]

    def now() -> datetime:
        return clock[0]

    def elapsed_s() -> float:
        return (clock[0] - BEGAN).total_seconds()

    def pause(seconds: float) -> None:
        clock[0] += timedelta(seconds=seconds)

    shop = Shop(now, DOMAIN)
    served = serve_in_thread(create_simulator(now, shop=shop, secret=SECRET))
    source = open_shopify(
        shop=DOMAIN,
        base_url=served.url,
        now=now,
        elapsed=elapsed_s,
        pause=pause,
        access_token="shpat_simulated",
    )
    try:
        yield Outside(shop, served.url, source, clock)
    finally:
        served.close()


def emptied(url: str) -> None:
    with redis.Redis.from_url(url) as client:
        client.flushall()


def body_of(payload: dict[str, Any]) -> bytes:
    return json.dumps(payload).encode()
