"""A small shop before its launch: simulated shop, gateway and simulated account, all over HTTP, on one clock.

A warehouse, a store that ships and hands out, a store for people who walk in, one for pickup only, a repair desk.
A test moves the shop through its staff door; webhooks, readings, the catalogue and campaigns go their real ways.
"""

import json
import tempfile
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from werkzeug.serving import make_server

from gateway.alerts.step import tell_staff
from gateway.feeds.keeper import FeedKeeper
from gateway.guard.registry import Memory
from gateway.guard.step import guard_turn
from gateway.pipeline.connection import check_connection
from gateway.pipeline.destinations import CATEGORIES, ITEMS, VARIANTS
from gateway.pipeline.gate import Gate
from gateway.pipeline.jobs_in_flight import Polls
from gateway.policy_library import PolicyLibrary
from gateway.reconcile.full import read_everything
from gateway.services import Services
from gateway.settings import Settings
from gateway.store import open_store
from gateway.web import create_app
from gateway.worker import decide_step, deliver_step, reread_step
from integrations.alerts import open_channels
from integrations.klaviyo import KlaviyoCatalog, open_klaviyo
from integrations.shopify import ShopifyWebhooks, open_shopify
from integrations.shopify.simulator import create_simulator, serve_in_thread
from integrations.shopify.simulator.model import Level, Location, Product, Variant
from integrations.shopify.simulator.shop import Shop
from tests.builders.alert_receiver import Receiver, alert_receiver
from tests.builders.browser import Quiet
from tests.builders.klaviyo import KEY, RecordingBudget
from tests.builders.klaviyo_campaigns import Clock, account, static
from tests.builders.processes import until

SECRET, DOMAIN, EPOCH = "hush", "harbor-and-pine.myshopify.com", "launch"
WH, S1, S2, REPAIR, S3 = 1, 3, 4, 6, 5
TEE, CAP, MUG = 101, 102, 103  # items; variants are 1000 more, products 2000 more
NAMES = {TEE: "Tee", CAP: "Cap", MUG: "Mug"}
STORE = {"kind": "store", "sells_online": True, "offers_pickup": True}
POLICY: dict[str, Any] = {
    "schema": 1,
    "name": "Launch",
    "default_pool": "online",
    "authority": dict.fromkeys(("products", "variants", "levels", "transfers", "adjustments"), "shopify"),
    "locations": {
        str(WH): {"kind": "warehouse", "sells_online": True, "ships_online_orders": True},
        str(S1): {**STORE, "ships_online_orders": True},
        str(S2): {"kind": "store"},
        str(S3): {**STORE, "ships_online_orders": False},
        str(REPAIR): {"kind": "repair"},
    },
    "pools": {
        "online": {"method": "ship", "states": ["available"], "kinds": ["warehouse"], "include": [str(S1)]},
        "pickup_s1": {"method": "pickup", "states": ["available"], "include": [str(S1)]},
        "pickup_s3": {"method": "pickup", "states": ["available"], "include": [str(S3)]},
        "walk_in_s2": {"method": "in_store", "states": ["available"], "include": [str(S2)]},
    },
    "rules": [
        {
            "name": "House",
            "set": {"low_at_units": 4, "healthy_at_units": 8, "restock_at_units": 3, "settle_minutes": 2},
        },
        {
            "name": "By hand",
            "when": {"pools": ["pickup_s1", "pickup_s3", "walk_in_s2"]},
            "set": {"restock_at_units": 1},
        },
        {"name": "S1 keeps one", "when": {"locations": [str(S1)]}, "set": {"reserve_units_per_location": 1}},
    ],
    "guards": [
        {
            "name": "Campaigns",
            "pool": "online",
            "hold_when": {"band": "low", "share_percent": 50},
            "release_when": {"band": "healthy", "share_percent": 100},
            "mode": "act",
            "release": "ask",
        }
    ],
    "limits": {"source_moves_percent": 100, "holds_per_hour_percent": 100},
}


def variant_of(item: int) -> str:
    return str(item + 1_000)


