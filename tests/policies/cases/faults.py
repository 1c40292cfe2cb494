"""Faults put into a document: one or several at once, most of them refused and some of them harmless."""

from collections.abc import Iterator
from copy import deepcopy
from random import Random
from typing import Any

from tests.policies.cases.documents import DATES, PLACES, POOLS, UNMAPPED, WORDS, rule
from tests.policies.reference.words import DEFAULTS, WHEN_KEYS

LIMITS = [100, 3_650, 87_600, 5_256_000, 10_000_000]
NUMBERS: list[Any] = [
    0, 1, -1, 0.0, -0.0, 1.0, 5.0, 0.5, 0.01, 0.001, 33.335, 100.01, 1e2, 1e-7, 1e300, 10**30, -0.01, float("nan"),
    float("inf"), *LIMITS, *(limit + 1 for limit in LIMITS), *(float(limit) for limit in LIMITS),
]  # fmt: skip
TEXTS = [
    "", " ", "\t\n", "none", "None", "auto", "x", "confirm", "publish", "ship", "pickup", "in_store", "low", "out",
    "healthy", "watch", "ask", "act", "never", "oldest", "email", "sale", "on_hand", "available", "committed", "store",
    "localtime", "Europe", "europe/london", "Mars/Olympus", "GMT", *WORDS, *PLACES, *UNMAPPED, *POOLS,
]  # fmt: skip
TIMES = [
    *DATES, "2026-11-27", "2026-11-27 00:00:00", "2026-11-27t00:00:00", "2026-11-27T00:00", "2026-11-27T00:00:00Z",
    "2026-11-27T00:00:00+00:00", "2026-11-27T00:00:00.", "2026-11-27T00:00:00.1234567", "2026-02-30T00:00:00",
    "1969-12-31T23:59:59", "9999-01-01T00:00:00", "2026-11-27T24:00:00", "2026-11-27T23:59:60", " 2026-11-27T00:00:00",
    "2026-11-27T00:00:00\n", "٢٠٢٦-11-27T00:00:00", "20261127T000000",
]  # fmt: skip
KEYS = [
    "", " ", "colour", "_schema", "exclude", "excepted", "starts_at", "ends_at", "from ", "Name", "label", "kind",
    "from", "until", "when", "set", "tags", "locations", "pools", "buffer_units", "cap_units", "share_percent",
    "hidden",
]  # fmt: skip

Place = tuple[Any, Any]
"""A table or list, and the key or position of one value in it."""


def places(value: Any) -> Iterator[Place]:
    """Every value of a document, by what holds it."""
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield value, key
            yield from places(value[key])


def any_value(rng: Random) -> Any:
    """Anything that JSON can say."""
    kinds: list[Any] = [
        lambda: rng.choice(NUMBERS),
        lambda: rng.choice(NUMBERS),
        lambda: rng.choice(TEXTS),
        lambda: rng.choice(TEXTS),
        lambda: rng.choice(TIMES),
        lambda: rng.choice([None, True, False]),
        lambda: rng.choice([[], {}, [[]], [{}], [None], [""], ["x", "x"], {"x": 1}, {"": ""}, {"x": {}}]),
    ]
    return rng.choice(kinds)()


def replace(rng: Random, document: dict[str, Any]) -> None:
    """Put anything in the place of a value."""
    if found := list(places(document)):
        holder, key = rng.choice(found)
        holder[key] = any_value(rng)


def remove(rng: Random, document: dict[str, Any]) -> None:
    """Take a value away."""
    if found := list(places(document)):
        holder, key = rng.choice(found)
        del holder[key]


def add_key(rng: Random, document: dict[str, Any]) -> None:
    """Add a key, known or not, to a table."""
    tables = [document, *(holder[key] for holder, key in places(document) if isinstance(holder[key], dict))]
    rng.choice(tables)[rng.choice(KEYS)] = any_value(rng)


def repeat_item(rng: Random, document: dict[str, Any]) -> None:
    """List something twice, perhaps spelt otherwise."""
    lists = [holder[key] for holder, key in places(document) if isinstance(holder[key], list) and holder[key]]
    if not lists:
        return
    chosen = rng.choice(lists)
    item = deepcopy(rng.choice(chosen))
    if isinstance(item, str) and rng.random() < 0.6:
        item = rng.choice([item.upper(), item.swapcase(), f" {item}", f"{item}\u00a0"])
    chosen.insert(rng.randint(0, len(chosen)), item)


def tables_of(document: dict[str, Any], key: str) -> list[dict[str, Any]]:
    """The tables of a section that are tables."""
    section = document.get(key)
    entries = section.values() if isinstance(section, dict) else section if isinstance(section, list) else ()
    return [entry for entry in entries if isinstance(entry, dict)]


def contradict(rng: Random, document: dict[str, Any]) -> None:
    """Let two values of a rule contradict each other."""
    for chosen in rng.sample(tables_of(document, "rules"), min(1, len(tables_of(document, "rules")))):
        kind = rng.choice(["dates", "cap", "location", "when"])
        if kind == "dates":
            chosen["from"], chosen["until"] = rng.choice(TIMES), rng.choice(TIMES)
        elif isinstance(chosen.get("set"), dict) and kind == "cap":
            chosen["set"]["floor_units"] = rng.choice([0, 5, 6, 10_000_000, -1, "none"])
            chosen["set"]["cap_units"] = rng.choice([0, 5, 6, 10_000_001, "none", 5.0])
        elif kind == "location" and isinstance(chosen.get("when", {}), dict):
            chosen.setdefault("when", {})["locations"] = rng.choice([["soho"], [], ["soho", "soho"], "soho", [""]])
        elif isinstance(chosen.get("when", {}), dict):
            chosen.setdefault("when", {})[rng.choice(WHEN_KEYS)] = [rng.choice(TEXTS), rng.choice(TEXTS)]


def draw_otherwise(rng: Random, document: dict[str, Any]) -> None:
    """Change what a pool draws on."""
    for chosen in tables_of(document, "pools"):
        key = rng.choice(["kinds", "include", "except"])
        made = [
            [],
            ["soho"],
            ["soho", "nowhere"],
            ["soho", "soho"],
            ["warehouse"],
            ["broadway", " "],
            None,
            ["store", 5],
        ]
        if rng.random() < 0.3:
            chosen.pop(key, None)
        else:
            chosen[key] = rng.choice(made)


def set_anything(rng: Random, document: dict[str, Any]) -> None:
    """Set a setting to anything."""
    for chosen in tables_of(document, "rules"):
        if isinstance(chosen.get("set"), dict):
            chosen["set"][rng.choice(list(DEFAULTS))] = any_value(rng)


def same_name(rng: Random, document: dict[str, Any]) -> None:
    """Write a rule or a guard once more."""
    key = rng.choice(["rules", "guards"])
    if isinstance(document.get(key), list) and document[key]:
        document[key].append(deepcopy(rng.choice(document[key])))
    elif key == "rules":
        document[key] = [rule(rng, "rule 1", ["ship"], "UTC")] * 2


FAULTS = [replace, replace, replace, remove, add_key, repeat_item, contradict, draw_otherwise, set_anything, same_name]


def with_faults(rng: Random, document: dict[str, Any]) -> dict[str, Any]:
    """Give the document with one to four faults."""
    faulty = deepcopy(document)
    for _ in range(rng.choice([1, 1, 2, 3, 4])):
        rng.choice(FAULTS)(rng, faulty)
    return faulty
