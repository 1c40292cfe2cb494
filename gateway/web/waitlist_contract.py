"""What the waitlist takes and answers, for OpenAPI."""

from typing import Any, Final

from gateway.waves.joining import EMAIL, PHONE
from policies.restock import Why

TEXT: Final[dict[str, Any]] = {"type": "string"}
NUMBER: Final[dict[str, Any]] = {"type": "integer"}
TIME: Final[dict[str, Any]] = {"type": "string", "format": "date-time"}
ADDRESS: Final[dict[str, Any]] = {"type": "string", "pattern": f"^{EMAIL}$"}
NUMBER_TO_CALL: Final[dict[str, Any]] = {"type": "string", "pattern": f"^{PHONE}$"}
VARIANT: Final[dict[str, Any]] = {
    "type": "string",
    "minLength": 1,
    "maxLength": 300,
    "pattern": r"^[!-~]([ -~]*[!-~])?$",
}


def _record(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    return {"oneOf": [schema, {"type": "null"}]}


def _body(required: list[str], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": required, "properties": properties, "additionalProperties": False}


def _wish(channel: str, **contact: Any) -> dict[str, Any]:
    return _body(
        [*contact, "variant", "channels"],
        **contact,
        variant=VARIANT,
        channels={"type": "array", "items": {"const": channel}, "minItems": 1, "maxItems": 1},
        vip={"type": "boolean", "description": "Goes first where the policy's order is vip_first."},
        shopper_address={
            "type": ["string", "null"],
            "format": "ipv4",
            "description": "The shopper's network address, IPv4 or IPv6: it may join only so often.",
        },
    )


BODIES: Final[dict[str, dict[str, Any]]] = {
    "join_waitlist": {"oneOf": [_wish("email", email=ADDRESS), _wish("sms", phone=NUMBER_TO_CALL)]},
    "erase_person": {"oneOf": [_body(["email"], email=ADDRESS), _body(["phone"], phone=NUMBER_TO_CALL)]},
}
CONFLICTING: Final = ("join_waitlist",)
UNKEYED: Final = ("join_waitlist", "erase_person")
"""Repeating them is harmless, and what is remembered of a request is a trace of a person."""
COUNTS: Final = {"told": NUMBER, "refused": NUMBER, "unknown": NUMBER}
ANSWERS: Final[dict[str, dict[str, Any]]] = {
    "join_waitlist": _record(variant=TEXT, state={"enum": ["waiting", "waits_already"]}),
    "erase_person": _record(erased_from=NUMBER),
    "restock_waves": _record(
        restock=TEXT,
        mode={"enum": ["native", "waves"]},
        state={"enum": ["waiting", "sending", "over"]},
        why=_or_null({"enum": list(Why)}),
        sentence=TEXT,
        next_at=_or_null(TIME),
        **COUNTS,
        waiting=NUMBER,
        not_told=_list(_record(why=TEXT, people=NUMBER)),
        waves=_list(
            _record(number=NUMBER, at=TIME, units={"type": ["integer", "string"]}, policy_version=NUMBER, **COUNTS)
        ),
        people={
            **_or_null(_list(_record(contact=_or_null(TEXT), outcome=TEXT, wave=NUMBER, at=TIME))),
            "description": "For admins only; the newest 200.",
        },
    ),
}
