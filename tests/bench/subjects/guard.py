"""The guard: what verdicts cost, what 2,000 campaigns cost Klaviyo, how soon a last unit sold holds its campaign."""

import functools
import json
import statistics
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any

from gateway.guard.check import look
from gateway.guard.features import known_features
from gateway.guard.judging import judge_messages
from gateway.guard.registry import Memory
from gateway.guard.step import guard_turn
from gateway.pipeline.read import accept_readings
from gateway.services import Services
from gateway.store.campaigns import FeatureLine, Features
from integrations.klaviyo import open_desks
from integrations.ports import Message
from policies.guard import Schedule
from policies.values import Reading
from tests.bench import shop
from tests.bench.ground import Ground, default_policy, fresh_ground, location_name, publish
from tests.bench.klaviyo import KEY, Account, simulated_account
from tests.bench.processes import worker
from tests.bench.registry import Contest, bench

FEATURED, CAMPAIGNS, OF_EACH = 200, 2_000, 10
SMALL = shop.Size(2_000, 5)
REPEATS = 20
SOLD, LONG = 12, 60
INTERVAL_S, AFTER_S = 60, 5
GUARD: dict[str, Any] = {
    "name": "Campaigns",
    "pool": "ship",
    "hold_when": {"band": "out", "share_percent": 50},
    "release_when": {"band": "healthy", "share_percent": 100},
    "mode": "act",
    "release": "never",
}


@bench("guard.verdict", unit="ms", must=20, moonshot=5, smaller_is_better=True)
def verdict(ground: Ground) -> Iterator[Contest]:
    """One campaign over 200 variants, from the stored decisions to a verdict with its reasons."""
    services = _guarded(ground, SMALL)
    messages = [_message(0, services.now())]
    services.store.campaigns.put_readings({"M0": _features(range(FEATURED))})
    version, known = services.policies.current(), known_features(services.store)
    assert version is not None

    def ours() -> float:
        begun = time.perf_counter()
        for _ in range(REPEATS):
            judged, _ = judge_messages(services, version, messages, known, services.now())
        if len(judged["M0"].verdict.judged) != FEATURED:
            raise RuntimeError("Not every variant was judged.")
        return 1_000 * (time.perf_counter() - begun) / REPEATS

    yield Contest(ours)
    services.store.close()


@bench("guard.verdicts_2000", unit="ms", must=2_000, moonshot=500, smaller_is_better=True)
def verdicts(ground: Ground) -> Iterator[Contest]:
    """One look at 2,000 campaigns due, ten variants each: read from the store, judged, reasons written."""
    services = _guarded(ground, SMALL)
    _remember(services, CAMPAIGNS)
    version = services.policies.current()
    assert version is not None

    def ours() -> float:
        begun = time.perf_counter()
        check = look(services, version, known_features(services.store), services.now())
        if len(check.judged) != CAMPAIGNS:
            raise RuntimeError("Not every campaign was judged.")
        return 1_000 * (time.perf_counter() - begun)

    yield Contest(ours)
    services.store.close()


@bench("guard.calls", unit="requests/min", must=150, moonshot=120, smaller_is_better=True)
def calls(ground: Ground) -> Iterator[Contest]:
    """The busiest family of requests in a minute's turn while 2,000 campaigns are due and their contents are read."""
    with simulated_account(0.0, {"item": {}, "variant": {}}) as account:
        services, counted = _guarded(ground, SMALL), _Counting(account)
        desks = open_desks(KEY, account.url, counted, pause=lambda _: None)
        for number in range(CAMPAIGNS):
            _campaign(account, number, f"https://shop.example/products/{number % 500}", services.now())
        memory = Memory()

        def ours() -> float:
            counted.taken.clear()
            guard_turn(services, desks, memory, services.now(), whole=True)
            return float(max(counted.taken.values()))

        yield Contest(ours, rounds=2)
        services.store.close()


@bench("guard.last_unit", unit="s", must=INTERVAL_S + AFTER_S, moonshot=3, smaller_is_better=True)
def last_unit(ground: Ground) -> Iterator[Contest]:
    """From the reading that sells out what a campaign features to Klaviyo having it back in draft, 99th percentile."""
    yield Contest(lambda: statistics.quantiles(_waits(ground.long), n=100)[-1], rounds=1)


@bench("guard.last_unit_median", unit="s", must=5, moonshot=1.5, smaller_is_better=True)
def last_unit_median(ground: Ground) -> Iterator[Contest]:
    """The same in the middle: a changed variant wakes the guard of the campaigns that feature it, at once."""
    yield Contest(lambda: statistics.median(_waits(ground.long)), rounds=1)