@dataclass
class Launch:
    """The three systems and what a person needs to move and see them."""

    clock: Clock
    shop: Shop
    shop_url: str
    web_url: str
    klaviyo_url: str
    services: Services
    staff: Receiver
    token: str
    feed_token: str
    keeper: FeedKeeper
    polls: Polls = field(default_factory=Polls)
    gate: Gate = field(default_factory=Gate)
    memory: Memory = field(default_factory=Memory)
    down: bool = False

    # what people and tills do

    def does(self, action: str, item: int, place: int | None = None, **told: Any) -> Any:
        """Do one thing in the shop; nobody has heard of it yet."""
        where = {} if place is None else {"location": place}
        return _post(f"{self.shop_url}/_sim/{action}", {"item": item, **where, **told})

    def post_shop(self, action: str, **told: Any) -> Any:
        """Do one thing in the shop that names no item."""
        return _post(f"{self.shop_url}/_sim/{action}", told)

    def fault(self, **faults: int) -> None:
        """Have the shop fail in a way, so many times."""
        _post(f"{self.shop_url}/_sim/faults", faults)

    def order(self, page: str, **told: Any) -> Any:
        """Do one thing in Klaviyo."""
        return _post(f"{self.klaviyo_url}/_sim/{page}", told)

    def klaviyo_is_down(self, down: bool) -> None:
        """Have Klaviyo fail whatever it is asked, or work again."""
        self.down = down
        self.order("fail", server_errors=99_999 if down else 0)

    def campaign(self, id_: str, *items: int, **told: Any) -> None:
        """Schedule an e-mail that links to products, for in eight hours."""
        html = "".join(f'<a href="https://shop.example/products/{NAMES[item].lower()}">x</a>' for item in items)
        message = {"id": id_, "channel": "email", "html": html, "send_options": static(self.clock.at)}
        self.order("campaigns", id=f"C-{id_}", name=f"Campaign {id_}", messages=[message | told])

    # what passes by itself

    def passes(self, **time: float) -> None:
        """Let time pass and the gateway work until it rests."""
        self.clock.forward(**(time or {"seconds": 1}))
        until(self._heard, within_s=10, step_s=0.005)
        self._work()
        guard_turn(self.services, self.services.desks, self.memory, self.clock.at, whole=True)  # type: ignore[arg-type]
        self._work()
        self.clock.forward(seconds=5)
        self.keeper.step(self.clock.at)
        tell_staff(self.services, self.clock.at)

    def _work(self) -> None:
        for _ in range(200):
            at = self.clock.at
            did = reread_step(self.services, at) + decide_step(self.services, at)
            did += deliver_step(self.services, at, epoch=EPOCH, polls=self.polls, gate=self.gate)
            depths = [self.services.store.outbox.depth(name, at) for name in (ITEMS, VARIANTS, CATEGORIES)]
            if not did and not any(depth.waiting + depth.leased for depth in depths):
                return
            self.clock.forward(seconds=1)
            if self.down:
                return  # it is tried again another time
        raise AssertionError("the gateway does not come to rest")

    def _heard(self) -> bool:
        """Tell whether every webhook was taken."""
        rows = _get(f"{self.shop_url}/_sim/journal")["rows"]
        sent = {row["event"] for row in rows if row["kind"] == "effect"}
        return sent == {row["event"] for row in rows if row.get("outcome") in ("delivered", "dropped")}

    # what each system shows

    def level(self, item: int, place: int) -> tuple[int, int, int]:
        """What the shop and its tills hold: available, committed, on hand."""
        told = _get(f"{self.shop_url}/_sim/state")
        (found,) = [one for one in told["levels"] if (one["item"], one["location"]) == (item, place)]
        quantities = found["quantities"]
        return quantities["available"], quantities["committed"], quantities["on_hand"]

    def api(self, path: str) -> Any:
        """Read our own interface, over HTTP."""
        return _get(f"{self.web_url}/api/v1/{path}", self.token)

    def post(self, path: str, body: Any) -> Any:
        return _post(f"{self.web_url}/api/v1/{path}", body, self.token)

    def feed(self, name: str) -> list[str]:
        """What a web feed lists, over HTTP as Klaviyo reads it."""
        found = _get(f"{self.web_url}/feeds/{self.feed_token}/web/{name}.json")
        return sorted(item["title"] for item in found["items"])

    def define(self, name: str, **definition: Any) -> None:
        _call("PUT", f"{self.web_url}/api/v1/feeds/web/{name}", definition, self.token)

    def promise(self, item: int, pool: str = "online") -> Any:
        return self.api(f"variants/{variant_of(item)}")["pools"][pool]["promised_units"]

    def band(self, item: int, pool: str = "online") -> str:
        return str(self.api(f"variants/{variant_of(item)}")["pools"][pool]["band"])

    def why(self, item: int, pool: str = "online") -> dict[str, Any]:
        """The steps of a promise by place."""
        told = self.api(f"variants/{variant_of(item)}/explanation?pool={pool}")
        return {step["location"]: step for step in told["steps"]}

    def came_back(self, item: int) -> Any:
        return self.api(f"variants/{variant_of(item)}")["restock"]

    def quantity(self, item: int) -> int:
        """What Klaviyo's catalogue says."""
        return int(self.record("variant", variant_of(item))["inventory_quantity"])

    def record(self, kind: str, id_: str) -> dict[str, Any]:
        """A record of Klaviyo's catalogue."""
        records: dict[str, dict[str, Any]] = _get(f"{self.klaviyo_url}/_sim/catalog")[kind]
        return records[f"$custom:::$default:::{id_}"]

    def message(self, id_: str) -> str:
        return str(_get(f"{self.klaviyo_url}/_sim/messaging")["messages"][id_]["status"])

    def effects(self, *names: str) -> list[str]:
        """What was done in Klaviyo to campaigns."""
        rows = _get(f"{self.klaviyo_url}/_sim/journal")
        return [row["effect"] for row in rows if not names or row["effect"] in names]

    def campaign_effects(self, since: int) -> list[str]:
        """What was done to messages and flows after so many effects."""
        return [effect for effect in self.effects()[since:] if effect in ("reverted", "scheduled", "cancelled")]

    def told(self, words: str) -> int:
        """How many messages to staff say this."""
        return sum(words in message["message"] for message in self.staff.at())

    def audit(self, action: str) -> list[Any]:
        return [row for row in self.api("audit?limit=200")["entries"] if row["action"] == action]


