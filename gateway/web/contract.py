"""What the framework cannot see of the operations: what they are asked with. What they answer is in `answers`."""

from typing import Any, Final

from gateway.web.api.audit import DAY
from gateway.web.api.doubts import LONGEST_OWNER
from gateway.web.api.doubts import STATES as DOUBT_STATES
from gateway.web.api.fields import LONGEST_ID, LONGEST_TEXT, RFC3339
from gateway.web.api.lists import OUTBOX_STATES
from gateway.web.api.restocks import LONGEST_NOTE
from gateway.web.api.restocks import STATES as RESTOCK_STATES
from gateway.web.api.root import ENTRY, LARGEST_PAGE, OFFSET, ROW, TARGET
from gateway.web.api.variants import BANDS
from gateway.web.bodies import CSV, JSON, NDJSON
from gateway.web.feed_contract import BODIES as FEED_BODIES
from gateway.web.feed_contract import CONFLICTING as FEED_CONFLICTING
from gateway.web.feed_contract import JOB_STEPS
from gateway.web.feed_contract import QUERIES as FEED_QUERIES
from gateway.web.feed_contract import STATUSES as FEED_STATUSES
from gateway.web.guard_contract import BODIES as GUARD_BODIES
from gateway.web.guard_contract import STATUSES as GUARD_STATUSES
from gateway.web.health import ALL_OUTBOXES, OUTBOXES
from gateway.web.idempotency import LONGEST_KEY
from gateway.web.policy_contract import BODIES as POLICY_BODIES
from gateway.web.waitlist_contract import BODIES as WAITLIST_BODIES
from gateway.web.waitlist_contract import CONFLICTING as WAITLIST_CONFLICTING
from policies.values import CAUSES, STATES

NAME: Final[dict[str, Any]] = {
    "type": "string",
    "minLength": 1,
    "maxLength": LONGEST_ID,
    "pattern": r"^[^\x00-\x20\x7f]([^\x00-\x1f\x7f]*[^\x00-\x20\x7f])?$",
    "description": "Printable characters, no blanks around them.",
}
TEXT: Final[dict[str, Any]] = {"type": "string", "maxLength": LONGEST_TEXT}
OPTIONAL_TEXT: Final[dict[str, Any]] = {**TEXT, "type": ["string", "null"]}
LINK: Final[dict[str, Any]] = {
    "type": ["string", "null"],
    "pattern": r"^https?://[a-z0-9]+(\.[a-z0-9]+)*(/[a-z0-9/]*)?$",
}
OPTIONAL_FLAG: Final[dict[str, Any]] = {"type": ["boolean", "null"]}
PRICE: Final[dict[str, Any]] = {
    "oneOf": [
        {"type": "number", "minimum": 0, "maximum": 10**9},
        {"type": "string", "pattern": r"^[0-9]{1,9}(\.[0-9]{1,9})?$"},
        {"type": "null"},
    ]
}
TIME: Final[dict[str, Any]] = {"type": "string", "format": "date-time", "pattern": f"^{RFC3339.pattern}$"}
ROWS: Final[dict[str, Any]] = {"schema": {"type": "string"}}
SNAPSHOT: Final[dict[str, Any]] = {
    "schema": {
        "type": "string",
        "description": "First line: the manifest, `source`, `as_of` (when the read began), `rows` (how many follow), "
        "and, if you can, `sha256` of every byte after that line, in hexadecimal. Then one row of readings a line; "
        "its `observed_at` is `as_of` where it says none.",
    }
}


