"""A proposal as it arrives: refused with every problem at once, or a document with the warnings a person should see."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gateway.documents import load_document, to_json
from policies.document import Document


@dataclass(frozen=True, slots=True)
class Warning_:  # noqa: N801  (the builtin's name is taken)
    """Something that is allowed and probably not meant."""

    path: str
    message: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A valid document: as it will be stored, as a value, and what is odd about it."""

    plain: dict[str, Any]
    document: Document
    warnings: tuple[Warning_, ...]


def read_proposal(data: Mapping[str, Any]) -> Proposal:
    """Check a document. Raises DocumentProblems with everything that is wrong."""
    document = load_document(data)
    return Proposal(to_json(data), document, warnings_of(document))


def warnings_of(document: Document) -> tuple[Warning_, ...]:
    """List what a linter says of a valid document."""
    return ()