def _shop(clock: Clock) -> Shop:
    shop = Shop(clock.now, DOMAIN, "Harbor & Pine")
    places = ((WH, "Warehouse", True, None), (S1, "Broadway", True, "TWO_HOURS"), (S2, "Soho", False, None))
    for number, name, online, pickup in (*places, (S3, "Camden", False, "TWO_HOURS"), (REPAIR, "Repair", False, None)):
        shop.locations[number] = Location(number, name, clock.at, "New York", "US", True, online, pickup)
    for item, name in NAMES.items():
        product = Product(item + 2_000, name, name.lower(), "Loom", "Goods", clock.at, clock.at, [], "ACTIVE")
        product.online_store_url = f"https://shop.example/products/{name.lower()}"
        shop.products[product.id] = product
        shop.add_variant(Variant(item + 1_000, product.id, item, "One size", name.upper(), "20.00", clock.at))
        for place in (WH, S1, S2, S3, REPAIR):
            level = Level(item, place, clock.at)
            level.quantities["available"] = 99 if place == REPAIR else 20 if item != TEE else 0
            shop.add_level(level)
    return shop


@contextmanager
def launch(redis_url: str, **policy: Any) -> Iterator[Launch]:
    """Open the house: everything read, decided and told once."""
    clock = Clock()
    with ExitStack() as stack:
        store = open_store(redis_url, "t")
        stack.callback(store.close)
        store.epoch.write(EPOCH)
        data = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="launch-")))
        staff = stack.enter_context(alert_receiver())
        klaviyo = stack.enter_context(account(clock))
        klaviyo.order("fail", job_delay_s=0.0)
        services = Services(
            Settings(
                secret_key="s" * 32, klaviyo_api_key=KEY, public_url="https://gateway.shop.example", data_dir=data
            ),
            store,
            PolicyLibrary(store),
            clock.now,
            clock.elapsed,
            webhooks=ShopifyWebhooks([SECRET], DOMAIN),
            publisher=_catalogue(klaviyo.url),
            desks=klaviyo.desks,
            alert_channels=open_channels([staff.url()]),
        )
        web_url = stack.enter_context(_served(services))
        shop = _shop(clock)
        simulator = create_simulator(clock.now, shop=shop, webhook_url=f"{web_url}/webhooks/shopify", secret=SECRET)
        serving = serve_in_thread(simulator)
        stack.callback(serving.close)
        source = open_shopify(
            shop=DOMAIN,
            base_url=serving.url,
            access_token="shpat_simulated",
            now=clock.now,
            elapsed=clock.elapsed,
            pause=lambda seconds: clock.forward(seconds=seconds),
        )
        services = replace(services, source=source)
        tokens = (store.accounts.create_token("mia", "admin", clock.at), store.feeds.create_token("klaviyo", clock.at))
        keeper = FeedKeeper(services, EPOCH)
        house = Launch(clock, shop, serving.url, web_url, klaviyo.url, services, staff, *tokens, keeper)
        store.policies.publish(POLICY | policy, based_on=None, author="mia", note="", at=clock.at)
        check_connection(services, clock.at)
        store.reconciles.want_full("shopify", "A test wants it.")
        until(lambda: _read(house), within_s=20)
        house.passes(seconds=1)
        yield house


def _read(house: Launch) -> bool:
    house.clock.forward(seconds=1)
    read_everything(house.services, house.services.source, house.clock.at)  # type: ignore[arg-type]
    return bool(house.services.store.reconciles.reports("shopify"))


@cache
def _catalogue(url: str) -> KlaviyoCatalog:
    """One client for all tests: the SDK takes a second to get ready."""
    return open_klaviyo(KEY, url, RecordingBudget())


@contextmanager
def _served(services: Services) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, create_app(services), threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(5)
    server.server_close()


def _get(url: str, token: str | None = None) -> Any:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=10) as answer:
        return json.load(answer)


def _post(url: str, body: Any, token: str | None = None) -> Any:
    return _call("POST", url, body, token)


def _call(method: str, url: str, body: Any, token: str | None) -> Any:
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    request = urllib.request.Request(url, json.dumps(body).encode(), headers, method=method)
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.loads(answer.read() or b"null")
