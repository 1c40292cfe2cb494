"""What the policy API takes and answers, for OpenAPI."""

from typing import Any, Final

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
    "type": "object",
    "required": ["schema", "name", "default_pool", "authority", "pools"],
    "properties": {
        "schema": {"const": 1},
        "name": TEXT,
        "time_zone": TEXT,
        "default_pool": TEXT,
        "catalog_restock": {"enum": ["confirm", "publish"]},
        "catalog_return": {"enum": ["confirm", "publish"]},
        "authority": {"type": "object"},
        "locations": {"type": "object", "additionalProperties": {"type": "object"}},
        "pools": {"type": "object", "additionalProperties": {"type": "object"}},
        "rules": listed({"type": "object"}),
        "restock": {"type": "object"},
        "guards": listed({"type": "object"}),
        "limits": {"type": "object"},
    },
    "additionalProperties": False,
    "description": "A policy of the policy language, version 1. Every problem names its path within the document.",
}
FINDINGS: Final = listed(record(path=TEXT, message=TEXT))
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
IMPACT_FIELDS: Final[dict[str, Any]] = {
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

CURRENT: Final = record(**LINE, document=DOCUMENT)
VERSIONS: Final = record(versions=listed(record(**LINE)), next_cursor={"type": ["string", "null"]})
VERSION: Final = record(**LINE, document=DOCUMENT, differences=DIFFERENCES)
CHECKED: Final = record(problems=FINDINGS, warnings=FINDINGS)
IMPACT: Final = record(based_on=OPTIONAL_NUMBER, **IMPACT_FIELDS, differences=DIFFERENCES, warnings=FINDINGS)

NOTE: Final[dict[str, Any]] = {"type": "string", "minLength": 1, "maxLength": 500}
PUBLICATION: Final[dict[str, Any]] = {
    **record(document=DOCUMENT, based_on=OPTIONAL_NUMBER, note=NOTE),
    "additionalProperties": False,
}
PUBLICATION["properties"]["confirm_large"] = FLAG
ROLLBACK: Final[dict[str, Any]] = {**record(to=NUMBER, note=NOTE), "additionalProperties": False}
ROLLBACK["properties"] |= {"confirm_large": FLAG, "based_on": OPTIONAL_NUMBER}
WRAPPED: Final = {"anyOf": [DOCUMENT, {**record(document=DOCUMENT), "additionalProperties": False}]}


def of(schema: dict[str, Any]) -> dict[int, Any]:
    """Describe the answer of a read."""
    return {200: {"description": "As asked", "content": {"application/json": {"schema": schema}}}}


def published(confirm: str) -> dict[int, Any]:
    """Describe the answers of a publication."""
    problem = {"$ref": "#/components/schemas/Problem"}
    stale = {"allOf": [problem, record(current=OPTIONAL_NUMBER)]}
    return {
        201: {"description": "In force", "content": {"application/json": {"schema": record(**LINE)}}},
        409: {
            "description": "`based_on` is no longer in force; `current` says which is",
            "content": {"application/problem+json": {"schema": stale}},
        },
        422: {
            "description": f"Refused, each error with its path; a large change has its `impact`. {confirm}.",
            "content": {"application/problem+json": {"schema": problem}},
        },
    }
