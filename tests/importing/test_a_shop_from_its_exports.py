"""A newcomer's first hour: Shopify's two exports, the map they propose, a policy, and what is promised then."""

import json
import os
import tomllib
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from gateway import clock
from gateway.pipeline.decide import decide_due
from gateway.pipeline.explain import explanation_view, variant_view
from tests.builders.files import EXPORTED, INVENTORY, PRODUCTS, inventory, picture, product, table, write
from tests.builders.web import AT, House

CATALOGUE = table(
    PRODUCTS,
    product("harbor-tee", "Harbor Tee", "S", "HT-S", tags="summer, cotton"),
    product("harbor-tee", "", "M", "HT-M"),
    picture("harbor-tee"),
    product("pine-cap", "Pine Cap", "Default Title", "PC-1", policy="continue"),
    product("old-scarf", "Old Scarf", "Default Title", "OS-1", status="draft"),
    product("gift-wrap", "Gift Wrap", "Default Title", "", tracker=""),
)
STOCK = table(
    INVENTORY,
    inventory("harbor-tee", "S", "HT-S", "East Warehouse", available="24", on_hand="27"),
    inventory("harbor-tee", "S", "HT-S", "Broadway Store", available="6", on_hand="9"),
    inventory("harbor-tee", "M", "HT-M", "East Warehouse", available="-3", on_hand="0"),
    inventory("harbor-tee", "M", "HT-M", "Broadway Store", available="not stocked", on_hand="not stocked"),
    inventory("pine-cap", "Default Title", "PC-1", "East Warehouse", available="", on_hand=""),
    inventory("pine-cap", "Default Title", "PC-1", "Café Nord", available="40", on_hand="43"),
    inventory("old-scarf", "Default Title", "OS-1", "East Warehouse", available="80", on_hand="83"),
)


@pytest.fixture
def exports(tmp_path: Path) -> list[Path]:
    """Both exports, as downloaded at one time; the stock is named first."""
    files = [write(tmp_path, "inventory_export.csv", STOCK), write(tmp_path, "products_export.csv", CATALOGUE)]
    for file in files:
        os.utime(file, (EXPORTED.timestamp(), EXPORTED.timestamp()))
    return files


def authority_in(proposed: str) -> dict[str, str]:
    """Uncomment what the proposal says of authority."""
    lines = proposed[proposed.index("# [authority]") :].splitlines()
    authority: dict[str, str] = tomllib.loads("\n".join(line.removeprefix("# ") for line in lines))["authority"]
    return authority


def publish(house: House, proposed: str) -> None:
    """Publish the proposed map as a newcomer would: pasted, with the authority it names and one pool."""
    document: dict[str, Any] = tomllib.loads(proposed)
    document |= {
        "schema": 1,
        "name": "First policy",
        "default_pool": "ship",
        "authority": authority_in(proposed),
        "pools": {"ship": {"method": "ship", "states": ["available"], "kinds": ["warehouse", "store"]}},
        "rules": [{"name": "House", "set": {"buffer_units": 2, "low_at_units": 12}}],
    }
    document["locations"]["broadway-store"]["ships_online_orders"] = True
    house.store.policies.publish(document, based_on=None, author="newcomer", note="First.", at=AT)


def decide(house: House) -> None:
    while decide_due(house.services, clock.now()):  # the command went by the real clock
        pass


def promise(house: House, variant: str) -> Mapping[str, Any]:
    view = variant_view(house.services, variant, AT)
    assert view is not None
    pool: Mapping[str, Any] = view["pools"]["ship"]
    return pool