class _Counting:
    """A budget that lets all pass and counts by family; time passes so that the account's windows never fill."""

    def __init__(self, account: Account) -> None:
        self.taken: Counter[str] = Counter()
        self._account = account

    def take(self, family: str, *, urgent: bool = False) -> float:
        """Count a request."""
        self.taken[family] += 1
        self._account.begun -= 2
        return 0.0

    def turns(self, family: str, *, urgent: bool = False) -> int:
        """Let all pass."""
        return 1_000

    def refused(self, family: str, retry_after_s: float) -> None:
        """Forget it."""

    def remaining(self, family: str, requests: int, reset_s: float) -> None:
        """Forget it."""


@functools.cache
def _waits(long: bool) -> tuple[float, ...]:
    """Sell one variant after the other out under a real worker; how long each took to be held."""
    count, random = LONG if long else SOLD, Random(7)
    with fresh_ground() as ground, simulated_account(0.0, {"item": {}, "variant": {}}) as account:
        services = _guarded(ground, SMALL)
        for number in range(count):
            _campaign(account, number, f"https://shop.example/products/{number}", services.now())
        ground.release()
        sold: dict[str, datetime] = {}
        with worker({**ground.environment, "KLAVIYO_API_KEY": KEY, "KLAVIYO_BASE_URL": account.url}):
            _until(lambda: len(services.store.campaigns.verdicts()) == count, 90)
            for number in random.sample(range(count), count):
                time.sleep(random.random() * 2)
                sold[f"M{number}"] = _sell_out(services, number)
            _until(lambda: len(_held(account)) == count, INTERVAL_S + AFTER_S)
        held = _held(account)
        services.store.close()
    return tuple((held[message] - at).total_seconds() for message, at in sold.items())


def _guarded(ground: Ground, size: shop.Size) -> Services:
    """Fill a shop whose every variant is in stock, with a guard that acts."""
    services = ground.services()
    shop.fill(services, size, more=20)
    limits = {"holds_per_hour_percent": 100, "source_moves_percent": 100}
    publish(services, default_policy(size.locations, guards=[GUARD], limits=limits), shop.NOON)
    shop.decide_all(services, services.now())
    return services


def _remember(services: Services, count: int) -> None:
    random, at = Random(7), services.now()
    services.store.campaigns.put_messages("campaigns", [_message(number, at) for number in range(count)], at)
    features = {f"M{n}": _features(random.sample(range(SMALL.variants), OF_EACH)) for n in range(count)}
    services.store.campaigns.put_readings(features)


def _features(numbers: Any) -> Features:
    return Features("content", tuple(FeatureLine(shop.variant_name(number), "hero", "link") for number in numbers))


def _message(number: int, at: datetime) -> Message:
    schedule = Schedule("static", at + timedelta(hours=8))
    return Message(f"M{number}", f"C{number}", f"Campaign {number}", "email", "scheduled", "scheduled", at, schedule)


def _campaign(account: Account, number: int, link: str, at: datetime) -> None:
    options = {"send_strategy": "static", "send_time": (at + timedelta(hours=8)).isoformat()}
    message = {"id": f"M{number}", "channel": "email", "html": f'<a href="{link}">x</a>', "send_options": options}
    body = json.dumps({"id": f"C{number}", "name": f"Campaign {number}", "messages": [message]}).encode()
    urllib.request.urlopen(f"{account.url}/_sim/campaigns", body, timeout=10).close()


def _sell_out(services: Services, product: int) -> datetime:
    """Tell that nothing of a product is left anywhere."""
    at = services.now()
    numbers = range(product * shop.PER_PRODUCT, (product + 1) * shop.PER_PRODUCT)
    places = [location_name(place) for place in range(SMALL.locations)]
    nothing = {"available": 0}
    accept_readings(
        services,
        [Reading(shop.SOURCE, shop.variant_name(n), place, nothing, at) for n in numbers for place in places],
        at,
    )
    services.store.wake.ring()
    return at


def _held(account: Account) -> dict[str, datetime]:
    with urllib.request.urlopen(f"{account.url}/_sim/journal", timeout=10) as answer:
        rows = json.load(answer)
    return {row["message"]: datetime.fromisoformat(row["at"]) for row in rows if row["effect"] == "reverted"}


def _until(condition: Any, within_s: float) -> None:
    deadline = time.perf_counter() + within_s
    while not condition():
        if time.perf_counter() > deadline:
            raise RuntimeError(f"Not within {within_s} s.")
        time.sleep(0.05)
