"""Random valid documents as JSON has them, small in names so that rules, pools and places meet."""

from random import Random
from typing import Any

from tests.policies.reference.words import CAUSES, CHANNELS, KINDS, LOCATION_SETTINGS, METHODS, STATES

PLACES = ["wh-east", "broadway", "soho", "Ünder", "old annex "]
UNMAPPED = ["nowhere", "annex"]
POOLS = ["ship", "pickup", "Ship", "pool.two"]
WORDS = ["Sneakers", " sneakers", "STRASSE", "straße", "İzmir", "izmir", "i̇zmir ", "ﬁne", "FINE", "Σίσυφος"]
IDS = ["tee-m", "tee-l", "TEE-M", "tee", "mug"]
ZONES = ["UTC", "Europe/London", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Casablanca"]
DATES = [
    "2026-10-25T01:30:00", "2026-10-25T01:00:00", "2026-10-25T02:00:00", "2026-03-29T01:30:00", "2026-03-29T02:00:00",
    "2026-03-29T01:00:00", "2026-11-01T01:30:00", "2026-03-08T02:30:00.25", "2026-03-08T03:00:00",
    "2011-12-30T12:00:00", "2011-12-31T00:00:00", "2026-10-04T02:15:00", "2026-04-05T01:45:00.000001",
    "2026-11-23T12:00:00", "2026-11-23T11:59:59.999999", "2026-11-23T12:00:00.000001", "2026-11-23T12:30:00.5",
    "1970-01-01T00:00:00",
    "9998-12-31T23:59:59.999999", "9995-06-01T00:00:00", "2026-11-27T00:00:00", "2026-12-01T00:00:00",
]  # fmt: skip
EDGES = [0, 0, 1, 1, 2, 3, 5, 8, 10, 12]
HUGE = [9_999_999, 10_000_000]
MINUTES = [0, 1, 10, 30, 60, 5_256_000]


def some(rng: Random, values: list[Any], least: int = 0, most: int = 3) -> list[Any]:
    """Choose a few, none twice, in any order."""
    return rng.sample(values, min(len(values), rng.randint(least, most)))


def maybe(rng: Random, table: dict[str, Any], key: str, make: Any, chance: float = 0.5) -> None:
    """Give a table a key now and then."""
    if rng.random() < chance:
        table[key] = make()


def units(rng: Random) -> int:
    """Units where decisions turn."""
    return rng.choice(HUGE) if rng.random() < 0.03 else rng.choice(EDGES)


def percent(rng: Random) -> float | int:
    """A percentage of up to two decimals."""
    return rng.choice([0, 1, 10, 33.33, 0.01, 99.99, 100, 12.5, 50.0, 29.29])


SETTINGS: dict[str, Any] = {
    "excluded": lambda rng: rng.random() < 0.4,
    "reserve_units_per_location": units,
    "buffer_units": units,
    "buffer_percent": percent,
    "min_locations": lambda rng: rng.choice([0, 1, 1, 2, 3]),
    "floor_units": lambda rng: rng.choice([0, 1, 2, 3, 5]),
    "cap_units": lambda rng: rng.choice(["none", 1, 5, 8, 10, 10_000_000]),
    "out_at_units": units,
    "restock_at_units": lambda rng: rng.choice(["auto", units(rng)]),
    "low_at_units": lambda rng: rng.choice(["auto", units(rng)]),
    "healthy_at_units": lambda rng: rng.choice(["auto", units(rng)]),
    "settle_minutes": lambda rng: rng.choice(MINUTES),
    "fresh_for_minutes": lambda rng: rng.choice(["none", 1, 10, 30, 60, 5_256_000]),
    "sell_when_out": lambda rng: rng.random() < 0.7,
    "low_days": lambda rng: rng.choice(["none", 0, 1, 2.5, 0.01, 3.33, 3650]),
}


def different(words: list[str]) -> list[str]:
    """Drop what is compared as equal."""
    kept: dict[str, str] = {}
    for word in words:
        kept.setdefault(word.strip().casefold(), word)
    return list(kept.values())


def document(rng: Random) -> dict[str, Any]:
    """One valid document."""
    locations = {name: location(rng) for name in some(rng, PLACES, 0, 5)}
    pools = {name: pool(rng, list(locations)) for name in some(rng, POOLS, 1, 3)}
    made: dict[str, Any] = {"schema": 1, "name": rng.choice(["House", " x "]), "default_pool": rng.choice(list(pools))}
    maybe(rng, made, "time_zone", lambda: rng.choice(ZONES))
    maybe(rng, made, "catalog_restock", lambda: rng.choice(["confirm", "publish"]), 0.3)
    maybe(rng, made, "catalog_return", lambda: rng.choice(["confirm", "publish"]))
    made["authority"] = {"products": "shopify", "variants": "shopify", "levels": "shopify"}
    maybe(rng, made["authority"], "levels_at", lambda: {rng.choice(PLACES + UNMAPPED): "wms"}, 0.3)
    if locations or rng.random() < 0.5:
        made["locations"] = locations
    made["pools"] = pools
    if rng.random() < 0.95:
        made["rules"] = rules(rng, list(pools), made.get("time_zone", "UTC"))
    maybe(rng, made, "restock", lambda: restock(rng), 0.2)
    maybe(rng, made, "guards", lambda: guards(rng, list(pools)), 0.2)
    maybe(rng, made, "limits", lambda: {"source_moves_percent": percent(rng)}, 0.1)
    keys = list(made)
    if rng.random() < 0.2:
        rng.shuffle(keys)
    return {key: made[key] for key in keys}


def location(rng: Random) -> dict[str, Any]:
    """What a place is for; most may sell, so that something counts."""
    made: dict[str, Any] = {}
    maybe(rng, made, "label", lambda: "A place", 0.3)
    maybe(rng, made, "kind", lambda: rng.choice(KINDS[:3]) if rng.random() < 0.9 else rng.choice(KINDS), 0.95)
    for key in ["sells_online", "ships_online_orders", "offers_pickup"]:
        maybe(rng, made, key, lambda: rng.random() < 0.95, 0.97)
    maybe(rng, made, "hidden", lambda: rng.random() < 0.3, 0.2)
    maybe(rng, made, "receiving", lambda: rng.choice(["as_accepted", "on_complete", 1, 240, 10_080]), 0.1)
    return made


def pool(rng: Random, locations: list[str]) -> dict[str, Any]:
    """What one promise draws on."""
    states = some(rng, STATES, 1, 3)
    if rng.random() < 0.7 and "available" not in states:
        states.append("available")
    made: dict[str, Any] = {"method": rng.choice([*METHODS, "ship"]), "states": states}
    include = some(rng, locations, 0, 3)
    if include or rng.random() < 0.3:
        made["include"] = include
    if not include or rng.random() < 0.8:
        made["kinds"] = sorted({*some(rng, KINDS, 1, 3), *KINDS[: rng.choice([1, 3, 3])]})
    left = [name for name in locations if name not in include]
    maybe(rng, made, "except", lambda: some(rng, left, 0, 1), 0.3)
    return made


def rules(rng: Random, pools: list[str], zone: str) -> list[dict[str, Any]]:
    """A few rules, later ones often setting what earlier ones set."""
    return [rule(rng, f"rule {number}", pools, zone) for number in range(rng.choice([0, 1, 2, 3, 4, 6]))]


def rule(rng: Random, name: str, pools: list[str], zone: str) -> dict[str, Any]:
    """One rule."""
    made: dict[str, Any] = {"name": name}
    if rng.random() < 0.6:
        made["when"] = when(rng, pools)
    names = LOCATION_SETTINGS if "locations" in made.get("when", {}) else list(SETTINGS)
    chosen = some(rng, names, 1, 5)
    if "excluded" in chosen and len(chosen) > 1 and rng.random() < 0.6:
        chosen.remove("excluded")
    made["set"] = {key: SETTINGS[key](rng) for key in chosen}
    cap = made["set"].get("cap_units", "none")
    if cap != "none" and made["set"].get("floor_units", 0) > cap:
        del made["set"]["floor_units"]
    if rng.random() < 0.4:
        dates = sorted(rng.sample(DATES, 2))
        maybe(rng, made, "from", lambda: dates[0], 0.7)
        maybe(rng, made, "until", lambda: dates[1], 0.7)
        drop_if_empty(made, zone)
    return made


def drop_if_empty(made: dict[str, Any], zone: str) -> None:
    """Take `until` away where the dates stand for one instant, or for none."""
    from tests.policies.reference import checks
    from tests.policies.reference.instants import instant

    if "from" in made and "until" in made:
        begins, ends = (instant(checks.local(made[key]), zone) for key in ["from", "until"])
        if begins >= ends:
            del made["until"]


def when(rng: Random, pools: list[str]) -> dict[str, Any]:
    """One to three keys."""
    makers: dict[str, Any] = {
        "variants": lambda: some(rng, IDS, 1, 3),
        "skus": lambda: different(some(rng, WORDS, 1, 4)),
        "products": lambda: some(rng, IDS, 1, 3),
        "tags": lambda: different(some(rng, WORDS, 1, 5)),
        "collections": lambda: different(some(rng, WORDS, 1, 5)),
        "vendors": lambda: different(some(rng, WORDS, 1, 5)),
        "product_types": lambda: different(some(rng, WORDS, 1, 5)),
        "pools": lambda: some(rng, pools, 1, 2),
        "locations": lambda: some(rng, PLACES + UNMAPPED, 1, 4),
    }
    keys = some(rng, list(makers), 1, rng.choice([1, 1, 2, 3]))
    return {key: makers[key]() for key in keys}


def restock(rng: Random) -> dict[str, Any]:
    """Terms of waves."""
    made: dict[str, Any] = {}
    maybe(rng, made, "causes", lambda: some(rng, CAUSES, 1, 3))
    maybe(rng, made, "customers_per_unit", lambda: units(rng))
    maybe(rng, made, "order", lambda: rng.choice(["oldest", "newest", "vip_first"]))
    return made


def guards(rng: Random, pools: list[str]) -> list[dict[str, Any]]:
    """A few guards."""
    made = []
    for number in range(rng.randint(0, 2)):
        one: dict[str, Any] = {
            "name": f"guard {number}",
            "pool": rng.choice(pools),
            "hold_when": {"band": rng.choice(["low", "out"]), "share_percent": rng.choice([0.01, 50, 100])},
            "release_when": {"band": rng.choice(["low", "healthy"]), "share_percent": 99.5},
        }
        maybe(rng, one, "channels", lambda: some(rng, CHANNELS, 1, 3))
        maybe(rng, one, "mode", lambda: rng.choice(["watch", "ask", "act"]))
        made.append(one)
    return made
