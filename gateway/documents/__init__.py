"""Policy documents at the edge: strict reading, every problem at once, and the document as a value.

The only way from text to `policies.document.Document`; files, HTTP, the console and `policy try` all come through here.
"""

from gateway.documents.loading import check_document, load_document
from gateway.documents.problems import DocumentProblems, Problem
from gateway.documents.reading import parse_json, parse_toml, read_document, to_json

__all__ = [
    "DocumentProblems",
    "Problem",
    "check_document",
    "load_document",
    "parse_json",
    "parse_toml",
    "read_document",
    "to_json",
]
