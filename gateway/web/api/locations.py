"""`PUT /locations`: what a source says of its locations. What a location is for is policy."""

from marshmallow import Schema, ValidationError, fields, validate

from gateway.web.access import requires
from gateway.web.api.fields import LONGEST_TEXT, Identifier, JsonBoolean
from gateway.web.api.root import blueprint
from gateway.web.bodies import read_object
from gateway.web.context import house
from gateway.web.errors import Problem, flatten
from gateway.web.idempotency import idempotent
from policies.values import LocationFacts


class LocationSchema(Schema):
    """One location."""

    id = Identifier(required=True)
    label = fields.String(load_default="", validate=validate.Length(max=LONGEST_TEXT))
    active = JsonBoolean(allow_none=True, load_default=None)


class LocationsSchema(Schema):
    """All that one request tells."""

    source = Identifier(required=True)
    locations = fields.List(fields.Nested(LocationSchema), required=True)


LOCATIONS = LocationsSchema()


@blueprint.put("/locations")
@requires("source")
@idempotent
@blueprint.doc(operation_id="put_locations", summary="Upsert locations", tags=["sources"])
def put_locations() -> dict[str, int]:
    """Take all or, when anything cannot be read, none."""
    try:
        told = LOCATIONS.load(read_object())
    except ValidationError as error:
        raise Problem(422, "The locations cannot be taken.", flatten(error.messages)) from None
    facts = [LocationFacts(source=told["source"], **location) for location in told["locations"]]
    services = house().services
    house().stages.accept_locations(services, facts, services.now())
    return {"accepted": len(facts)}
