"""Shopify's webhooks: the signature over the raw body, then what must be read again. The web door calls it."""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final, NoReturn

from marshmallow import EXCLUDE, Schema, ValidationError, fields

from integrations.errors import MalformedDeliveryError, UntrustedDeliveryError
from integrations.ports import Delivery, Restocked
from integrations.shopify.mapping import bare_id

LARGEST_ID: Final = 2**64
LONGEST_HEADER: Final = 255
_RESTOCKS: Final = {"return": "return", "cancel": "cancellation"}
"""What a refund's line did to stock -> the cause of the rise (Shopify, RefundLineItemRestockType, 2026-10)."""
_LEVEL_TOPICS: Final = frozenset(f"inventory_levels/{event}" for event in ("update", "connect", "disconnect"))


class BareId(fields.Field[str]):
    """An id as a JSON integer or as digits; read into text. Ids exceed 2^53, so a float is refused."""

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: object) -> str:
        if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= len(str(LARGEST_ID)):
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < LARGEST_ID:
            raise ValidationError("Not an id.")
        return str(value)


class LevelPayload(Schema):
    """`inventory_levels/*`: which item changed where. The figure in it may be old and is not read."""

    inventory_item_id = BareId(required=True)


class NamedPayload(Schema):
    """`inventory_items/*` and `products/*`: the id is all that is needed."""

    id = BareId(required=True)


class GlobalId(fields.Field[str]):
    """An id such as `gid://shopify/InventoryTransfer/77`, read into its bare digits."""

    def _deserialize(self, value: object, attr: str | None, data: object, **kwargs: object) -> str:
        try:
            return bare_id(str(value))
        except ValueError:
            raise ValidationError("Not an id.") from None


class TransferPayload(Schema):
    """`inventory_transfers/*`: the transfer that moved on."""

    id = GlobalId(required=True)


class ShipmentPayload(Schema):
    """`inventory_shipments/*`: the transfer that it belongs to, told since 2026-10."""

    inventory_transfer_id = GlobalId(load_default=None)


class RestockedLine(Schema):
    """One line of a refund: what was put back where. Of no restock, the location is empty."""

    quantity = fields.Integer(strict=True, required=True)
    restock_type = fields.String(load_default="")
    location_id = BareId(load_default=None, allow_none=True)
    line_item = fields.Dict(load_default=dict)


class RefundPayload(Schema):
    """`refunds/create`, cut down to its lines."""

    refund_line_items = fields.List(fields.Nested(RestockedLine(unknown=EXCLUDE)), load_default=list)


class ShopifyWebhooks:
    """Trusts a delivery signed with any of the secrets (two live side by side after a rotation)."""

    name = "shopify"

    def __init__(self, secrets: Sequence[str], shop: str | None = None) -> None:
        """Take the app's client secrets; without one every delivery is refused."""
        self._secrets = tuple(secret.encode() for secret in secrets if secret)
        self._shop = shop.lower() if shop else None

    def receive(self, raw: bytes, headers: Mapping[str, str]) -> Delivery:
        """Verify the signature over the raw body, then read it.

        Raises UntrustedDeliveryError, or MalformedDeliveryError for a trusted body that cannot be read.
        """
        told = {name.lower(): value for name, value in headers.items()}
        if not self._signed(raw, told.get("x-shopify-hmac-sha256", "")):
            raise UntrustedDeliveryError("The signature of the delivery does not hold.")
        if self._shop is not None and told.get("x-shopify-shop-domain", "").lower() != self._shop:
            raise UntrustedDeliveryError("The delivery is of another shop.")
        body = _object(raw)
        topic = _header(told, "x-shopify-topic")
        items, products = _touched(topic, body)
        transfers, movement = _moved(topic, body)
        return Delivery(
            id=_header(told, "x-shopify-webhook-id"),
            topic=topic,
            items=items,
            products=products,
            locations=topic.startswith("locations/"),
            transfers=transfers,
            movement=movement,
            restocked=_restocked(topic, body),
            access=topic in ("app/uninstalled", "app/scopes_update"),
            bulk_finished=topic == "bulk_operations/finish",
            triggered_at=_time(told.get("x-shopify-triggered-at")),
            event_id=told.get("x-shopify-event-id") or None,
        )

    def _signed(self, raw: bytes, header: str) -> bool:
        try:
            given = base64.b64decode(header, validate=True)
        except ValueError:
            return False
        # Every secret is tried, so that the time taken does not tell which one matched.
        matches = [hmac.compare_digest(hmac.digest(secret, raw, hashlib.sha256), given) for secret in self._secrets]
        return any(matches)


def _touched(topic: str, body: Mapping[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Name the stock items and the products to read again."""
    try:
        if topic in _LEVEL_TOPICS:
            return (LevelPayload(unknown=EXCLUDE).load(body)["inventory_item_id"],), ()
        if topic.startswith("inventory_items/"):
            return (NamedPayload(unknown=EXCLUDE).load(body)["id"],), ()
        if topic.startswith("products/"):
            return (), (NamedPayload(unknown=EXCLUDE).load(body)["id"],)
    except ValidationError as failure:
        raise _unreadable(topic, failure) from None
    return (), ()


def _moved(topic: str, body: Mapping[str, Any]) -> tuple[tuple[str, ...], bool]:
    """Name the transfer that moved on; True where one did and is not named."""
    try:
        if topic.startswith("inventory_transfers/"):
            return (TransferPayload(unknown=EXCLUDE).load(body)["id"],), False
        if topic.startswith("inventory_shipments/"):
            transfer = ShipmentPayload(unknown=EXCLUDE).load(body)["inventory_transfer_id"]
            return (transfer,) if transfer else (), transfer is None
    except ValidationError as failure:
        raise _unreadable(topic, failure) from None
    return (), False


def _restocked(topic: str, body: Mapping[str, Any]) -> tuple[Restocked, ...]:
    """Say what a refund put back. A hint only: a line that cannot be read explains nothing."""
    if topic != "refunds/create":
        return ()
    try:
        lines = RefundPayload(unknown=EXCLUDE).load(body)["refund_line_items"]
    except ValidationError:
        return ()
    found = []
    for line in lines:
        variant, cause = line["line_item"].get("variant_id"), _RESTOCKS.get(line["restock_type"])
        if cause and line["location_id"] and isinstance(variant, int) and line["quantity"] > 0:
            found.append(Restocked(str(variant), line["location_id"], line["quantity"], cause))
    return tuple(found)


def _unreadable(topic: str, failure: ValidationError) -> MalformedDeliveryError:
    return MalformedDeliveryError(f"The delivery of {topic} cannot be read at: {', '.join(sorted(failure.messages))}.")


def _object(raw: bytes) -> dict[str, Any]:
    try:
        body = json.loads(raw, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise MalformedDeliveryError("The body of the delivery is not JSON.") from None
    if not isinstance(body, dict):
        raise MalformedDeliveryError("The body of the delivery is not an object.")
    return body


def _no_constant(_: str) -> NoReturn:
    raise ValueError("NaN and Infinity are not JSON")


def _header(told: Mapping[str, str], name: str) -> str:
    value = told.get(name, "").strip()
    if not value or len(value) > LONGEST_HEADER or not value.isprintable():
        raise MalformedDeliveryError(f"The delivery has no readable header {name}.")
    return value


def _time(text: str | None) -> datetime | None:
    """Read the unsigned hint; what cannot be read is no hint."""
    try:
        at = datetime.fromisoformat(text or "")
        return at.astimezone(UTC) if at.tzinfo else None
    except (ValueError, OverflowError):
        return None
