"""What staff, tills and orders do to levels, each with the effect Shopify documents (Inventory states, help centre)."""

from datetime import datetime

from integrations.shopify.simulator import payloads
from integrations.shopify.simulator.model import STATES, Level, RefusedError, Transfer
from integrations.shopify.simulator.shop import Shop

MOVABLE = ("available", "reserved", "damaged", "safety_stock", "quality_control")


_RESTOCK_TYPES = {"restock": "return", "damaged": "no_restock", "none": "no_restock"}


def _positive(units: int) -> int:
    if units <= 0:
        raise RefusedError(f"units must be above zero, got {units}")
    return units


def _apply(shop: Shop, level: Level, **deltas: int) -> Level:
    """Change states by deltas and tell the world; every state but `available` must stay at or above zero."""
    for state, delta in deltas.items():
        if state != "available" and level.quantities[state] + delta < 0:
            raise RefusedError(f"{state} would fall below zero: {level.quantities[state]} {delta:+d}")
    for state, delta in deltas.items():
        level.quantities[state] += delta
    level.updated_at = shop.now()
    shop.emit("inventory_levels/update", payloads.level(level))
    return level


def _order_touches_product(shop: Shop, item: int, at: datetime) -> None:
    product = shop.products[shop.variant_by_item(item).product]
    product.updated_at = at
    shop.emit("products/update", payloads.product(shop, product))


def sell(shop: Shop, item: int, location: int, units: int = 1, channel: str = "web") -> Level:
    """Sell: a web order commits units, a till hands them over and may go below zero whatever the policy says."""
    variant = shop.variant_by_item(item)
    level = shop.level(item, location)
    _positive(units)
    if not shop.live(level):
        raise RefusedError(f"item {item} is not active at location {location}")
    if channel == "pos":
        _apply(shop, level, available=-units)
    elif channel == "web":
        if variant.tracked and variant.inventory_policy == "DENY" and shop.sellable_online(item) < units:
            raise RefusedError(f"only {shop.sellable_online(item)} units of item {item} can be sold online")
        _apply(shop, level, available=-units, committed=units)
    else:
        raise RefusedError(f"channel must be web or pos, got {channel!r}")
    _order_touches_product(shop, item, level.updated_at)
    return level


def fulfil(shop: Shop, item: int, location: int, units: int = 1) -> Level:
    """Ship committed units out of the house."""
    return _apply(shop, shop.level(item, location), committed=-_positive(units))


def cancel_order(shop: Shop, item: int, location: int, units: int = 1) -> Level:
    """Cancel an unfulfilled order with restock."""
    return _apply(shop, shop.level(item, location), available=_positive(units), committed=-units)


def receive(shop: Shop, item: int, location: int, units: int = 1) -> Level:
    """Take units in from a supplier."""
    return _apply(shop, shop.level(item, location), available=_positive(units))


def take_back(shop: Shop, item: int, location: int, units: int = 1, disposition: str = "restock") -> Level:
    """Take a return back: `restock`, `damaged`, or `none`, which changes no stock."""
    level = shop.level(item, location)
    _positive(units)
    if disposition in _RESTOCK_TYPES:
        shop.emit("refunds/create", payloads.refund(shop, level, units, _RESTOCK_TYPES[disposition]))
    if disposition == "restock":
        return _apply(shop, level, available=units)
    if disposition == "damaged":
        return _apply(shop, level, damaged=units)
    if disposition == "none":
        return level
    raise RefusedError(f"disposition must be restock, damaged or none, got {disposition!r}")


def move(shop: Shop, item: int, location: int, units: int, source: str, target: str) -> Level:
    """Move units between states of one location; `committed` and `incoming` are not adjustable."""
    if source == target or source not in MOVABLE or target not in MOVABLE:
        raise RefusedError(f"units move between two of {', '.join(MOVABLE)}; got {source!r} to {target!r}")
    return _apply(shop, shop.level(item, location), **{source: -_positive(units), target: units})


def set_quantity(shop: Shop, item: int, location: int, name: str, quantity: int) -> Level:
    """Count: `on_hand` moves `available` by the same amount."""
    level = shop.level(item, location)
    if name not in ("available", "on_hand"):
        raise RefusedError(f"only available and on_hand can be set, got {name!r}")
    return _apply(shop, level, available=quantity - level.quantity(name))