def test_the_exports_become_promises(
    house: House, exports: list[Path], imported: Callable[..., dict[str, Any]], run: Callable[..., Result]
) -> None:
    stock = imported(*exports)
    assert (stock["kind"], stock["accepted"], stock["unchanged"]) == ("Shopify inventory export, all quantities", 6, 1)
    assert stock["as_of"] == "2026-11-23T11:00:00Z"
    assert stock["uncatalogued"] == 0, "the catalogue was taken first"
    places = {(place.id, place.label, place.source) for place in house.store.catalog.locations()}
    assert places == {
        ("east-warehouse", "East Warehouse", "shopify-export"),
        ("broadway-store", "Broadway Store", "shopify-export"),
        ("cafe-nord", "Café Nord", "shopify-export"),
    }

    proposed = run(*exports).stdout.split("\n\n", 1)[1].partition("Kept.")[0]
    assert 'kind = "warehouse"  # a guess' in proposed and '# kind = "store"  # the name does not say' in proposed
    publish(house, proposed)
    decide(house)

    small = promise(house, "harbor-tee:S")
    assert (small["units"], small["band"]) == (24 + 6 - 2, "healthy")
    medium = promise(house, "harbor-tee:M")
    assert (medium["units"], medium["band"]) == (0, "out"), "an oversold warehouse takes nothing from others"
    assert promise(house, "pine-cap")["units"] is None, "empty cells are unknown, and the café is mapped to no kind"
    assert promise(house, "old-scarf")["units"] == 0
    why = explanation_view(house.services, "old-scarf", None, AT)
    assert why is not None and "unpublished" in str(why)
    again = variant_view(house.services, "harbor-tee:S", AT)
    assert again is not None and (again["sku"], again["title"]) == ("HT-S", "Harbor Tee / S")


def test_what_is_mapped_is_not_proposed_again(house: House, exports: list[Path], run: Callable[..., Result]) -> None:
    proposed = run(*exports).stdout.split("\n\n", 1)[1].partition("Kept.")[0]
    publish(house, proposed)
    assert "[locations." not in run(*exports).stdout


def test_yesterdays_export_changes_nothing(
    house: House,
    exports: list[Path],
    tmp_path: Path,
    imported: Callable[..., dict[str, Any]],
    run: Callable[..., Result],
) -> None:
    imported(*exports)
    old = write(tmp_path, "yesterday.csv", STOCK.replace(",24,", ",99,"))
    report = imported(old, "--as-of", (EXPORTED - timedelta(days=1)).isoformat())
    assert (report["accepted"], report["superseded"]) == (0, 6)
    assert "Is this an older file?" in run(old, "--as-of", "2026-11-20T00:00:00Z").stdout


def test_a_place_that_is_no_longer_stocked_keeps_its_level_inactive(
    house: House,
    exports: list[Path],
    tmp_path: Path,
    imported: Callable[..., dict[str, Any]],
    run: Callable[..., Result],
) -> None:
    proposed = run(*exports).stdout.split("\n\n", 1)[1].partition("Kept.")[0]
    publish(house, proposed)
    gone = inventory("harbor-tee", "S", "HT-S", "Broadway Store", available="not stocked", on_hand="not stocked")
    later = write(tmp_path, "later.csv", table(INVENTORY, gone))
    assert imported(later, "--as-of", (EXPORTED + timedelta(minutes=9)).isoformat())["accepted"] == 1
    decide(house)
    assert promise(house, "harbor-tee:S")["units"] == 24 - 2


def test_a_dry_run_keeps_nothing_and_needs_no_server(
    house: House, exports: list[Path], imported: Callable[..., dict[str, Any]]
) -> None:
    report = imported(*exports, "--dry-run")
    assert (report["checked"], report["accepted"]) == (7, 0)
    assert house.store.catalog.locations() == () and house.store.catalog.variants(None, 9) == []


