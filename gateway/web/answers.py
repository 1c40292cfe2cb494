"""What the operations answer, for the contract: every key that is always there, and of what kind it is."""

from typing import Any, Final

from gateway.web.api.lists import OUTBOX_STATES
from gateway.web.api.restocks import STATES as RESTOCK_STATES
from gateway.web.api.variants import BANDS
from gateway.web.feed_contract import ANSWERS as FEED_ANSWERS
from gateway.web.guard_contract import ANSWERS as GUARD_ANSWERS
from gateway.web.health import ALL_OUTBOXES
from gateway.web.policy_contract import ANSWERS as POLICY_ANSWERS
from gateway.web.waitlist_contract import ANSWERS as WAITLIST_ANSWERS

TEXT: Final[dict[str, Any]] = {"type": "string"}
NUMBER: Final[dict[str, Any]] = {"type": "integer"}
FLAG: Final[dict[str, Any]] = {"type": "boolean"}
TIME: Final[dict[str, Any]] = {"type": "string", "format": "date-time"}
FREE: Final[dict[str, Any]] = {"type": "object"}
BAND: Final[dict[str, Any]] = {"enum": list(BANDS)}
UNITS: Final[dict[str, Any]] = {
    "type": ["integer", "string", "null"],
    "description": "A number, `unlimited`, or null while nobody knows.",
}
TEXTS: Final[dict[str, Any]] = {"type": "array", "items": TEXT}


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    return {"oneOf": [schema, {"type": "null"}]}


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "properties": properties}


def _page(**lists: dict[str, Any]) -> dict[str, Any]:
    return _object(
        **{name: {"type": "array", "items": item} for name, item in lists.items()}, next_cursor=_or_null(TEXT)
    )


