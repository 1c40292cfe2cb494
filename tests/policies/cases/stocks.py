"""Random variants, levels and previous states for a document: everything of a case beside the document."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from tests.policies.cases.documents import EDGES, IDS, PLACES, UNMAPPED, WORDS, maybe, some
from tests.policies.reference import checks
from tests.policies.reference.instants import instant

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
STATES = [
    "on_hand", "available", "committed", "held", "damaged", "quarantined", "safety_stock", "retail_reserved",
    "online_reserved", "incoming", "in_transfer", "receiving",
]  # fmt: skip
TICK = timedelta(microseconds=1)
LAST = datetime(9998, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC)


def written(at: datetime) -> str:
    """Write a moment as a source does."""
    return at.isoformat().replace("+00:00", "Z")


def batch(rng: Random, document: dict[str, Any], cases: int) -> list[dict[str, Any]]:
    """Cases of one document at one moment, with the same word on which locations are open."""
    at = moment(rng, document)
    told = {
        name: {"active": rng.choice([True, True, True, False, None])} for name in some(rng, PLACES + UNMAPPED, 0, 4)
    }
    return [case(rng, document, at, told) for _ in range(cases)]


def case(rng: Random, document: dict[str, Any], at: datetime, told: dict[str, Any]) -> dict[str, Any]:
    """One case under a document."""
    made: dict[str, Any] = {"document": document, "variant": variant(rng), "at": written(at), "locations": told}
    places = list(dict.fromkeys([*some(rng, list(document.get("locations", {})), 0, 5), *some(rng, UNMAPPED, 0, 1)]))
    rng.shuffle(places)
    made["levels"] = [level(rng, place, at, document) for place in places]
    previous = {name: state(rng, at, document) for name in document["pools"] if rng.random() < 0.75}
    made["previous"] = previous or rng.choice([None, {}])
    return made


def moment(rng: Random, document: dict[str, Any]) -> datetime:
    """A moment on, just before or just after a rule's date, or any other."""
    zone = document.get("time_zone", "UTC")
    dates = [rule[key] for rule in document.get("rules", []) for key in ("from", "until") if key in rule]
    edges = [instant(checks.local(date), zone) for date in dates]
    edges = [edge for edge in edges if edge.year > 1971 and (edge + TICK).year < 9999]
    if edges and rng.random() < 0.6:
        return rng.choice(edges) + rng.choice([-1, 0, 0, 1]) * TICK
    return NOON + rng.choice(
        [timedelta(), timedelta(), timedelta(microseconds=250_000), timedelta(minutes=rng.randint(-90, 90))]
    )


def variant(rng: Random) -> dict[str, Any]:
    """A variant, mostly published and tracked."""
    made: dict[str, Any] = {"id": rng.choice(IDS)}
    maybe(rng, made, "published", lambda: rng.choice([True] * 28 + [False, None]), 0.98)
    maybe(rng, made, "tracked", lambda: rng.choice([True, True, True, True, None, False]), 0.8)
    maybe(rng, made, "sku", lambda: rng.choice([*WORDS, "", None]), 0.7)
    maybe(rng, made, "product", lambda: rng.choice([*IDS, None]), 0.7)
    maybe(rng, made, "vendor", lambda: rng.choice([*WORDS, None]), 0.6)
    maybe(rng, made, "product_type", lambda: rng.choice([*WORDS, None]), 0.6)
    maybe(rng, made, "tags", lambda: rng.choice([[], None, [rng.choice(WORDS), *some(rng, WORDS)]]), 0.8)
    maybe(rng, made, "collections", lambda: some(rng, WORDS), 0.7)
    maybe(rng, made, "inventory_policy", lambda: rng.choice(["deny", "continue", "continue", None]), 0.6)
    maybe(rng, made, "blocked", lambda: rng.random() < 0.1, 0.5)
    maybe(
        rng,
        made,
        "units_per_day",
        lambda: rng.choice([None, 0, 0.0, 1, 2.5, 0.1, 0.3333333333333333, 3, 40, 1e-7, 1e9, -1]),
        0.5,
    )
    return made


def figure(rng: Random) -> int | None:
    """A figure: mostly near the thresholds."""
    chance = rng.random()
    if chance < 0.07:
        return None
    if chance < 0.14:
        return rng.choice([-10_000_000, 10_000_000, 9_999_999, -1, -3])
    return rng.choice(EDGES) + rng.randint(0, 6)


def level(rng: Random, place: str, at: datetime, document: dict[str, Any]) -> dict[str, Any]:
    """One level; now and then without figures, without a reading, or without anything."""
    made: dict[str, Any] = {"location": place}
    maybe(rng, made, "active", lambda: rng.choice([True] * 8 + [None, False]), 0.8)
    if rng.random() < 0.95:
        states = [state for state in STATES if rng.random() < rng.choice([0.1, 0.3, 0.5])]
        if rng.random() < 0.7:
            states.append("available")
        made["quantities"] = {state: figure(rng) for state in states}
    maybe(rng, made, "observed_at", lambda: observed(rng, at, document), 0.9)
    return made


def observed(rng: Random, at: datetime, document: dict[str, Any]) -> str | None:
    """When a level was read last: often just at the edge of how long a reading counts."""
    minutes = [rule["set"].get("fresh_for_minutes") for rule in document.get("rules", [])]
    minutes = [one for one in minutes if isinstance(one, int) and at - NOON > timedelta(minutes=one - 5_256_001)]
    if minutes and rng.random() < 0.6:
        back = timedelta(minutes=min(rng.choice(minutes), 20_000_000)) + rng.choice([-1, 0, 0, 1]) * TICK
        return written(at - back) if (at - back).year > 1971 else None
    later = min(at + timedelta(minutes=4), LAST)
    return rng.choice([None, written(at), written(at - timedelta(minutes=rng.randint(0, 70))), written(later)])


def state(rng: Random, at: datetime, document: dict[str, Any]) -> dict[str, Any]:
    """A previous state, likely or not."""
    made: dict[str, Any] = {"band": rng.choice(["unknown", "out", "out", "out", "low", "low", "healthy"])}
    settles = [rule["set"].get("settle_minutes", 0) for rule in document.get("rules", [])] or [0]
    if rng.random() < 0.5:
        back = timedelta(minutes=rng.choice(settles)) + rng.choice([-1, 0, 0, 1, 60_000_000, -60_000_000]) * TICK
        made["rise"] = {"since": written(min(at - back, LAST) if (at - back).year > 1971 else at)}
    else:
        maybe(rng, made, "rise", lambda: None)
    maybe(rng, made, "proven", lambda: rng.choice([True, False, None]), 0.8)
    maybe(rng, made, "units", lambda: rng.choice([None, 0, 3, 10, 200_000_000, "unlimited", "unlimited"]), 0.8)
    return made