def test_stock_of_a_connected_shop_is_joined_by_sku_and_by_the_names_of_its_locations(
    house: House, exports: list[Path], imported: Callable[..., dict[str, Any]]
) -> None:
    variants = [{"id": "901", "sku": "HT-S"}, {"id": "902", "sku": "HT-M"}, {"id": "903", "sku": "HT-M"}]
    body = {"source": "shopify", "products": [{"id": "77", "title": "Harbor Tee", "variants": variants}]}
    assert house.client.put("/api/v1/catalog", json=body, headers=house.bearer()).status_code == 200
    named = {"source": "shopify", "locations": [{"id": "655", "label": "East Warehouse"}]}
    assert house.client.put("/api/v1/locations", json=named, headers=house.bearer()).status_code == 200

    report = imported(exports[0])
    assert "belongs to 2 variants" in str(report["problems"]) and report["rejected"] == 2
    rows = house.store.ledger.read(["901"])
    slots = house.store.ledger.slots()
    told = {(slots[i].source, slots[i].location) for i in rows.levels.stamps[0].nonzero()[0]}
    assert told == {("shopify-export", "655"), ("shopify-export", "broadway-store")}


def test_without_a_server_the_command_says_where_to_find_one(run: Callable[..., Result], exports: list[Path]) -> None:
    from click.testing import CliRunner

    from gateway.__main__ import commands

    told = CliRunner().invoke(commands, ["import", str(exports[0])], env={"REDIS_URL": ""})
    assert told.exit_code == 1 and "Set REDIS_URL" in told.output and "--dry-run" in told.output


def test_a_file_that_is_given_up_keeps_and_counts_what_came_before(
    house: House, tmp_path: Path, imported: Callable[..., dict[str, Any]]
) -> None:
    lines = [inventory(option=str(n)) for n in range(40)] + ['tee,"open'] * 150
    report = imported(write(tmp_path, "torn.csv", table(INVENTORY, *lines)))
    assert report["accepted"] == 40 and report["rejected"] == 100
    assert "reading stopped at line" in report["refused"]


def test_no_policy_is_said_with_where_to_start(exports: list[Path], run: Callable[..., Result]) -> None:
    assert "No policy is published yet" in run(*exports).stdout


def test_places_keep_their_ids_whatever_order_they_come_in(
    house: House, tmp_path: Path, imported: Callable[..., dict[str, Any]]
) -> None:
    one, two = inventory(location="Store 1"), inventory(location="Store-1", available="3")
    imported(write(tmp_path, "a.csv", table(INVENTORY, one, two)))
    imported(write(tmp_path, "b.csv", table(INVENTORY, two, one)))
    assert {place.label: place.id for place in house.store.catalog.locations()} == {
        "Store 1": "store-1", "Store-1": "store-1-2",
    }  # fmt: skip


def test_a_name_of_two_locations_is_doubted(
    house: House, tmp_path: Path, imported: Callable[..., dict[str, Any]]
) -> None:
    named = [{"id": number, "label": "Broadway"} for number in ("1", "2")]
    body = {"source": "shopify", "locations": named}
    assert house.client.put("/api/v1/locations", json=body, headers=house.bearer()).status_code == 200
    report = imported(write(tmp_path, "a.csv", table(INVENTORY, inventory(location="Broadway"), inventory())))
    assert (report["accepted"], report["rejected"]) == (1, 1)
    assert "Broadway is the name of 2 locations (1, 2)" in report["problems"][0]["message"]


def test_other_systems_answers_are_taken_under_their_own_name(
    house: House, tmp_path: Path, imported: Callable[..., dict[str, Any]]
) -> None:
    counts = [{"catalog_object_id": "A", "state": "IN_STOCK", "location_id": "L1", "quantity": "22"}]
    report = imported(write(tmp_path, "counts.json", json.dumps({"counts": counts})), "--as-of", EXPORTED.isoformat())
    assert (report["source"], report["accepted"]) == ("square", 1)
    renamed = imported(write(tmp_path, "b.json", json.dumps({"counts": counts})), "--source", "pos-7")
    assert (renamed["source"], renamed["accepted"]) == ("pos-7", 1)
    assert {(slot.source, slot.location) for slot in house.store.ledger.slots()} == {("square", "L1"), ("pos-7", "L1")}
