"""What the policy API takes and answers, for OpenAPI."""

from typing import Any, Final

from gateway.documents.json_schema import document_schema
from gateway.policy_versions.publishing import LONGEST_NOTE

COUNT: Final[dict[str, Any]] = {"type": "integer", "minimum": 0}
TEXT: Final[dict[str, Any]] = {"type": "string"}
NUMBER: Final[dict[str, Any]] = {"type": "integer", "minimum": 1}
OPTIONAL_NUMBER: Final[dict[str, Any]] = {"type": ["integer", "null"], "minimum": 1}
TIME: Final[dict[str, Any]] = {"type": "string", "format": "date-time"}
FLAG: Final[dict[str, Any]] = {"type": "boolean"}
UNITS: Final[dict[str, Any]] = {
    "oneOf": [COUNT, {"const": "unlimited"}, {"type": "null"}],
    "description": "null: unknown, nothing is told",
}


def record(**properties: Any) -> dict[str, Any]:
    """Describe an object that always has all of these."""
    return {"type": "object", "required": list(properties), "properties": properties}


def listed(items: dict[str, Any]) -> dict[str, Any]:
    """Describe a list."""
    return {"type": "array", "items": items}


DOCUMENT: Final[dict[str, Any]] = {
    **document_schema(),
    "description": "A policy of the policy language, version 1. Every problem names its path within the document.",
}
ANY_DOCUMENT: Final[dict[str, Any]] = {
    "type": "object",
    "description": "A document, or an object whose one key `document` holds it; whatever is wrong is answered.",
}
PROBLEMS: Final = listed(record(path=TEXT, message=TEXT))
WARNINGS: Final = listed(record(code=TEXT, severity=TEXT, path=TEXT, message=TEXT))
DIFFERENCES: Final = listed(record(path=TEXT, sentence=TEXT))
LINE: Final[dict[str, Any]] = {
    "version": NUMBER,
    "author": TEXT,
    "note": TEXT,
    "published_at": TIME,
    "confirmed": {**FLAG, "description": "published with confirm_large"},
    "restores": {**OPTIONAL_NUMBER, "description": "the older version whose document this is"},
}
SETTING: Final = record(setting=TEXT, before={}, after={}, rule={"type": ["string", "null"]})
EXAMPLE: Final = record(
    variant=TEXT,
    title={"type": ["string", "null"]},
    units_before=UNITS,
    units_after=UNITS,
    promised_before=UNITS,
    promised_after=UNITS,
    because=listed(SETTING),
)
BAND: Final[dict[str, Any]] = {"enum": ["out", "low", "healthy"]}
CHANGE: Final = {
    **record(pool=TEXT, to=BAND, variants=COUNT, listed=listed(EXAMPLE)),
    "description": "Variants that go `from` one band `to` another, rises taken as settled; those that move most listed",
}
CHANGE["properties"]["from"] = BAND
CHANGE["required"].append("from")
RESTOCKS: Final = record(
    would_alert=COUNT,
    told_at_most={**COUNT, "description": "people in the first wave"},
    would_not_alert={**COUNT, "description": "caused by the policy, which never alerts"},
    await_confirmation=COUNT,
    no_longer=COUNT,
    returns=COUNT,
    returns_await_confirmation=COUNT,
)
CATALOG: Final = record(changed=COUNT, raised=COUNT, lowered=COUNT, to_zero=COUNT, from_zero=COUNT)
MOMENT: Final[dict[str, Any]] = {
    "moves": {**COUNT, "description": "variants that enter or leave out"},
    "changes": listed(CHANGE),
    "restocks": RESTOCKS,
    "catalog": CATALOG,
}
CAMPAIGNS: Final[dict[str, Any]] = {
    "oneOf": [record(would_be_held=COUNT, would_be_released=COUNT, judged=COUNT), {"type": "null"}]
}
IMPACT: Final[dict[str, Any]] = {
    "at": TIME,
    "large": FLAG,
    "reasons": listed(TEXT),
    "variants": COUNT,
    "decided": {**COUNT, "description": "variants that the document treats otherwise"},
    **MOMENT,
    "first_sight": {"type": "object", "additionalProperties": {"type": "object"}},
    "blind": {"type": "object", "additionalProperties": record(would_become=COUNT, would_see_again=COUNT)},
    "campaigns": CAMPAIGNS,
    "later": listed(record(at=TIME, why=listed(TEXT), **MOMENT)),
}

NOTE: Final[dict[str, Any]] = {"type": "string", "minLength": 1, "maxLength": LONGEST_NOTE, "pattern": r"\S"}
PUBLICATION: Final[dict[str, Any]] = {
    **record(document=DOCUMENT, based_on=OPTIONAL_NUMBER, note=NOTE),
    "additionalProperties": False,
}
PUBLICATION["properties"]["confirm_large"] = FLAG
ROLLBACK: Final[dict[str, Any]] = {**record(to=NUMBER, note=NOTE), "additionalProperties": False}
ROLLBACK["properties"] |= {"confirm_large": FLAG, "based_on": OPTIONAL_NUMBER}
WRAPPED: Final = {"anyOf": [DOCUMENT, {**record(document=DOCUMENT), "additionalProperties": False}]}
BODIES: Final[dict[str, dict[str, Any]]] = {
    "check_policy": ANY_DOCUMENT,
    "preview_policy": WRAPPED,
    "publish_policy": PUBLICATION,
    "rollback_policy": ROLLBACK,
}
ANSWERS: Final[dict[str, dict[str, Any]]] = {
    "current_policy": record(**LINE, document=DOCUMENT),
    "policy_versions": record(versions=listed(record(**LINE)), next_cursor={"type": ["string", "null"]}),
    "policy_version": record(**LINE, document=DOCUMENT, differences=DIFFERENCES),
    "check_policy": record(problems=PROBLEMS, warnings=WARNINGS),
    "preview_policy": record(based_on=OPTIONAL_NUMBER, **IMPACT, differences=DIFFERENCES, warnings=WARNINGS),
    "publish_policy": record(**LINE),
    "rollback_policy": record(**LINE),
}
STALE: Final[dict[str, Any]] = {
    "409": {
        "description": "Made from a version that is no longer in force; `current` says which is",
        "content": {
            "application/problem+json": {
                "schema": {"allOf": [{"$ref": "#/components/schemas/Problem"}, record(current=OPTIONAL_NUMBER)]}
            }
        },
    }
}
CONFLICTS: Final = {"publish_policy": STALE, "rollback_policy": STALE}
UNKEYED: Final = ("check_policy", "preview_policy")
"""They are posted and change nothing, so repeating them needs no key."""
