"""What the guard's API takes and answers, for OpenAPI."""

from typing import Any, Final, get_args

from gateway.web.api.campaign_bodies import LONGEST_NOTE, MOST_FEATURES, MOST_RECIPIENTS
from gateway.web.api.fields import LONGEST_ID
from policies.guard import Phase
from policies.guard.dueness import Strategy

TEXT: Final[dict[str, Any]] = {"type": "string"}
OPTIONAL_TEXT: Final[dict[str, Any]] = {"type": ["string", "null"]}
NUMBER: Final[dict[str, Any]] = {"type": "integer"}
OPTIONAL_NUMBER: Final[dict[str, Any]] = {"type": ["integer", "null"]}
FLAG: Final[dict[str, Any]] = {"type": "boolean"}
TIME: Final[dict[str, Any]] = {"type": "string", "format": "date-time"}
OPTIONAL_TIME: Final[dict[str, Any]] = {"type": ["string", "null"], "format": "date-time"}
ID: Final[dict[str, Any]] = {
    "type": "string",
    "minLength": 1,
    "maxLength": LONGEST_ID,
    "pattern": r"^[^\x00-\x20\x7f]([^\x00-\x1f\x7f]*[^\x00-\x20\x7f])?$",
}
NEW_TIME: Final[dict[str, Any]] = {
    "type": ["string", "null"],
    "format": "date-time",
    "pattern": r"^(19[7-9]|[2-8][0-9]{2})[0-9]-",
    "description": "In the future.",
}
PERCENT: Final[dict[str, Any]] = {
    "oneOf": [
        {"type": "number", "exclusiveMinimum": 0, "maximum": 100},
        {"type": "string", "pattern": r"^[1-9][0-9]?(\.[0-9]{1,9})?$"},
        {"type": "null"},
    ]
}
ROLE: Final[dict[str, Any]] = {"enum": ["hero", "supporting"]}


def _takes(required: list[str], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": required, "properties": properties, "additionalProperties": False}


def _record(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    return {"oneOf": [schema, {"type": "null"}]}


NOTE: Final[dict[str, Any]] = {"type": "string", "minLength": 1, "maxLength": LONGEST_NOTE, "pattern": r"\S"}
BODIES: Final[dict[str, dict[str, Any]]] = {
    "choose_features": _takes(
        ["features"],
        features={
            "type": ["array", "null"],
            "maxItems": MOST_FEATURES,
            "items": _takes(["variant"], variant=ID, role={**ROLE, "default": "hero"}),
            "description": "A person's word; null takes it back.",
        },
        recipients={"type": ["integer", "null"], "minimum": 0, "maximum": MOST_RECIPIENTS},
        click_to_buy_percent=PERCENT,
        demand_share_percent={**PERCENT, "description": "Hold when expected demand is this share of the units."},
    ),
    "hold_campaign": _takes(["note"], note=NOTE),
    "release_campaign": _takes(["note"], note=NOTE, send_at=NEW_TIME),
    "override_guard": _takes(["note"], note=NOTE),
    "put_group": _takes(["variants"], variants={"type": "array", "maxItems": MOST_FEATURES, "items": ID}),
}
STATUSES: Final = dict.fromkeys(("hold_campaign", "release_campaign", "override_guard"), "202")

SCHEDULE: Final = _record(
    strategy={"enum": list(get_args(Strategy))},
    send_at=OPTIONAL_TIME,
    send_on=OPTIONAL_TEXT,
    percent_per_period=OPTIONAL_NUMBER,
    period=OPTIONAL_TEXT,
)
FEATURES: Final = _record(
    by={"enum": ["person", "tag", "content"]},
    actor=OPTIONAL_TEXT,
    features=_list(_record(variant=TEXT, role=ROLE, why=TEXT, cancels_alone=FLAG)),
    unresolved=_list(TEXT),
    per_person=_list(TEXT),
    demand=_or_null(_record(recipients=NUMBER, click_to_buy_percent=TEXT, demand_share_percent=OPTIONAL_TEXT)),
)
SHARE: Final = _record(matching=NUMBER, of=NUMBER)
VERDICT: Final = _record(
    verdict={"enum": ["hold", "release", "leave", "cannot_tell"]},
    guard=TEXT,
    mode={"enum": ["watch", "ask", "act"]},
    due=FLAG,
    guarded=FLAG,
    at=TIME,
    policy_version=NUMBER,
    reasons=_list(_record(code=TEXT, sentence=TEXT)),
    hold_share=SHARE,
    release_share=SHARE,
    headroom=_or_null(_record(expected_units=NUMBER, units=NUMBER, short=FLAG)),
    variants=_list(
        _record(
            variant=TEXT,
            role=ROLE,
            band=TEXT,
            units={"type": ["integer", "string", "null"]},
            blind=FLAG,
            awaits_confirmation=FLAG,
        )
    ),
)
HOLD: Final = _record(
    id=TEXT,
    campaign=TEXT,
    name=TEXT,
    channel=TEXT,
    phase={"enum": [phase.value for phase in Phase]},
    guard=OPTIONAL_TEXT,
    by=TEXT,
    note=OPTIONAL_TEXT,
    opened_at=TIME,
    held_at=OPTIONAL_TIME,
    remind_at=OPTIONAL_TIME,
    policy_version=NUMBER,
    reasons=_list(TEXT),
    schedule=_or_null(SCHEDULE),
    waits_for_a_person=FLAG,
    release_proposed=FLAG,
    time_passed=FLAG,
    problem=OPTIONAL_TEXT,
)
MESSAGE: Final = _record(
    id=TEXT,
    kind={"enum": ["campaign_message", "flow_step"]},
    campaign=TEXT,
    name=TEXT,
    channel=TEXT,
    status=TEXT,
    schedule=_or_null(SCHEDULE),
    first_send_at=OPTIONAL_TIME,
    last_send_at=OPTIONAL_TIME,
    restorable=FLAG,
    while_held=OPTIONAL_TEXT,
    features=_or_null(FEATURES),
    verdict=_or_null(VERDICT),
    hold=_or_null(HOLD),
)
GROUP: Final = _record(name=TEXT, variants=_list(TEXT))
ANSWERS: Final[dict[str, dict[str, Any]]] = {
    "list_campaigns": _record(
        campaigns=_list(MESSAGE),
        read_at=_record(campaigns=OPTIONAL_TIME, flows=OPTIONAL_TIME),
        next_cursor=OPTIONAL_TEXT,
    ),
    "list_holds": _record(holds=_list(HOLD), next_cursor=OPTIONAL_TEXT),
    "choose_features": _record(id=TEXT, features=_or_null(FEATURES)),
    "hold_campaign": HOLD,
    "release_campaign": HOLD,
    "override_guard": HOLD,
    "list_groups": _record(groups=_list(GROUP)),
    "put_group": GROUP,
}
