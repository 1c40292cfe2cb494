"""The Admin API answers as Shopify's does: the documented queries, pages, cost, throttling, tokens."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from integrations.shopify.simulator import create_simulator, movements, serve_in_thread
from integrations.shopify.simulator.cost import Bucket
from integrations.shopify.simulator.model import NAMES
from integrations.shopify.simulator.schema import schema
from integrations.shopify.simulator.server import Serving
from integrations.shopify.simulator.shop import Shop
from tests.builders.shopify import admin_schema
from tests.shopify_simulator.conftest import now

Ask = Callable[..., dict[str, Any]]
GRAPHQL = "/admin/api/2026-10/graphql.json"
Q = '["available","on_hand","committed","incoming","reserved","damaged","safety_stock","quality_control"]'
LEVELS = f"nodes {{ isActive updatedAt location {{ id }} quantities(names: {Q}) {{ name quantity }} }}"
HOT = f"""query($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on InventoryItem {{ id sku tracked
  inventoryLevels(first: 30, includeInactive: true) {{ {LEVELS} pageInfo {{ hasNextPage }} }} }} }} }}"""
BY_LOCATION = f"""query($id: ID!, $first: Int!, $after: String, $query: String) {{ location(id: $id) {{ id isActive
  inventoryLevels(first: $first, after: $after, includeInactive: true, query: $query) {{
    nodes {{ id isActive updatedAt item {{ id sku tracked }} quantities(names: {Q}) {{ name quantity }} }}
    pageInfo {{ hasNextPage endCursor }} }} }} }}"""
VARIANTS = """query($first: Int!, $after: String) { productVariants(first: $first, after: $after, sortKey: ID) {
  nodes { id sku displayName price inventoryPolicy availableForSale sellableOnlineQuantity product { id title status }
  inventoryItem { id tracked duplicateSkuCount } } pageInfo { hasNextPage endCursor } } }"""


def test_every_field_and_argument_served_is_one_of_shopifys(reference_file: Callable[[str], Path]) -> None:
    theirs, ours = admin_schema(reference_file).type_map, schema().type_map
    for name, kind in ours.items():
        if name.startswith("__"):
            continue
        assert name in theirs
        for field, told in getattr(kind, "fields", {}).items():
            known = theirs[name].fields[field]
            assert str(told.type) == str(known.type), f"{name}.{field}"
            for argument, shape in getattr(told, "args", {}).items():
                assert str(shape.type) == str(known.args[argument].type), f"{name}.{field}({argument})"
        assert set(getattr(kind, "values", {})) <= set(getattr(theirs[name], "values", {}))


def test_the_startup_check_tells_identity_scopes_and_versions(ask: Ask) -> None:
    data = ask("""{ shop { id name myshopifyDomain ianaTimezone currencyCode plan { publicDisplayName } }
      currentAppInstallation { id accessScopes { handle } }
      inventoryProperties { quantityNames { name displayName isInUse belongsTo comprises } }
      publicApiVersions { handle supported } locationsCount { count precision } }""")["data"]
    on_hand = next(row for row in data["inventoryProperties"]["quantityNames"] if row["name"] == "on_hand")
    assert set(on_hand["comprises"]) == set(NAMES) - {"on_hand", "incoming"}
    assert data["locationsCount"]["count"] == 8
    assert {"handle": "read_inventory"} in data["currentAppInstallation"]["accessScopes"]


def test_closed_locations_show_only_when_asked_for(ask: Ask, client: httpx.Client) -> None:
    client.post("/_sim/set_location_active", json={"location": 5, "active": False}).raise_for_status()
    text = "{ locations(first: 50%s) { nodes { name isActive localPickupSettingsV2 { pickupTime } } } }"
    assert len(ask(text % "")["data"]["locations"]["nodes"]) == 7
    everything = ask(text % ", includeInactive: true")["data"]["locations"]["nodes"]
    assert [row["name"] for row in everything if not row["isActive"]] == ["Camden"]


def test_an_inactive_level_shows_its_numbers_only_when_asked_for(ask: Ask, shop: Shop) -> None:
    item, location = next((level.item, level.location) for level in shop.levels.values() if not level.active)
    shop.level(item, location).quantities["available"] = 6
    text = f"query($i: ID!) {{ inventoryItem(id: $i) {{ inventoryLevels(first: 30%s) {{ {LEVELS} }} }} }}"
    gid, place = f"gid://shopify/InventoryItem/{item}", f"gid://shopify/Location/{location}"
    plain = ask(text % "", i=gid)["data"]["inventoryItem"]["inventoryLevels"]["nodes"]
    assert place not in [row["location"]["id"] for row in plain]
    rows = ask(text % ", includeInactive: true", i=gid)["data"]["inventoryItem"]["inventoryLevels"]["nodes"]
    dash = next(row for row in rows if row["location"]["id"] == place)
    assert dash["isActive"] is False
    assert {"name": "available", "quantity": 6} in dash["quantities"]


def test_pages_tell_every_level_once_with_the_identity(ask: Ask, shop: Shop) -> None:
    seen: list[str] = []
    after = None
    while True:
        page = ask(BY_LOCATION, id="gid://shopify/Location/1", first=7, after=after)
        levels = page["data"]["location"]["inventoryLevels"]
        for row in levels["nodes"]:
            told = {one["name"]: one["quantity"] for one in row["quantities"]}
            assert told["on_hand"] == sum(told.values()) - told["on_hand"] - told["incoming"]
        seen += [row["id"] for row in levels["nodes"]]
        if not levels["pageInfo"]["hasNextPage"]:
            break
        after = levels["pageInfo"]["endCursor"]
    assert len(seen) == len(set(seen)) == len(shop.variants)


def test_a_page_goes_on_where_the_last_ended_although_a_row_left(ask: Ask, shop: Shop) -> None:
    page = ask(VARIANTS, first=3)["data"]["productVariants"]
    rows = sorted(shop.variants)
    gone = shop.variants.pop(rows[1])
    shop.products[gone.product].variants.remove(gone.id)
    following = ask(VARIANTS, first=1, after=page["pageInfo"]["endCursor"])["data"]["productVariants"]["nodes"]
    assert following[0]["id"] == f"gid://shopify/ProductVariant/{rows[3]}"


def test_only_levels_updated_since_are_found(ask: Ask, shop: Shop) -> None:
    since = now()
    item = next(iter(shop.locations_of_item))
    movements.receive(shop, item, 1, 5)
    answer = ask(BY_LOCATION, id="gid://shopify/Location/1", first=50, query=f"updated_at:>='{since.isoformat()}'")
    nodes = answer["data"]["location"]["inventoryLevels"]["nodes"]
    assert [row["item"]["id"] for row in nodes] == [f"gid://shopify/InventoryItem/{item}"]


def test_a_gone_id_is_null_and_its_neighbours_are_told(ask: Ask, shop: Shop) -> None:
    item = f"gid://shopify/InventoryItem/{next(iter(shop.locations_of_item))}"
    first, second = ask(HOT, ids=["gid://shopify/InventoryItem/1", item])["data"]["nodes"]
    assert first is None
    assert second["id"] == item


def test_an_unknown_quantity_name_is_an_error(ask: Ask) -> None:
    text = BY_LOCATION.replace('"damaged"', '"broken"')
    answer = ask(text, id="gid://shopify/Location/1", first=1)
    assert "broken" in answer["errors"][0]["message"]


@pytest.mark.parametrize(
    ("text", "variables", "points"),
    [(HOT, {"ids": ["gid://shopify/InventoryItem/1"] * 10}, 930), (VARIANTS, {"first": 250}, 752)]
    + [(BY_LOCATION, {"id": "gid://shopify/Location/1", "first": 250}, 753)],
)
def test_the_requested_cost_follows_the_rule(ask: Ask, text: str, variables: dict[str, Any], points: int) -> None:
    cost = ask(text, **variables)["extensions"]["cost"]
    assert cost["requestedQueryCost"] == points
    assert cost["actualQueryCost"] < points


def test_a_query_above_a_thousand_points_is_refused(ask: Ask) -> None:
    answer = ask(HOT, ids=["gid://shopify/InventoryItem/1"] * 11)
    assert answer["errors"][0]["extensions"]["code"] == "MAX_COST_EXCEEDED"


def test_an_empty_bucket_throttles_in_a_200_and_refills(shop: Shop) -> None:
    at = [now()]
    shop.now = lambda: at[0]
    bucket = Bucket(maximum_points=800, restored_points_per_s=100, left_points=800)
    served = serve_in_thread(create_simulator(shop.now, shop=shop, bucket=bucket))
    try:
        body = {"query": VARIANTS, "variables": {"first": 250}}
        headers = {"X-Shopify-Access-Token": "shpat_simulated"}
        with httpx.Client(base_url=served.url, headers=headers, trust_env=False) as client:
            assert "data" in client.post(GRAPHQL, json=body).json()
            throttled = client.post(GRAPHQL, json=body)
            assert throttled.status_code == 200
            assert "data" not in throttled.json()
            assert throttled.json()["errors"][0]["extensions"]["code"] == "THROTTLED"
            assert throttled.json()["extensions"]["cost"]["actualQueryCost"] is None
            at[0] = at[0].replace(year=at[0].year + 1)
            assert "data" in client.post(GRAPHQL, json=body).json()
    finally:
        served.close()


def test_faults_run_down(client: httpx.Client) -> None:
    client.post("/_sim/faults", json={"throttle": 1, "server_error": 1}).raise_for_status()
    body = {"query": "{ shop { id } }"}
    assert client.post(GRAPHQL, json=body).status_code == 503
    assert client.post(GRAPHQL, json=body).json()["errors"][0]["message"] == "Throttled"
    assert client.post(GRAPHQL, json=body).json()["data"] == {"shop": {"id": "gid://shopify/Shop/1"}}
    assert client.post("/_sim/faults", json={"thrttle": 1}).status_code == 422


def test_tokens_are_issued_for_the_clients_secret_and_can_be_revoked(client: httpx.Client, serving: Serving) -> None:
    body = {"query": "{ shop { id } }"}
    asked = {"grant_type": "client_credentials", "client_id": "simulated-client", "client_secret": "hush"}
    assert client.post("/admin/oauth/access_token", data={**asked, "client_secret": "x"}).status_code == 401
    issued = client.post("/admin/oauth/access_token", data=asked).json()
    assert issued["expires_in"] == 86399
    headers = {"X-Shopify-Access-Token": issued["access_token"]}
    assert client.post(GRAPHQL, json=body, headers=headers).status_code == 200
    assert client.post(GRAPHQL, json=body, headers={"X-Shopify-Access-Token": "nope"}).status_code == 401
    client.post("/_sim/revoke_token", json={}).raise_for_status()
    assert client.post(GRAPHQL, json=body, headers=headers).status_code == 401


def test_a_dead_version_is_answered_by_the_oldest_live_one(client: httpx.Client) -> None:
    body = {"query": "{ shop { id } }"}
    assert client.post(GRAPHQL, json=body).headers["X-Shopify-API-Version"] == "2026-10"
    old = client.post("/admin/api/2020-01/graphql.json", json=body)
    assert old.headers["X-Shopify-API-Version"] == "2026-01"


def test_the_whole_demo_shop_is_read_in_seconds() -> None:
    served = serve_in_thread(create_simulator(now))
    try:
        headers = {"X-Shopify-Access-Token": "shpat_simulated"}
        started, rows = time.monotonic(), 0
        with httpx.Client(base_url=served.url, headers=headers, timeout=30, trust_env=False) as client:
            for location in range(1, 9):
                after, more = None, True
                while more:
                    variables = {"id": f"gid://shopify/Location/{location}", "first": 250, "after": after}
                    answer = client.post(GRAPHQL, json={"query": BY_LOCATION, "variables": variables}).json()
                    levels = answer["data"]["location"]["inventoryLevels"]
                    rows += len(levels["nodes"])
                    after, more = levels["pageInfo"]["endCursor"], levels["pageInfo"]["hasNextPage"]
        assert rows >= 12_000
        assert time.monotonic() - started < 20  # about 4 s on one quiet core
    finally:
        served.close()
