"""`PUT /catalog`: products and their variants, as their source tells them."""

from typing import Any

from flask import request
from marshmallow import Schema, ValidationError, fields, post_load, validate

from gateway.web.access import requires
from gateway.web.api.fields import LONGEST_TEXT, Identifier, JsonBoolean, Price, read_source
from gateway.web.api.root import blueprint
from gateway.web.bodies import NDJSON, json_lines, raw_body, read_object
from gateway.web.context import house
from gateway.web.errors import Problem, flatten
from gateway.web.idempotency import idempotent
from policies.values import ProductFacts, VariantFacts


def _text(**options: Any) -> fields.String:
    return fields.String(validate=validate.Length(max=LONGEST_TEXT), **options)


def _link() -> fields.Url:
    return fields.Url(schemes={"http", "https"}, require_tld=False, allow_none=True, load_default=None)


class VariantSchema(Schema):
    """One variant."""

    id = Identifier(required=True)
    sku = _text(allow_none=True, load_default=None)
    barcode = _text(allow_none=True, load_default=None)
    title = _text(load_default="")
    price = Price(allow_none=True, load_default=None)
    tracked = JsonBoolean(allow_none=True, load_default=None)
    inventory_policy = fields.String(validate=validate.OneOf(["deny", "continue"]), allow_none=True, load_default=None)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> VariantFacts:
        """Make the value."""
        return VariantFacts(**data)


class ProductSchema(Schema):
    """One product."""

    id = Identifier(required=True)
    title = _text(load_default="")
    url = _link()
    image_url = _link()
    description = _text(load_default="")
    vendor = _text(allow_none=True, load_default=None)
    product_type = _text(allow_none=True, load_default=None)
    tags = fields.List(_text(), load_default=list)
    collections = fields.List(_text(), load_default=list)
    published = JsonBoolean(allow_none=True, load_default=None)
    variants = fields.List(fields.Nested(VariantSchema), load_default=list)


PRODUCT = ProductSchema()


@blueprint.put("/catalog")
@requires("source")
@idempotent
@blueprint.doc(operation_id="put_catalog", summary="Upsert products", tags=["sources"])
def put_catalog() -> dict[str, Any]:
    """Take every product that can be read; name the others."""
    source, values = _products()
    products: list[ProductFacts] = []
    problems: list[dict[str, Any]] = []
    for index, value in enumerate(values):
        try:
            if isinstance(value, Problem):
                raise ValidationError(value.detail)
            products.append(_product(source, value))
        except ValidationError as error:
            problems += [{"index": index, **line} for line in flatten(error.messages)]
    services = house().services
    if products:
        house().stages.accept_products(services, source, products, services.now())
    return {"accepted": len(products), "rejected": len(values) - len(products), "problems": problems}


def _product(source: str, value: Any) -> ProductFacts:
    data: dict[str, Any] = PRODUCT.load(value)
    lists: dict[str, Any] = {key: tuple(data.pop(key)) for key in ("tags", "collections", "variants")}
    return ProductFacts(source=source, **data, **lists)


def _products() -> tuple[str, list[Any]]:
    if request.mimetype in NDJSON:
        source: Any = request.args.get("source")
        values: Any = [value for _, value in json_lines(raw_body())]
    else:
        body = read_object()
        source, values = body.get("source"), body.get("products")
        if unknown := sorted(body.keys() - {"source", "products"}):
            raise Problem(422, "Unknown keys.", [{"path": key, "message": "Unknown key."} for key in unknown])
    try:
        name = read_source(source)
    except ValidationError as error:
        raise Problem(422, "Name the source.", flatten(error.messages, "source")) from None
    if not isinstance(values, list):
        raise Problem(422, "List the products.", [{"path": "products", "message": "Must be a list."}])
    return name, values
