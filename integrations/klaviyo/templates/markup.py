"""One walk through the HTML of an e-mail: what points at products, in document order, and in which block."""

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Final

from integrations.klaviyo.templates.tags import MARKER, CatalogTag, TagState, tags_in

CONTAINERS: Final = frozenset({"div", "tr", "section", "article", "td", "table", "li"})
VOID: Final = frozenset({"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"})
OF_A_DEFINITION: Final = -1
"""The first step of a path that leads into a template's definition rather than into its HTML."""
PIXELS: Final = re.compile(r"(?:^|[;\s])(?P<name>width|height)\s*:\s*(?P<value>[0-9.]+)px", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Sighting:
    """Something that may point at a product."""

    kind: str  # link | image | catalog_tag | per_person
    text: str
    path: tuple[int, ...]  # the containers around it, outermost first
    line: int
    conditional: bool = False
    cancels: bool = False
    area: float = 0.0  # of a picture, square pixels; 0: not told
    link: str | None = None  # the link around a picture


class Walk(HTMLParser):
    """Collects sightings."""

    def __init__(self, tags: list[str]) -> None:
        """Walk a text whose template tags were taken out."""
        super().__init__(convert_charrefs=True)
        self.sightings: list[Sighting] = []
        self._tags, self._state = tags, TagState()
        self._stack: list[tuple[str, int]] = []
        self._link: list[str] = []
        self._number = 0
        self._silent = 0  # inside <style> or <script>

    def parse_marked_section(self, i: int, report: bool = True) -> int:
        """Take a broken `<![` for text, where the standard parser gives up."""
        try:
            return super().parse_marked_section(i, report)
        except AssertionError:
            return -1

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at an element's attributes; template tags in them count at this place."""
        told = {name: value or "" for name, value in attrs}
        if tag not in VOID:
            self._number += 1
            self._stack.append((tag, self._number))
        if tag in ("style", "script"):
            self._silent += 1
        for name, value in told.items():
            if MARKER.search(value):
                self._follow(value)
            if name in ("href", "src"):
                self._address(tag, value, told)
        if tag in ("a", "area") and tag not in VOID:
            self._link.append(told.get("href", ""))

    def handle_endtag(self, tag: str) -> None:
        """Leave an element, and what was left open inside it."""
        if tag in ("style", "script"):
            self._silent = max(0, self._silent - 1)
        if tag == "a" and self._link:
            self._link.pop()
        for index in range(len(self._stack) - 1, -1, -1):
            if self._stack[index][0] == tag:
                del self._stack[index:]
                return

    def handle_data(self, data: str) -> None:
        """Follow the template tags between elements."""
        self._follow(data)

    def _follow(self, text: str) -> None:
        for tag in tags_in(text, self._tags):
            found = self._state.enter(tag)
            if isinstance(found, CatalogTag) and found.id is not None:
                self._see("catalog_tag", found.id, cancels=found.cancels)
            elif isinstance(found, str):
                self._see("per_person", found)

    def _address(self, tag: str, value: str, told: dict[str, str]) -> None:
        if self._silent or self._state.in_catalog:
            return
        where = MARKER.search(value)
        if where is not None and "?" not in value[: where.start()]:
            variable = self._tags[int(where[1])]
            if (
                tag in ("a", "area", "v:roundrect")
                and not variable.startswith("{%")
                and not self._state.chosen_per_person
            ):
                self._see("variable", variable)
            return
        address = MARKER.sub("", value).strip()
        if tag == "img":
            link = self._link[-1] if self._link else None
            self._see("image", address, area=area_of(told), link=None if link is None else MARKER.sub("", link).strip())
        elif tag in ("a", "area", "v:roundrect"):
            self._see("link", address)

    def _see(self, kind: str, text: str, *, cancels: bool = False, area: float = 0.0, link: str | None = None) -> None:
        path = tuple(number for tag, number in self._stack if tag in CONTAINERS)
        conditional = self._state.conditional
        self.sightings.append(Sighting(kind, text, path, self.getpos()[0], conditional, cancels, area, link))


def area_of(told: dict[str, str]) -> float:
    """Return a picture's square pixels; a side that is not told is taken as long as the other."""
    sizes = {match["name"].lower(): float(match["value"]) for match in PIXELS.finditer(told.get("style", ""))}
    for name in ("width", "height"):
        text = told.get(name, "").removesuffix("px")
        if text.isdigit():
            sizes[name] = float(text)
    width, height = sizes.get("width"), sizes.get("height")
    return (width or height or 0.0) * (height or width or 0.0)
