"""What the feeds and the connection take and answer, for OpenAPI."""

from typing import Any, Final

from gateway.feeds.definitions import BANDS, FIELDS, MOST_ITEMS, PRESETS, SORTS
from gateway.feeds.forms import FORMS
from gateway.web.health import OUTBOXES

NAME: Final[dict[str, Any]] = {
    "type": "string",
    "minLength": 1,
    "maxLength": 300,
    "pattern": r"^[!-~]([ -~]*[!-~])?$",
}
TEXT: Final[dict[str, Any]] = {"type": "string"}
NUMBER: Final[dict[str, Any]] = {"type": "integer"}
SHARE: Final[dict[str, Any]] = {"type": "number"}
FLAG: Final[dict[str, Any]] = {"type": "boolean"}
TIME: Final[dict[str, Any]] = {"type": "string", "format": "date-time"}
FREE: Final[dict[str, Any]] = {"type": "object"}


def _list(items: dict[str, Any], most: int | None = None, least: int = 0) -> dict[str, Any]:
    return {"type": "array", "items": items, "minItems": least} | ({} if most is None else {"maxItems": most})


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    return {"oneOf": [schema, {"type": "null"}]}


def _record(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties}


def _body(required: list[str], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": required, "properties": properties, "additionalProperties": False}


WEB_FEED: Final = _body(
    [],
    preset={"enum": [*PRESETS, None]},
    bands=_list({"enum": list(BANDS)}, len(BANDS), 1),
    pool=_or_null(NAME),
    tags=_list(NAME, 100),
    collections=_list(NAME, 100),
    vendors=_list(NAME, 100),
    pickup_location=_or_null(NAME),
    back_within_days=_or_null({"type": "integer", "minimum": 1, "maximum": 90}),
    sort={"enum": list(SORTS)},
    limit={"type": "integer", "minimum": 1, "maximum": MOST_ITEMS},
    fields=_list({"enum": list(FIELDS)}, None, 1),
    one_per_product=FLAG,
    may_be_empty=FLAG,
)
NEEDS_A_PLACE: Final[dict[str, Any]] = {
    "if": {"properties": {"preset": {"const": "pickup_at_store"}}, "required": ["preset"]},
    "then": {"properties": {"pickup_location": NAME}, "required": ["pickup_location"]},
}
BODIES: Final[dict[str, dict[str, Any]]] = {
    "put_web_feed": {**WEB_FEED, **NEEDS_A_PLACE},
    "create_feed_token": _body(["name"], name={"type": "string", "pattern": "^[A-Za-z0-9 ._-]{1,60}$"}),
    "rotate_feed_token": _body([], overlap_hours={"type": "integer", "minimum": 0, "maximum": 2160}),
    "retry_outbox": _body(["destination"], destination={"enum": list(OUTBOXES)}, target=_or_null(NAME)),
    "adopt_account": _body(["note"], note={"type": "string", "minLength": 1, "maxLength": 500}),
}
JOB_STEPS: Final = ("run_job", "pause_job", "resume_job")
STATUSES: Final = {"create_feed_token": "201", "rotate_feed_token": "201"}
CONFLICTING: Final = ("create_feed_token", "adopt_account")
UNKEYED: Final = ("create_feed_token", "rotate_feed_token")
"""Their answers hold a secret, which is never kept for a repetition."""
QUERIES: Final[dict[str, list[dict[str, Any]]]] = {
    "catalog_feed": [
        {"name": name, "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 64, "default": 1}}
        for name in ("part", "of")
    ]
}
FEED_NAME: Final[dict[str, Any]] = {"type": "string", "pattern": "^[a-z0-9_]{1,40}$"}
PATHS: Final[dict[tuple[str, str], dict[str, Any]]] = {
    ("put_web_feed", "name"): FEED_NAME,
    ("delete_web_feed", "name"): FEED_NAME,
    ("web_feed", "name"): FEED_NAME,
    ("catalog_feed", "form"): {"type": "string", "enum": list(FORMS)},
}
"""What a part of an operation's path may be."""
SHOWN_TOKEN: Final = _record(name=TEXT, token=TEXT, catalog=TEXT, web=TEXT)
ACCOUNT: Final = _record(id=TEXT, name=TEXT)
DEPTH: Final = _record(waiting=NUMBER, leased=NUMBER, parked=NUMBER, oldest_s=_or_null(SHARE))
ALLOWANCE: Final = _record(family=TEXT, used=NUMBER, per_minute=NUMBER, share=SHARE, held_s=SHARE)
ANSWERS: Final[dict[str, dict[str, Any]]] = {
    "list_feeds": _record(
        feeds=_list(_record(name=TEXT, items=_or_null(NUMBER), trouble=_or_null(TEXT), definition=_or_null(FREE))),
        presets=_list(TEXT),
    ),
    "put_web_feed": _record(name=TEXT, definition=FREE, path=TEXT),
    "delete_web_feed": _record(deleted=TEXT),
    "list_feed_tokens": _record(tokens=_list(_record(name=TEXT, created_at=TIME, ends_at=_or_null(TIME)))),
    "create_feed_token": SHOWN_TOKEN,
    "rotate_feed_token": SHOWN_TOKEN,
    "revoke_feed_token": _record(revoked=TEXT),
    "get_connection": _record(
        mode={"enum": ["watch", "api", "feed"]},
        account=_or_null(ACCOUNT),
        checked_at=_or_null(TIME),
        writable=FLAG,
        problems=_list(TEXT),
        outbox=_record(**dict.fromkeys(OUTBOXES, DEPTH)),
        behind_s=SHARE,
        sent=SHARE,
        sent_last_minute=SHARE,
        failed=NUMBER,
        allowance=_list(ALLOWANCE),
        catalog_audit=_record(running=_or_null(TEXT), last=_or_null(FREE)),
    ),
    "adopt_account": _record(account=ACCOUNT),
    "retry_outbox": _record(retried=NUMBER),
    "run_job": _record(name=TEXT),
    "pause_job": _record(name=TEXT, paused=FLAG),
    "resume_job": _record(name=TEXT, paused=FLAG),
}
UNCHANGED: Final = {"304": {"description": "Nothing changed since the ETag that was sent along"}}
FILES: Final[dict[str, dict[str, Any]]] = {
    "catalog_feed": {
        "200": {
            "description": "The catalogue, gzipped where that is accepted",
            "content": {form.media_type: {"schema": {}} for form in FORMS.values()},
        },
        **UNCHANGED,
    },
    "web_feed": {
        "200": {
            "description": "The list, gzipped where that is accepted",
            "content": {"application/json": {"schema": _record(items=_list(FREE, MOST_ITEMS))}},
        },
        **UNCHANGED,
    },
}
