"""The shape of a policy document as JSON Schema, read off the fields that check it, for the API's contract.

What spans fields (a pool that is named must exist, two rules may not share a name) no schema can say; the language's
page does.
"""

from typing import Any

from gateway.documents.containers import Items, Named, Table
from gateway.documents.fields import (
    Count,
    Hundredths,
    LocalTime,
    SchemaVersion,
    Strict,
    Switch,
    Text,
    Word,
    WordOrCount,
)
from gateway.documents.sections import DocumentSection

Schema = dict[str, Any]


def document_schema() -> Schema:
    """Describe a whole document."""
    return _schema(Table(DocumentSection))


def _schema(field: Strict) -> Schema:
    match field:
        case Table():
            properties = {key: _schema(inner) for key, inner in field.fields.items()}
            table = {"type": "object", "properties": properties, "additionalProperties": False}
            return table | ({"required": list(field.needed)} if field.needed else {}) | _some(field, "minProperties")
        case Named():
            return {"type": "object", "additionalProperties": _schema(field.entry)} | _some(field, "minProperties")
        case Items():
            return {"type": "array", "items": _schema(field.item)} | _some(field, "minItems")
        case _:
            return _value(field)


def _value(field: Strict) -> Schema:
    match field:
        case Word():
            return {"enum": list(field.words)}
        case Switch():
            return {"type": "boolean"}
        case SchemaVersion():
            return {"const": 1}
        case Count():
            return _or_word({"type": "integer", "minimum": field.least, "maximum": field.most}, field.word)
        case WordOrCount():
            return {"oneOf": [{"enum": list(field.words)}, {"type": "integer", "minimum": 1, "maximum": field.most}]}
        case Hundredths():
            least = "exclusiveMinimum" if field.above_zero else "minimum"
            return _or_word({"type": "number", least: 0, "maximum": field.most}, field.word)
        case LocalTime():
            return {
                "type": "string",
                "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?$",
            }
        case Text():
            return {"type": "string", "pattern": r"\S"}
        case _:
            raise TypeError(f"{type(field).__name__} has no schema")


def _some(field: Table | Named | Items, key: str) -> Schema:
    return {} if field.may_be_empty else {key: 1}


def _or_word(number: Schema, word: str | None) -> Schema:
    return number if word is None else {"oneOf": [number, {"const": word}]}
