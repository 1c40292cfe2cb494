"""Shopify's transfers and shipments into ours. The stock source calls it."""

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from integrations.ports import ReceiptLine, Shipment, Transfer, TransferStatus
from integrations.shopify.mapping import bare_id

OPEN_STATUSES: Final = ("ready_to_ship", "in_progress")
_STATUSES: Final[Mapping[str, TransferStatus]] = {
    "DRAFT": "draft",
    "READY_TO_SHIP": "ready",
    "IN_PROGRESS": "moving",
    "TRANSFERRED": "ended",
    "CANCELED": "canceled",
}
_MOVING: Final = frozenset({"IN_TRANSIT", "PARTIALLY_RECEIVED"})


def transfer_of(node: Mapping[str, Any]) -> Transfer:
    """Read a transfer. Its places are snapshots, whose location may be gone; a supplier's has no origin."""
    lines, shipments = node["lineItems"], node["shipments"]
    units: Counter[str] = Counter()
    for line in lines["nodes"]:
        if line["inventoryItem"] is not None:
            units[bare_id(line["inventoryItem"]["id"])] += line["totalQuantity"]
    parts = [lines, shipments, *(shipment["lineItems"] for shipment in shipments["nodes"])]
    created = node.get("dateCreated")
    return Transfer(
        id=bare_id(node["id"]),
        name=node.get("name") or "",
        status=_STATUSES.get(node["status"], "other"),
        origin=_place(node.get("origin")),
        destination=_place(node.get("destination")),
        opened_at=datetime.fromisoformat(created) if created else None,
        units=dict(units),
        shipments=tuple(_shipment(shipment) for shipment in shipments["nodes"]),
        whole=not any(part["pageInfo"]["hasNextPage"] for part in parts),
    )


def _place(snapshot: Mapping[str, Any] | None) -> str | None:
    location = (snapshot or {}).get("location")
    return bare_id(location["id"]) if location else None


def _shipment(node: Mapping[str, Any]) -> Shipment:
    lines = tuple(
        ReceiptLine(
            item=bare_id(line["inventoryItem"]["id"]),
            expected=line["quantity"],
            accepted=line["acceptedQuantity"],
            rejected=line["rejectedQuantity"],
            canceled=line["canceledQuantity"],
            remaining=line["unreceivedQuantity"],
        )
        for line in node["lineItems"]["nodes"]
        if line["inventoryItem"] is not None
    )
    return Shipment(bare_id(node["id"]), node.get("name") or "", node["status"] in _MOVING, lines)
