"""A proposal as it arrives: refused with every problem at once, or a document."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gateway.documents import load_document, to_json
from policies.document import Document


@dataclass(frozen=True, slots=True)
class Proposal:
    """A valid document: as it will be stored, and as a value."""

    plain: dict[str, Any]
    document: Document


def read_proposal(data: Mapping[str, Any]) -> Proposal:
    """Check a document. Raises DocumentProblems with everything that is wrong."""
    document = load_document(data)
    return Proposal(to_json(data), document)
