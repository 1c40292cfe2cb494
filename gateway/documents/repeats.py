"""Cases that open with a document seen before: its text is recognised, and only the rest of the line is read.

Ten thousand cases usually share a few documents, each many times as long as what is asked of it.
"""

import json
import re
from typing import Final

from gateway.documents.problems import DocumentProblems
from policies.document import Document

MOST_OPENINGS: Final = 16
OPENING: Final = re.compile(r'\s*\{\s*"document"\s*:\s*(?=\{)')
Judged = Document | DocumentProblems
"""A document, or everything that is wrong with it."""


class Openings:
    """The texts with which lines began up to the end of their document, and what those documents were."""

    def __init__(self) -> None:
        self._known: list[tuple[str, Judged]] = []

    def split(self, text: str) -> tuple[str, Judged] | None:
        """Take a known document off a line; the rest is an object of its own. None where none is known."""
        for opening, judged in self._known:
            if text.startswith(opening):
                return "{" + text[len(opening) :], judged
        return None

    def learn(self, text: str, judged: Judged) -> None:
        """Remember the opening of a line that was read, if its document comes first and something follows."""
        begun = OPENING.match(text)
        if begun is None:
            return
        _, end = json.JSONDecoder().raw_decode(text, begun.end())
        if text[end] != ",":
            return
        if len(self._known) >= MOST_OPENINGS:
            self._known.pop(0)
        self._known.append((text[: end + 1], judged))