def deactivate_level(shop: Shop, item: int, location: int) -> Level:
    """Unstock an item at a location: refused with units committed, incoming or unavailable; quantities stay."""
    level = shop.level(item, location)
    if busy := [state for state in STATES if state != "available" and level.quantities[state]]:
        raise RefusedError(f"item {item} has {', '.join(busy)} units at location {location}")
    level.active, level.updated_at = False, shop.now()
    shop.emit("inventory_levels/disconnect", {"inventory_item_id": item, "location_id": location})
    return level


def activate_level(shop: Shop, item: int, location: int) -> Level:
    """Stock an item at a location: an old level comes back with its old numbers."""
    shop.variant_by_item(item)
    if location not in shop.locations:
        raise RefusedError(f"there is no location {location}")
    if (item, location) not in shop.levels:
        shop.add_level(Level(item, location, shop.now()))
    level = shop.level(item, location)
    level.active, level.updated_at = True, shop.now()
    shop.emit("inventory_levels/connect", payloads.level(level))
    return level


def ready_transfer(shop: Shop, item: int, origin: int, destination: int, units: int) -> Transfer:
    """Make a transfer ready to ship: its units are reserved at the origin."""
    if origin == destination or destination not in shop.locations:
        raise RefusedError(f"location {destination} cannot be the destination of a transfer from {origin}")
    _apply(shop, shop.level(item, origin), available=-_positive(units), reserved=units)
    transfer = Transfer(shop.next_id(), item, origin, destination, units, "READY_TO_SHIP", created_at=shop.now())
    shop.transfers[transfer.id] = transfer
    _tell_transfer(shop, "inventory_transfers/ready_to_ship", transfer)
    return transfer


def _transfer(shop: Shop, number: int, *statuses: str) -> Transfer:
    if (transfer := shop.transfers.get(number)) is None:
        raise RefusedError(f"there is no transfer {number}")
    if transfer.status not in statuses:
        raise RefusedError(f"transfer {number} is {transfer.status}")
    return transfer


def ship_transfer(shop: Shop, transfer: int) -> Transfer:
    """Send a transfer on its way: the units leave the origin and are incoming at the destination."""
    found = _transfer(shop, transfer, "READY_TO_SHIP")
    if (found.item, found.destination) not in shop.levels:
        shop.add_level(Level(found.item, found.destination, shop.now()))
    _apply(shop, shop.level(found.item, found.origin), reserved=-found.units)
    _apply(shop, shop.level(found.item, found.destination), incoming=found.units)
    found.status = "IN_PROGRESS"
    shop.emit("inventory_shipments/mark_in_transit", payloads.shipment(found, "IN_TRANSIT", shop.now()))
    return found


def receive_transfer(shop: Shop, transfer: int, accepted: int = 0, rejected: int = 0, canceled: int = 0) -> Transfer:
    """Receive part of a transfer: only accepted units become stock; more than was sent may be accepted."""
    found = _transfer(shop, transfer, "IN_PROGRESS")
    level = shop.level(found.item, found.destination)
    if min(accepted, rejected, canceled) < 0 or accepted + rejected + canceled == 0:
        raise RefusedError("accepted, rejected and canceled must be zero or more, and not all zero")
    if not shop.live(level):
        raise RefusedError("INVENTORY_STATE_NOT_ACTIVE: the item is not active at the destination")
    before = found.unreceived
    found.accepted += accepted
    found.rejected += rejected
    found.canceled += canceled
    _apply(shop, level, incoming=found.unreceived - before, available=accepted)
    status = "PARTIALLY_RECEIVED" if found.unreceived else "RECEIVED"
    shop.emit("inventory_shipments/receive_items", payloads.receipt(found, status, accepted, rejected, shop.now()))
    if not found.unreceived:
        found.status = "TRANSFERRED"
        _tell_transfer(shop, "inventory_transfers/complete", found)
    return found


def cancel_transfer(shop: Shop, transfer: int) -> Transfer:
    """Cancel a transfer that has not left: its units can be sold again."""
    found = _transfer(shop, transfer, "READY_TO_SHIP")
    _apply(shop, shop.level(found.item, found.origin), reserved=-found.units, available=found.units)
    found.status = "CANCELED"
    _tell_transfer(shop, "inventory_transfers/cancel", found)
    return found


def _tell_transfer(shop: Shop, topic: str, transfer: Transfer) -> None:
    shop.emit(topic, payloads.transfer(transfer, shop.now()))
