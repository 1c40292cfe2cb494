"""The bodies that the policy API takes. Documents are read by `gateway.documents`, exactly as from a file."""

from collections.abc import Mapping
from typing import Any, Final

from marshmallow import Schema, ValidationError, fields

from gateway.documents import DocumentProblems, parse_json
from gateway.web.api.fields import JsonBoolean, JsonInteger
from gateway.web.bodies import raw_body, read_object
from gateway.web.errors import Problem, flatten

WRAPPER: Final = "document"


class PublicationSchema(Schema):
    """A document and what is said about it."""

    document = fields.Dict(required=True)
    based_on = JsonInteger(required=True, allow_none=True)
    note = fields.String(required=True)
    confirm_large = JsonBoolean(load_default=False)


class RollbackSchema(Schema):
    """Which version to bring back, and why."""

    to = JsonInteger(required=True)
    note = fields.String(required=True)
    based_on = JsonInteger(load_default=None, allow_none=True)
    confirm_large = JsonBoolean(load_default=False)


PUBLICATION, ROLLBACK = PublicationSchema(), RollbackSchema()


def read_document_body() -> Mapping[str, Any]:
    """Read a document: the body itself, or its `document`, which is no key of the policy language."""
    body = _exactly()
    wrapped = body.get(WRAPPER)
    return wrapped if set(body) == {WRAPPER} and isinstance(wrapped, Mapping) else body


def read_publication() -> dict[str, Any]:
    """Read a publication; its document is not yet checked."""
    return {**_loaded(PUBLICATION, "The publication cannot be taken."), WRAPPER: _exactly()[WRAPPER]}


def read_rollback() -> dict[str, Any]:
    """Read which version to bring back."""
    return _loaded(ROLLBACK, "The rollback cannot be taken.")


def document_problems(refused: DocumentProblems) -> list[dict[str, str]]:
    """Write problems with the paths of the policy language: within the document, wherever it stands in the body."""
    return [
        {"path": problem.path.removeprefix(f"{WRAPPER}."), "message": problem.message} for problem in refused.problems
    ]


def _loaded(schema: Schema, detail: str) -> dict[str, Any]:
    try:
        asked: dict[str, Any] = schema.load(read_object())
    except ValidationError as error:
        raise Problem(422, detail, flatten(error.messages)) from None
    return asked


def _exactly() -> dict[str, Any]:
    """Read the body once more as documents are read: numbers as written."""
    read_object()
    try:
        return dict(parse_json(raw_body().decode("utf-8")))
    except DocumentProblems as refused:
        raise Problem(422, "The document is refused.", document_problems(refused)) from None