def _object(required: list[str], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": required, "properties": properties, "additionalProperties": False}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _rows(row: dict[str, Any]) -> dict[str, Any]:
    other = {"description": "Anything else is counted as rejected and named in the answer; its neighbours are taken."}
    return _list({"anyOf": [row, other]})


QUANTITIES: Final[dict[str, Any]] = {
    "type": "object",
    "minProperties": 1,
    "additionalProperties": {"type": ["integer", "null"]},
    "description": f"Units by state ({', '.join(STATES)}, or a synonym); null is unknown, absent is no such state.",
}
READING: Final = _object(
    ["location", "quantities", "observed_at"],
    variant=NAME,
    sku=NAME,
    location=NAME,
    quantities=QUANTITIES,
    active=OPTIONAL_FLAG,
    observed_at=TIME,
    cause={"enum": [*CAUSES, None]},
)
VARIANT: Final = _object(
    ["id"],
    id=NAME,
    sku=OPTIONAL_TEXT,
    barcode=OPTIONAL_TEXT,
    title=TEXT,
    price=PRICE,
    tracked=OPTIONAL_FLAG,
    inventory_policy={"enum": ["deny", "continue", None]},
)
PRODUCT: Final = _object(
    ["id"],
    id=NAME,
    title=TEXT,
    url=LINK,
    image_url=LINK,
    description=TEXT,
    vendor=OPTIONAL_TEXT,
    product_type=OPTIONAL_TEXT,
    tags=_list(TEXT),
    collections=_list(TEXT),
    published=OPTIONAL_FLAG,
    variants=_list(VARIANT),
)
LOCATION: Final = _object(["id"], id=NAME, label=TEXT, active=OPTIONAL_FLAG)


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {JSON: {"schema": schema}}


BODIES: Final[dict[str, dict[str, Any]]] = {
    "record_readings": {
        **_json(_object(["source", "readings"], source=NAME, readings=_rows(READING))),
        NDJSON[0]: ROWS,
        CSV: ROWS,
    },
    "put_catalog": {**_json(_object(["source", "products"], source=NAME, products=_rows(PRODUCT))), NDJSON[0]: ROWS},
    "put_locations": _json(_object(["source", "locations"], source=NAME, locations=_list(LOCATION))),
    "record_snapshot": {NDJSON[0]: SNAPSHOT},
    "assign_doubt": _json(
        _object(["owner"], owner={"type": ["string", "null"], "minLength": 1, "maxLength": LONGEST_OWNER})
    ),
    **{name: _json(body) for name, body in {**FEED_BODIES, **GUARD_BODIES, **WAITLIST_BODIES}.items()},
    "receive_shopify_webhook": _json({}),
    **{name: _json(body) for name, body in POLICY_BODIES.items()},
}
OPTIONAL_BODIES: Final[dict[str, dict[str, Any]]] = {
    name: _json(_object([], note={"type": "string", "maxLength": LONGEST_NOTE}))
    for name in ("confirm_restock", "dismiss_restock", "confirm_doubt", "dismiss_doubt", *JOB_STEPS)
}
CONFLICTING: Final = (
    "confirm_restock",
    "dismiss_restock",
    "record_snapshot",
    *FEED_CONFLICTING,
    *GUARD_STATUSES,
    *WAITLIST_CONFLICTING,
)
"""Operations that answer 409 where somebody was quicker."""
STATUSES: Final = {
    "record_readings": "202",
    "publish_policy": "201",
    "rollback_policy": "201",
    **FEED_STATUSES,
    **GUARD_STATUSES,
}
KEY: Final[dict[str, Any]] = {
    "name": "Idempotency-Key",
    "in": "header",
    "schema": {"type": "string", "maxLength": LONGEST_KEY, "pattern": "^[!-~]([ -~]*[!-~])?$"},
}


def _query(name: str, **schema: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": {"type": "string", **schema}}


def _page(cursor: str) -> list[dict[str, Any]]:
    limit = _query("limit", type="integer", minimum=1, maximum=LARGEST_PAGE, default=50)
    return [limit, _query("cursor", pattern=f"^{cursor}$", description="The next_cursor of the page before.")]


QUERIES: Final[dict[str, list[dict[str, Any]]]] = {
    **{name: _page(OFFSET) for name in ("list_campaigns", "list_holds")},
    **FEED_QUERIES,
    "put_catalog": [_query("source", description="Whose products a body of lines tells.")],
    "policy_versions": _page(OFFSET),
    "list_variants": [
        *[_query(name) for name in ("q", "pool", "tag", "objection")],
        _query("band", enum=list(BANDS)),
        *_page(ROW),
    ],
    "explain_variant": [
        _query("pool"),
        _query("decision", pattern=f"^{ENTRY}$", description="A past decision, by its id from the history."),
    ],
    "list_restocks": [_query("state", enum=list(RESTOCK_STATES)), _page(ROW)[0]],
    "variant_history": _page(ENTRY),
    "list_doubts": [_query("state", enum=list(DOUBT_STATES), default=DOUBT_STATES[0]), *_page(OFFSET)],
    "list_audit": [
        *[_query(name) for name in ("actor", "target")],
        *[_query(name, pattern=f"^({DAY}|{RFC3339.pattern})?$") for name in ("since", "until")],
        _query("action", description="One action, or the kind before its dot."),
        *_page(ENTRY),
    ],
    "list_outbox": [
        _query("destination", enum=list(ALL_OUTBOXES), default=OUTBOXES[1]),
        _query("state", enum=list(OUTBOX_STATES), default=OUTBOX_STATES[0]),
        *_page(TARGET),
    ],
}
