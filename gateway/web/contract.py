"""What the framework cannot see of the operations: bodies read by hand, query parameters, statuses other than 200."""

from typing import Any, Final

from gateway.web.bodies import CSV, JSON, NDJSON
from policies.values import CAUSES, STATES

TEXT: Final[dict[str, Any]] = {"type": "string", "minLength": 1}
OPTIONAL_TEXT: Final[dict[str, Any]] = {"type": ["string", "null"]}
OPTIONAL_FLAG: Final[dict[str, Any]] = {"type": ["boolean", "null"]}
ROWS: Final[dict[str, Any]] = {"schema": {"type": "string"}}


def _object(required: list[str], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": required, "properties": properties, "additionalProperties": False}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


QUANTITIES: Final[dict[str, Any]] = {
    "type": "object",
    "minProperties": 1,
    "additionalProperties": {"type": ["integer", "null"]},
    "description": f"Units by state ({', '.join(STATES)}, or a synonym); null is unknown, absent is no such state.",
}
READING: Final = _object(
    ["location", "quantities", "observed_at"],
    variant=OPTIONAL_TEXT,
    sku=OPTIONAL_TEXT,
    location=TEXT,
    quantities=QUANTITIES,
    active=OPTIONAL_FLAG,
    observed_at={"type": "string", "format": "date-time"},
    cause={"enum": [*CAUSES, None]},
)
VARIANT: Final = _object(
    ["id"],
    id=TEXT,
    sku=OPTIONAL_TEXT,
    barcode=OPTIONAL_TEXT,
    title={"type": "string"},
    price={"type": ["number", "string", "null"]},
    tracked=OPTIONAL_FLAG,
    inventory_policy={"enum": ["deny", "continue", None]},
)
PRODUCT: Final = _object(
    ["id"],
    id=TEXT,
    title={"type": "string"},
    url=OPTIONAL_TEXT,
    image_url=OPTIONAL_TEXT,
    description={"type": "string"},
    vendor=OPTIONAL_TEXT,
    product_type=OPTIONAL_TEXT,
    tags=_list({"type": "string"}),
    collections=_list({"type": "string"}),
    published=OPTIONAL_FLAG,
    variants=_list(VARIANT),
)
LOCATION: Final = _object(["id"], id=TEXT, label={"type": "string"}, active=OPTIONAL_FLAG)

NOTE: Final = {"type": "string", "minLength": 1, "maxLength": 2000}
PERCENT: Final[dict[str, Any]] = {"type": ["number", "string", "null"]}
FEATURE: Final = _object(["variant"], variant=TEXT, role={"enum": ["hero", "supporting"]})
FEATURES: Final = _object(
    ["features"],
    features={"type": ["array", "null"], "items": FEATURE},
    recipients={"type": ["integer", "null"], "minimum": 0},
    click_to_buy_percent=PERCENT,
    demand_share_percent=PERCENT,
)


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {JSON: {"schema": schema}}


BODIES: Final[dict[str, dict[str, Any]]] = {
    "record_readings": {
        **_json(_object(["source", "readings"], source=TEXT, readings=_list(READING))),
        NDJSON[0]: ROWS,
        CSV: ROWS,
    },
    "put_catalog": {**_json(_object(["source", "products"], source=TEXT, products=_list(PRODUCT))), NDJSON[0]: ROWS},
    "put_locations": _json(_object(["source", "locations"], source=TEXT, locations=_list(LOCATION))),
    "choose_features": _json(FEATURES),
    "hold_campaign": _json(_object(["note"], note=NOTE)),
    "release_campaign": _json(
        _object(["note"], note=NOTE, send_at={"type": ["string", "null"], "format": "date-time"})
    ),
    "override_guard": _json(_object(["note"], note=NOTE)),
    "put_group": _json(_object(["variants"], variants=_list(TEXT))),
    "receive_shopify_webhook": _json({}),
}
STATUSES: Final = {
    "record_readings": "202",
    "hold_campaign": "202",
    "release_campaign": "202",
    "override_guard": "202",
}
CONFLICTS: Final = frozenset({"hold_campaign", "release_campaign", "override_guard"})
"""What may answer 409: the state has moved on."""
PAGED: Final = ("limit", "cursor")
QUERIES: Final[dict[str, tuple[str, ...]]] = {
    "put_catalog": ("source",),
    "list_variants": ("q", "band", "pool", "tag", "objection", *PAGED),
    "explain_variant": ("pool",),
    "variant_history": PAGED,
    "list_doubts": PAGED,
    "list_campaigns": PAGED,
    "list_holds": PAGED,
    "list_outbox": ("destination", "state", *PAGED),
}
