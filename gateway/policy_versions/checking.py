"""A proposal as it arrives: refused with every problem at once, or a document with the warnings a person should see."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gateway.documents import load_document, to_json
from policies.document import Document


@dataclass(frozen=True, slots=True)
class PolicyWarning:
    """Something that is allowed and probably not meant."""

    path: str
    message: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """A valid document: as it will be stored, as a value, and what is odd about it."""

    plain: dict[str, Any]
    document: Document
    warnings: tuple[PolicyWarning, ...]


def read_proposal(data: Mapping[str, Any]) -> Proposal:
    """Check a document. Raises DocumentProblems with everything that is wrong."""
    document = load_document(data)
    return Proposal(to_json(data), document, warnings_of(document))


def warnings_of(document: Document) -> tuple[PolicyWarning, ...]:
    """List what is odd about a valid document: the one place to ask, for the API and the commands."""
    return ()
