"""The shop's state as a file, so that a second start goes on where the first ended."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from integrations.shopify.simulator import staff
from integrations.shopify.simulator.model import (
    STATES,
    Level,
    Location,
    Product,
    Subscription,
    Transfer,
    Variant,
)
from integrations.shopify.simulator.shop import Shop

_TIMES = ("updated_at", "created_at", "deactivated_at")


def save(shop: Shop, path: Path) -> None:
    """Write the state beside the file, then put it in its place."""
    with shop.lock:
        document = {**staff.state(shop), "name": shop.name, "last_id": shop.last_id}
    beside = path.with_suffix(path.suffix + ".new")
    beside.write_text(json.dumps(document), encoding="utf-8")
    beside.replace(path)


def load(path: Path, now: Callable[[], datetime]) -> Shop:
    """Read what `save` wrote."""
    document = json.loads(path.read_text(encoding="utf-8"))
    shop = Shop(now, document["shop"], document["name"], last_id=document["last_id"])
    for row in document["locations"]:
        shop.locations[row["id"]] = Location(**_timed(row))
    for row in document["products"]:
        shop.products[row["id"]] = Product(**_timed(row))
    for row in document["variants"]:
        shop.add_variant(Variant(**_timed(row)))
    for row in document["levels"]:
        row["quantities"] = {state: row["quantities"][state] for state in STATES}
        shop.add_level(Level(**_timed(row)))
    shop.transfers = {row["id"]: Transfer(**_timed(row)) for row in document["transfers"]}
    shop.subscriptions = {row["id"]: Subscription(**_timed(row)) for row in document["subscriptions"]}
    return shop


def _timed(row: dict[str, Any]) -> dict[str, Any]:
    return {name: datetime.fromisoformat(value) if name in _TIMES and value else value for name, value in row.items()}
