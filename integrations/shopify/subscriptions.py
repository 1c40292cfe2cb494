"""The webhook subscriptions of one shop: what is wanted, what is there, what must be made again.

Shopify deletes a subscription made through its API after eight deliveries in a row that failed (Verify deliveries,
2026-11), so they are looked at again and again.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from integrations.errors import PermanentError, TemporaryError
from integrations.shopify import queries
from integrations.shopify.client import ShopifyClient

TOPICS: Final[Mapping[str, tuple[str, ...]]] = {
    "read_inventory": (
        "INVENTORY_LEVELS_CONNECT",
        "INVENTORY_LEVELS_DISCONNECT",
        "INVENTORY_LEVELS_UPDATE",
        "INVENTORY_ITEMS_CREATE",
        "INVENTORY_ITEMS_DELETE",
        "INVENTORY_ITEMS_UPDATE",
        "BULK_OPERATIONS_FINISH",
        "APP_SCOPES_UPDATE",
        "APP_UNINSTALLED",
    ),
    "read_products": ("PRODUCTS_CREATE", "PRODUCTS_DELETE", "PRODUCTS_UPDATE"),
    "read_locations": (
        "LOCATIONS_ACTIVATE",
        "LOCATIONS_CREATE",
        "LOCATIONS_DEACTIVATE",
        "LOCATIONS_DELETE",
        "LOCATIONS_UPDATE",
    ),
    "read_inventory_transfers": (
        "INVENTORY_TRANSFERS_ADD_ITEMS",
        "INVENTORY_TRANSFERS_CANCEL",
        "INVENTORY_TRANSFERS_COMPLETE",
        "INVENTORY_TRANSFERS_READY_TO_SHIP",
        "INVENTORY_TRANSFERS_REMOVE_ITEMS",
        "INVENTORY_TRANSFERS_UPDATED",
        "INVENTORY_TRANSFERS_UPDATE_ITEM_QUANTITIES",
    ),
    "read_inventory_shipments": (
        "INVENTORY_SHIPMENTS_ADD_ITEMS",
        "INVENTORY_SHIPMENTS_CREATE",
        "INVENTORY_SHIPMENTS_DELETE",
        "INVENTORY_SHIPMENTS_MARK_IN_TRANSIT",
        "INVENTORY_SHIPMENTS_REMOVE_ITEMS",
        "INVENTORY_SHIPMENTS_UPDATE_ITEM_QUANTITIES",
    ),
    "read_inventory_shipments_received_items": ("INVENTORY_SHIPMENTS_RECEIVE_ITEMS",),
    "read_orders": ("REFUNDS_CREATE",),
}
"""Scope -> the topics that bear on availability. The last four are optional, and only say why stock moved."""
FIELDS: Final[Mapping[str, tuple[str, ...]]] = {"REFUNDS_CREATE": ("id", "created_at", "refund_line_items")}
"""What a topic's body is cut down to, so that no customer's data comes along."""


def covers(granted: frozenset[str], scope: str) -> bool:
    """Tell whether granted scopes hold one: writing includes reading."""
    return scope in granted or scope.replace("read_", "write_", 1) in granted


class Subscriptions:
    """The subscriptions of one shop."""

    def __init__(self, client: ShopifyClient) -> None:
        self._client = client

    def watch(self, address: str, granted: frozenset[str]) -> tuple[str, ...]:
        """Make what an address lacks; return the topics made. One that is filtered or cut otherwise is made anew."""
        right = set()
        for row in self._there():
            if row["uri"] != address:
                continue
            if row["format"] == "JSON" and not row["filter"] and _cut(row) == _wanted_cut(row["topic"]):
                right.add(row["topic"])
            else:
                self._client.ask(queries.HOOK_DELETE, {"id": row["id"]})
        wanted = [topic for scope, topics in TOPICS.items() if covers(granted, scope) for topic in topics]
        missing = tuple(topic for topic in wanted if topic not in right)
        for topic in missing:
            self._make(topic, address)
        return missing

    def _there(self) -> Iterator[Mapping[str, Any]]:
        after: str | None = None
        while True:
            connection = self._client.ask(queries.HOOKS, {"after": after}).data.get("webhookSubscriptions")
            if connection is None:
                raise TemporaryError("Shopify did not list the webhook subscriptions.")
            yield from connection["nodes"]
            if not connection["pageInfo"]["hasNextPage"]:
                return
            after = connection["pageInfo"]["endCursor"]

    def _make(self, topic: str, address: str) -> None:
        cut = {"includeFields": list(FIELDS[topic])} if topic in FIELDS else {}
        wanted = {"topic": topic, "sub": {"uri": address, "format": "JSON", **cut}}
        payload = self._client.ask(queries.HOOK_CREATE, wanted).data.get("webhookSubscriptionCreate") or {}
        if payload.get("webhookSubscription") is None:
            told = " ".join(str(error.get("message")) for error in payload.get("userErrors") or ())
            raise PermanentError(f"Shopify does not make the webhook subscription to {topic}: {told or 'no reason'}.")


def _cut(row: Mapping[str, Any]) -> frozenset[str]:
    return frozenset(row["includeFields"] or ())


def _wanted_cut(topic: str) -> frozenset[str]:
    return frozenset(FIELDS.get(topic, ()))
