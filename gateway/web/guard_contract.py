"""What people tell the guard, for OpenAPI."""

from typing import Any, Final

TEXT: Final[dict[str, Any]] = {"type": "string"}


def _object(required: list[str], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": required, "properties": properties, "additionalProperties": False}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


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

BODIES: Final[dict[str, dict[str, Any]]] = {
    "choose_features": FEATURES,
    "hold_campaign": _object(["note"], note=NOTE),
    "release_campaign": _object(["note"], note=NOTE, send_at={"type": ["string", "null"], "format": "date-time"}),
    "override_guard": _object(["note"], note=NOTE),
    "put_group": _object(["variants"], variants=_list(TEXT)),
}
STATUSES: Final = {"hold_campaign": "202", "release_campaign": "202", "override_guard": "202"}
"""Done by the worker, a moment later; 409 where the state has moved on."""
