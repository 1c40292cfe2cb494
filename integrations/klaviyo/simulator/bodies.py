"""The bodies that Klaviyo accepts: strict types, required keys, and nothing it does not know."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from marshmallow import Schema, ValidationError, fields, validate

MAX_RECORDS: Final = 100


class _Number(fields.Field[float]):
    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise ValidationError("Not a number.")
        return value


class Truth(fields.Field[bool]):
    """`true` or `false`, no words for them."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise ValidationError("Not true or false.")
        return value


class _Flat(fields.Dict):
    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, Mapping) or any(isinstance(part, dict | list) for part in value.values()):
            raise ValidationError("Not a flat object.")
        return dict(value)


def _one_of(*words: str | int) -> validate.OneOf:
    return validate.OneOf(words)


def _text(required: bool) -> fields.String:
    return fields.String(required=required, allow_none=not required)


def _attributes(*, variant: bool, create: bool) -> type[Schema]:
    shared: dict[str, Any] = {
        "title": _text(create),
        "description": _text(create),
        "url": _text(create),
        "price": _Number(required=create and variant, allow_none=not (create and variant)),
        "image_full_url": _text(False),
        "image_thumbnail_url": _text(False),
        "images": fields.List(fields.String(), allow_none=True),
        "custom_metadata": _Flat(allow_none=True),
        "published": Truth(allow_none=True),
    }
    if variant:
        shared |= {
            "sku": _text(create),
            "inventory_quantity": _Number(required=create, allow_none=not create),
            "inventory_policy": fields.Integer(strict=True, validate=_one_of(0, 1, 2), allow_none=True),
        }
    if create:
        shared |= {
            "external_id": _text(True),
            "integration_type": fields.String(validate=_one_of("$custom"), allow_none=True),
            "catalog_type": fields.String(validate=_one_of("$default"), allow_none=True),
        }
    return Schema.from_dict(shared)


def object_of(**parts: Any) -> fields.Nested:
    """Describe a required object of these parts and no others."""
    return fields.Nested(Schema.from_dict(parts), required=True)


def _reference(kind: str) -> fields.Nested:
    identity = object_of(type=fields.String(required=True, validate=_one_of(kind)), id=_text(True))
    return object_of(data=identity)


PLURALS: Final = {"item": "items", "variant": "variants", "category": "categories"}
CATEGORY: Final = Schema.from_dict(
    {
        "external_id": _text(True),
        "name": _text(True),
        "integration_type": fields.String(validate=_one_of("$custom"), allow_none=True),
        "catalog_type": fields.String(validate=_one_of("$default"), allow_none=True),
    }
)
CATEGORIES: Final = fields.List(
    fields.Nested(
        Schema.from_dict(
            {"type": fields.String(required=True, validate=_one_of("catalog-category")), "id": _text(True)}
        )
    ),
    required=True,
)


def _job(noun: str, verb: str) -> Schema:
    kind = f"catalog-{noun}"
    record: dict[str, Any] = {"type": fields.String(required=True, validate=_one_of(kind))}
    if verb != "create":
        record["id"] = _text(True)
    if verb != "delete":
        attributes = CATEGORY if noun == "category" else _attributes(variant=noun == "variant", create=verb == "create")
        record["attributes"] = fields.Nested(attributes, required=True)
    if verb == "create" and noun == "variant":
        record["relationships"] = object_of(item=_reference("catalog-item"))
    if verb != "delete" and noun == "item":
        record["relationships"] = fields.Nested(Schema.from_dict({"categories": object_of(data=CATEGORIES)}))
    records = fields.List(
        fields.Nested(Schema.from_dict(record)), required=True, validate=validate.Length(1, MAX_RECORDS)
    )
    attributes_of_job = {PLURALS[noun]: object_of(data=records)}
    job_type = fields.String(required=True, validate=_one_of(f"{kind}-bulk-{verb}-job"))
    return Schema.from_dict({"data": object_of(type=job_type, attributes=object_of(**attributes_of_job))})()


JOBS: Final[Mapping[tuple[str, str], Schema]] = {
    (noun, verb): _job(noun, verb) for noun in ("item", "variant") for verb in ("create", "update", "delete")
} | {("category", "create"): _job("category", "create")}

PROFILE: Final = object_of(
    data=object_of(
        type=fields.String(required=True, validate=_one_of("profile")),
        id=fields.String(),
        attributes=fields.Dict(required=True),
    )
)

SUBSCRIPTION: Final = Schema.from_dict(
    {
        "data": object_of(
            type=fields.String(required=True, validate=_one_of("back-in-stock-subscription")),
            attributes=object_of(
                channels=fields.List(
                    fields.String(validate=_one_of("EMAIL", "PUSH", "SMS", "WHATSAPP")),
                    required=True,
                    validate=validate.Length(1),
                ),
                profile=PROFILE,
            ),
            relationships=object_of(variant=_reference("catalog-variant")),
        )
    }
)()

METRIC: Final = object_of(
    data=object_of(
        type=fields.String(required=True, validate=_one_of("metric")), attributes=object_of(name=_text(True))
    )
)

EVENT: Final = Schema.from_dict(
    {
        "data": object_of(
            type=fields.String(required=True, validate=_one_of("event")),
            attributes=object_of(
                properties=fields.Dict(required=True),
                time=fields.AwareDateTime(),
                value=_Number(allow_none=True),
                value_currency=_text(False),
                unique_id=_text(False),
                backfill=Truth(),
                metric=METRIC,
                profile=PROFILE,
            ),
        )
    }
)()


def external_id(record: Mapping[str, Any]) -> str:
    """Read the id a record goes by outside Klaviyo: a new one names it, a known one is addressed by it."""
    return str(record["attributes"]["external_id"] if "id" not in record else record["id"].rpartition(":::")[2])


def problems(schema: Schema, body: object) -> list[tuple[str, str]]:
    """List what is wrong with a body, as pointer and sentence."""
    if not isinstance(body, dict):
        return [("/data", "The body is not an object.")]
    return list(_flatten(schema.validate(body), ""))


def _flatten(messages: object, pointer: str) -> Iterator[tuple[str, str]]:
    if isinstance(messages, Mapping):
        for key, value in messages.items():
            yield from _flatten(value, pointer if key == "_schema" else f"{pointer}/{key}")
    elif isinstance(messages, list):
        for message in messages:
            yield pointer, str(message)
