"""The staff door under /_sim: movements and edits by name, arguments checked before anything moves."""

import inspect
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from integrations.shopify.simulator import edits, movements
from integrations.shopify.simulator.model import NAMES, Level, RefusedError
from integrations.shopify.simulator.shop import Shop

ACTIONS: dict[str, Callable[..., Any]] = {
    "sell": movements.sell,
    "fulfil": movements.fulfil,
    "cancel_order": movements.cancel_order,
    "receive": movements.receive,
    "return": movements.take_back,
    "move": movements.move,
    "set": movements.set_quantity,
    "deactivate_level": movements.deactivate_level,
    "activate_level": movements.activate_level,
    "transfer/ready": movements.ready_transfer,
    "transfer/ship": movements.ship_transfer,
    "transfer/receive": movements.receive_transfer,
    "transfer/cancel": movements.cancel_transfer,
    "set_tracked": edits.set_tracked,
    "edit_product": edits.edit_product,
    "set_location_active": edits.set_location_active,
}


def act(shop: Shop, action: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """Do one thing staff can do and tell what it left behind. Raises RefusedError."""
    function = ACTIONS[action]
    parameters = {name: one for name, one in inspect.signature(function).parameters.items() if name != "shop"}
    for name, value in arguments.items():
        if name not in parameters:
            raise RefusedError(f"{action} takes {', '.join(parameters)}; got {name}")
        wanted = {int: int, str: str, bool: bool}.get(parameters[name].annotation, dict)
        if type(value) is not wanted:
            raise RefusedError(f"{name} must be {wanted.__name__}, got {value!r}")
    if missing := [name for name, one in parameters.items() if one.default is one.empty and name not in arguments]:
        raise RefusedError(f"{action} needs {', '.join(missing)}")
    with shop.lock:
        return told(function(shop, **arguments))


def told(row: Any) -> dict[str, Any]:
    """Say one object as JSON, a level with every quantity by name."""
    if isinstance(row, Level):
        return {
            "item": row.item,
            "location": row.location,
            "active": row.active,
            "updated_at": row.updated_at.isoformat(),
            "quantities": {name: row.quantity(name) for name in NAMES},
        }
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in asdict(row).items()}


def state(shop: Shop) -> dict[str, Any]:
    """Say the whole shop as JSON."""
    with shop.lock:
        return {
            "shop": shop.domain,
            "locations": [told(row) for row in shop.locations.values()],
            "products": [told(row) for row in shop.products.values()],
            "variants": [told(row) for row in shop.variants.values()],
            "levels": [told(row) for row in shop.levels.values()],
            "transfers": [told(row) for row in shop.transfers.values()],
            "subscriptions": [told(row) for row in shop.subscriptions.values()],
        }