PROBLEM: Final = _object(
    type=TEXT,
    title=TEXT,
    status=NUMBER,
    detail=TEXT,
    errors={"type": "array", "items": _object(path=TEXT, message=TEXT)},
)
ROW_PROBLEMS: Final[dict[str, Any]] = {"type": "array", "items": _object(index=NUMBER, path=TEXT, message=TEXT)}
POOL: Final = _object(
    units=UNITS,
    promised_units=UNITS,
    band=BAND,
    blind=FLAG,
    proven=FLAG,
    held_back=FLAG,
    awaits_confirmation=FLAG,
    rise=_or_null(FREE),
)
STEP: Final = _object(
    location=TEXT,
    source=TEXT,
    observed_at=_or_null(TIME),
    quantities=FREE,
    counted=UNITS,
    reserve=NUMBER,
    reserve_rule=_or_null(TEXT),
    units=UNITS,
    objections=TEXTS,
)
RESTOCK: Final = _object(
    id=TEXT,
    variant=TEXT,
    episode=NUMBER,
    kind={"enum": ["restock", "return"]},
    cause=TEXT,
    state={"enum": list(RESTOCK_STATES)},
    at=TIME,
    settled_by=_or_null(TEXT),
    note=_or_null(TEXT),
)
OPEN_DOUBT: Final = _object(
    id=TEXT,
    kind=TEXT,
    key=TEXT,
    title=TEXT,
    sentence=TEXT,
    facts=FREE,
    state={"const": "open"},
    first_at=TIME,
    last_at=TIME,
    age_s=NUMBER,
    count=NUMBER,
    owner=_or_null(TEXT),
    units={**_or_null(NUMBER), "description": "Units that are kept from being promised, where they can be counted."},
    confirm={**TEXT, "description": "What happens when it is confirmed."},
    dismiss={**TEXT, "description": "What happens when it is dismissed."},
)
SETTLED_DOUBT: Final = _object(
    id=TEXT,
    kind=TEXT,
    key=TEXT,
    title=TEXT,
    sentence=TEXT,
    state={"enum": ["confirmed", "dismissed"]},
    settled_by=TEXT,
    settled_at=TIME,
    note=TEXT,
)
SHARE: Final[dict[str, Any]] = {"type": ["number", "null"], "description": "Percent of the levels."}
SOURCE: Final = _object(
    name=TEXT,
    last_heard_at=TIME,
    newest_observed_at=_or_null(TIME),
    counts=FREE,
    lag_s=_or_null(NUMBER),
    readings_per_hour=NUMBER,
    variants=NUMBER,
    levels=NUMBER,
    unknown_percent=SHARE,
    stale_percent=SHARE,
    drift={**NUMBER, "description": "Levels of which the source that counts there says something else."},
    held_back={**NUMBER, "description": "Variants that wait for a person because of this source."},
    kept_out=NUMBER,
    places={
        "type": "array",
        "items": _object(
            location=TEXT, counts_here=FLAG, levels=NUMBER, unknown_percent=SHARE, stale_percent=SHARE, drift=NUMBER
        ),
    },
)
DEPTH: Final = _object(waiting=NUMBER, leased=NUMBER, parked=NUMBER, oldest_s={"type": ["number", "null"]})
OUTBOX_LINE: Final = _object(
    target=TEXT,
    state={"enum": list(OUTBOX_STATES)},
    lane=NUMBER,
    attempts=NUMBER,
    reason=TEXT,
    since=TIME,
    next_attempt_at=_or_null(TIME),
)
SCHEDULED: Final = _object(
    name=TEXT,
    every_s=NUMBER,
    standing={"enum": ["running", "waiting", "failed", "done", "never"]},
    begun_at=_or_null(TIME),
    took_s=_or_null({"type": "number"}),
    failure=_or_null(TEXT),
    next_at={**_or_null(TIME), "description": "Null while it is paused, or was never marked by a clock."},
    paused_by=_or_null(TEXT),
)
ANSWERS: Final[dict[str, dict[str, Any]]] = {
    "live": _object(status={"const": "alive"}),
    "ready": _object(status={"enum": ["ready", "not ready"]}, reasons=TEXTS),
    "record_readings": _object(
        accepted=NUMBER, unchanged=NUMBER, superseded=NUMBER, set_aside=NUMBER, rejected=NUMBER, problems=ROW_PROBLEMS
    ),
    "record_snapshot": _object(
        snapshot=TEXT,
        source=TEXT,
        as_of=TIME,
        rows=NUMBER,
        accepted=NUMBER,
        unchanged=NUMBER,
        superseded=NUMBER,
        set_aside=NUMBER,
        rejected=NUMBER,
        became_unknown=NUMBER,
        problems=ROW_PROBLEMS,
    ),
    "put_catalog": _object(accepted=NUMBER, rejected=NUMBER, problems=ROW_PROBLEMS),
    "put_locations": _object(accepted=NUMBER),
    "receive_shopify_webhook": _object(accepted=FLAG),
    "list_variants": _page(
        variants=_object(
            variant=TEXT,
            sku=_or_null(TEXT),
            title=_or_null(TEXT),
            tags=TEXTS,
            band=BAND,
            units=UNITS,
            promised_units=UNITS,
            on_hand=UNITS,
            objections=TEXTS,
        )
    ),
    "get_variant": _object(
        variant=TEXT,
        sku=_or_null(TEXT),
        title=_or_null(TEXT),
        policy_version=NUMBER,
        decision=_or_null(TEXT),
        decided_at=_or_null(TIME),
        ledger_version=NUMBER,
        due=_or_null(TIME),
        pools={"type": "object", "additionalProperties": POOL},
        catalog=_object(state=TEXT, promised_units=UNITS, published_units=UNITS, published_at=_or_null(TIME)),
        restock=_or_null(FREE),
    ),
    "explain_variant": _object(
        variant=TEXT,
        title=_or_null(TEXT),
        pool=TEXT,
        at=TIME,
        policy_version=NUMBER,
        was=BAND,
        band=BAND,
        units=UNITS,
        pool_units=UNITS,
        promised_units=UNITS,
        steps={"type": "array", "items": STEP},
        settings={"type": "object", "additionalProperties": _object(value={}, rule=_or_null(TEXT), beat=TEXTS)},
        reasons=TEXTS,
        sentences=TEXTS,
        due=_or_null(TIME),
        proof=_object(
            decision=_or_null(TEXT),
            policy_version=NUMBER,
            locations_revision=NUMBER,
            ledger_version=NUMBER,
            inputs=TEXT,
            differences=TEXTS,
        ),
    ),
    "list_restocks": _object(restocks={"type": "array", "items": RESTOCK}),
    "confirm_restock": _object(id=TEXT, state=TEXT),
    "dismiss_restock": _object(id=TEXT, state=TEXT),
    "variant_history": _page(entries=_object(kind=TEXT, at=_or_null(TIME), facts=FREE)),
    "list_doubts": _page(doubts={"oneOf": [OPEN_DOUBT, SETTLED_DOUBT]}),
    "confirm_doubt": _object(id=TEXT, state={"const": "confirmed"}, effect=TEXT),
    "dismiss_doubt": _object(id=TEXT, state={"const": "dismissed"}, effect=TEXT),
    "assign_doubt": _object(id=TEXT, owner=_or_null(TEXT)),
    "list_audit": _page(entries=_object(id=TEXT, at=TIME, actor=TEXT, action=TEXT, target=TEXT, facts=FREE, hash=TEXT)),
    "list_outbox": _object(
        depths=_object(**dict.fromkeys(ALL_OUTBOXES, DEPTH)),
        entries={"type": "array", "items": OUTBOX_LINE},
        next_cursor=_or_null(TEXT),
    ),
    "list_sources": _object(
        sources={"type": "array", "items": SOURCE},
        counted_at={**_or_null(TIME), "description": "When levels, shares and drift were last counted."},
    ),
    "list_jobs": _object(
        jobs={
            "type": "array",
            "items": _object(name=TEXT, due_at=_or_null(TIME), done=_or_null(NUMBER), total=_or_null(NUMBER)),
        },
        clock_runs=FLAG,
        timetable={"type": "array", "items": SCHEDULED},
    ),
    **FEED_ANSWERS,
    **POLICY_ANSWERS,
    **GUARD_ANSWERS,
    **WAITLIST_ANSWERS,
}
