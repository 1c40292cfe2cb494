"""Klaviyo's template tags, taken out of a text before its markup is read.

A tag may stand inside an attribute and carry the attribute's own quotes, which no HTML parser survives; so each becomes
a marker of three private characters or more, and is looked at when the parser comes to it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

COMMENT: Final = re.compile(r"\{#.*?#\}|\{%-?\s*comment\b.*?%\}.*?\{%-?\s*endcomment\s*-?%\}", re.DOTALL)
TAG: Final = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
MARKER: Final = re.compile("\ue000([0-9]+)\ue001")
CATALOG: Final = re.compile(r"catalog(?:_lookup)?\s+(?P<id>\"[^\"]*\"|'[^']*'|\S+)(?P<rest>.*)", re.DOTALL)
CANCEL: Final = re.compile(r"unpublished\s*=\s*[\"']?cancel[\"']?")
LOOP: Final = re.compile(r"for\s+.+?\s+in\s+(?P<source>\S+)", re.DOTALL)
BINDING: Final = re.compile(r"with\s+.*?(?:=|\bas\b)?\s*(?P<source>feeds\.\w+|product_feed\S*|recommend\S*)", re.DOTALL)
FEED: Final = re.compile(r"\b(feeds\.\w+|product_feed\w*|recommend\w*|item(?:s)?\.|event\.|person\.)")
BLOCKS: Final = ("if", "for", "with", "catalog")


@dataclass(frozen=True, slots=True)
class CatalogTag:
    """An open `{% catalog %}`: which item, or None where a variable says it."""

    id: str | None
    text: str
    cancels: bool


@dataclass
class TagState:
    """The tags that are open at one place of a template."""

    open: list[tuple[str, object]] = field(default_factory=list)

    def enter(self, tag: str) -> CatalogTag | str | None:
        """Follow one tag; return a catalogue tag, or the source of a choice per person, that opens here."""
        if not tag.startswith("{%"):
            return None
        inner = tag[2:-2].strip().strip("-").strip()
        name = inner.split(None, 1)[0] if inner else ""
        if name.startswith("end"):
            self._close(name.removeprefix("end"))
            return None
        if match := CATALOG.fullmatch(inner):
            found = _catalog(match, inner)
            if not name.endswith("_lookup"):
                self.open.append(("catalog", found))
            return found if found.id is not None else found.text
        if name in BLOCKS:
            source = LOOP.match(inner) or BINDING.match(inner)
            chosen = source["source"] if source and FEED.search(source["source"]) else None
            self.open.append((name, chosen))
            return chosen
        return None

    def _close(self, name: str) -> None:
        for index in range(len(self.open) - 1, -1, -1):
            if self.open[index][0] == name:
                del self.open[index:]
                return

    @property
    def in_catalog(self) -> bool:
        """Tell whether a catalogue tag is open: what stands in it shows that item."""
        return any(name == "catalog" for name, _ in self.open)

    @property
    def chosen_per_person(self) -> bool:
        """Tell whether this place is filled from a feed or from an event."""
        return any(name != "catalog" and source is not None for name, source in self.open)

    @property
    def conditional(self) -> bool:
        """Tell whether only some recipients see this place."""
        return any(name == "if" for name, _ in self.open)


def take_out(text: str) -> tuple[str, list[str]]:
    """Drop template comments, and replace each tag by a marker; return the text and the tags by number."""
    tags: list[str] = []

    def mark(match: re.Match[str]) -> str:
        tags.append(match[0])
        return f"\ue000{len(tags) - 1}\ue001"

    return TAG.sub(mark, COMMENT.sub(_lines_only, text)), tags


def tags_in(text: str, tags: list[str]) -> Iterator[str]:
    """Yield the tags whose markers stand in a text."""
    for match in MARKER.finditer(text):
        yield tags[int(match[1])]


def _lines_only(match: re.Match[str]) -> str:
    return "\n" * match[0].count("\n")


def _catalog(match: re.Match[str], inner: str) -> CatalogTag:
    written = match["id"]
    quoted = written[:1] in "\"'" and len(written) > 1
    literal = written[1:-1] if quoted else written
    # Unquoted ids stand for themselves only where they are plain numbers; a name is a variable.
    known = bool(literal) and (quoted or literal.isdigit()) and "|" not in literal
    return CatalogTag(literal if known else None, inner, CANCEL.search(match["rest"]) is not None)
