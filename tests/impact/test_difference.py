"""Documents compared in words: every field of the language has some, and only equal documents have nothing to say."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.documents import load_document
from gateway.documents.containers import Items, Named, Table
from gateway.documents.sections import DocumentSection
from policies.difference import differences

FULL: dict[str, Any] = {
    "schema": 1,
    "name": "House",
    "time_zone": "UTC",
    "default_pool": "ship",
    "catalog_restock": "confirm",
    "catalog_return": "publish",
    "authority": {
        "products": "shop",
        "variants": "shop",
        "levels": "shop",
        "transfers": "shop",
        "adjustments": "shop",
        "reporting": "gateway",
        "levels_at": {"east": "wms"},
    },
    "locations": {
        "east": {
            "label": "East",
            "kind": "warehouse",
            "sells_online": True,
            "ships_online_orders": True,
            "offers_pickup": False,
            "hidden": False,
            "receiving": "as_accepted",
        },
        "soho": {"kind": "store"},
        "camden": {"kind": "store"},
    },
    "pools": {
        "ship": {
            "method": "ship",
            "states": ["available", "held"],
            "kinds": ["warehouse"],
            "include": ["soho"],
            "except": ["camden"],
        },
        "pickup": {"method": "pickup", "states": ["available"], "kinds": ["store"]},
    },
    "rules": [
        {
            "name": "House",
            "from": "2026-11-27T00:00:00",
            "until": "2026-12-01T00:00:00",
            "when": {
                "variants": ["v1"],
                "skus": ["s1"],
                "products": ["p1"],
                "tags": ["t1", "t2"],
                "collections": ["c1"],
                "vendors": ["a1"],
                "product_types": ["shirt"],
                "pools": ["ship"],
            },
            "set": {
                "excluded": False,
                "reserve_units_per_location": 1,
                "buffer_units": 2,
                "buffer_percent": 3,
                "min_locations": 1,
                "floor_units": 1,
                "cap_units": 50,
                "out_at_units": 1,
                "restock_at_units": "auto",
                "low_at_units": 8,
                "healthy_at_units": 12,
                "settle_minutes": 10,
                "fresh_for_minutes": 60,
                "sell_when_out": False,
                "low_days": 2,
            },
        },
        {"name": "Sneakers", "when": {"locations": ["soho"]}, "set": {"reserve_units_per_location": 5}},
        {"name": "Shirts", "set": {"buffer_units": 5}},
    ],
    "restock": {
        "causes": ["receipt", "transfer"],
        "customers_per_unit": 5,
        "wave_minutes": 60,
        "max_wave": 500,
        "again_after_hours": 168,
        "order": "oldest",
    },
    "guards": [
        {
            "name": "Campaigns",
            "channels": ["email", "sms"],
            "pool": "ship",
            "hold_when": {"band": "low", "share_percent": 50},
            "release_when": {"band": "healthy", "share_percent": 90},
            "lead_minutes": 1440,
            "mode": "ask",
            "release": "ask",
            "max_hold_hours": 72,
            "cancel_when_sending": False,
        },
        {
            "name": "Push",
            "pool": "ship",
            "hold_when": {"band": "out", "share_percent": 50},
            "release_when": {"band": "low", "share_percent": 100},
        },
    ],
    "limits": {"holds_per_hour_percent": 10, "source_moves_percent": 20},
}
OTHER_WORDS: dict[str, Any] = {
    "time_zone": "Europe/London",
    "default_pool": "pickup",
    "catalog_restock": "publish",
    "catalog_return": "confirm",
    "kind": "popup",
    "receiving": "on_complete",
    "method": "in_store",
    "states": ["available", "safety_stock"],
    "kinds": ["warehouse", "popup"],
    "include": [],
    "except": [],
    "from": "2026-11-28T00:00:00",
    "until": "2026-12-02T06:30:15.5",
    "pools": ["pickup"],
    "pool": "pickup",
    "locations": ["camden"],
    "restock_at_units": 9,
    "causes": ["receipt"],
    "order": "newest",
    "channels": ["email", "push"],
    "mode": "act",
    "release": "never",
}
Path = tuple[str | int, ...]


def leaves(table: Table, path: Path = ()) -> Iterator[Path]:
    """Every field of the language, at the first place where FULL has it."""
    for key, field in table.fields.items():
        here = (*path, key)
        if isinstance(field, Table):
            yield from leaves(field, here)
        elif isinstance(field, Items) and isinstance(field.item, Table):
            yield from leaves(field.item, (*here, 0))
        elif isinstance(field, Named):
            first = next(iter(at(FULL, here)))
            yield from leaves(field.entry, (*here, first)) if isinstance(field.entry, Table) else [(*here, first)]
        else:
            yield here


def at(document: Any, path: Path) -> Any:
    for key in path:
        document = document[key]
    return document


def otherwise(path: Path) -> Any:
    """Another value that the field may have."""
    was, name = at(FULL, path), path[-1]
    if path[-2:] == ("hold_when", "band"):
        return "out"
    if path[-2:] == ("release_when", "band"):
        return "low"
    if name in OTHER_WORDS:
        return OTHER_WORDS[str(name)]
    if isinstance(was, bool):
        return not was
    if isinstance(was, int):
        return was + 1
    return [*was, "more"] if isinstance(was, list) else f"{was} more"


def changed(paths: list[Path]) -> dict[str, Any]:
    document = deepcopy(FULL)
    for path in paths:
        at(document, path[:-1])[path[-1]] = otherwise(path)
    return document


# A rule of locations may set little, so what its field needs is tested at the second rule.
LEAVES = [
    (*path[:1], 1, *path[2:]) if path[-2:] == ("when", "locations") else path
    for path in leaves(Table(DocumentSection))
    if path != ("schema",)
]


def sentences(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    return [one.sentence for one in differences(load_document(before), load_document(after))]


def test_the_language_has_as_many_fields_as_are_tried_here() -> None:
    assert len(LEAVES) == len(set(LEAVES)) == 71


@pytest.mark.parametrize("path", LEAVES, ids=lambda path: ".".join(map(str, path)))
def test_every_field_has_words(path: Path) -> None:
    found = sentences(FULL, changed([path]))
    renamed_guard = path == ("guards", 0, "name")
    assert len(found) == (2 if renamed_guard else 1)
    assert all(sentence[0].isupper() and "_" not in sentence.split(":")[0] for sentence in found)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ([("rules", 0, "set", "low_at_units")], "Rule 'House': low at 8 -> 9 units"),
        ([("locations", "east", "offers_pickup")], "Location east now offers pickup"),
        ([("locations", "east", "sells_online")], "Location east no longer sells online"),
        (
            [("locations", "east", "receiving")],
            "Location east: received units count as accepted -> once all of a shipment are there",
        ),
        ([("pools", "ship", "states")], "Pool ship: counted states: now also safety_stock, no longer held"),
        ([("rules", 0, "from")], "Rule 'House': begins 2026-11-27 00:00 UTC -> 2026-11-28 00:00 UTC"),
        ([("rules", 0, "name")], "Rule 'House' is now called 'House more'"),
        ([("authority", "levels_at", "east")], "The source of levels at east: wms -> wms more"),
        ([("guards", 0, "mode")], "Guard 'Campaigns': mode ask -> act"),
        (
            [("guards", 0, "hold_when", "share_percent")],
            "Guard 'Campaigns': holds when 50 % are low or less -> 51 % are low or less",
        ),
        ([("limits", "holds_per_hour_percent")], "Holds within an hour at most: 10 -> 11 %"),
    ],
)
def test_changes_read_as_a_person_would_say_them(changes: list[Path], sentence: str) -> None:
    assert sentences(FULL, changed(changes)) == [sentence]


def test_a_rule_that_moved_is_said_once() -> None:
    first, second, third = FULL["rules"]
    assert sentences(FULL, {**FULL, "rules": [second, third, first]}) == [
        "Rule 'House' moved: it now comes after 'Shirts' (the last matching rule wins)"
    ]


def test_what_is_new_and_what_is_gone_is_described() -> None:
    without = {**FULL, "rules": FULL["rules"][:2], "guards": FULL["guards"][:1]}
    added, dropped = sentences(without, FULL), sentences(FULL, without)
    assert added[0] == "Rule 'Shirts' is new and comes after 'Sneakers': it sets buffer 5 units, for everything"
    assert dropped[0] == "Rule 'Shirts' is gone: it set buffer 5 units, for everything"
    assert added[1].startswith("Guard 'Push' is new: watches email, sms, push in pool ship, mode ask, holds when")
    assert dropped[1] == "Guard 'Push' is gone"


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """The full document with some fields otherwise, some left out, and its lists in any order."""
    optional = [path for path in LEAVES if path[-2:-1] == ("set",) or path[0] in ("restock", "limits")]
    document = changed(draw(st.lists(st.sampled_from(LEAVES), max_size=2)))
    for path in draw(st.lists(st.sampled_from(optional), max_size=2, unique=True)):
        del at(document, path[:-1])[path[-1]]
    for name in ("rules", "guards"):
        order = draw(st.permutations(document[name]) | st.just(document[name]))
        document[name] = order[: draw(st.sampled_from([len(order), len(order), 1]))]
    if draw(st.booleans()):
        document["pools"]["ship"]["states"].reverse()
    return document


@given(documents(), documents())
def test_there_is_nothing_to_say_only_of_equal_documents(before: dict[str, Any], after: dict[str, Any]) -> None:
    one, other = load_document(before), load_document(after)
    assert bool(differences(one, other)) == (one != other)
    assert not differences(one, one)
