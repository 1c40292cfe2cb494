"""The parts of a document that are edited one at a time, and how each is found in it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from gateway.documents.containers import Items, Named, Table
from gateway.documents.fields import Strict
from gateway.documents.loading import DOCUMENT
from gateway.documents.problems import join_path

HEAD: Final = ("name", "time_zone", "default_pool", "catalog_restock", "catalog_return")
TABLES: Final = ("authority", "restock", "limits")
LISTS: Final = ("rules", "guards")
NAMED: Final = ("locations", "pools")


class NoSuchSection(Exception):  # noqa: N818  (the answer, rather than a mistake)
    """The draft has no such part: another window took it out, or nobody ever wrote it."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part: the head, a table, one entry of a list (by position) or of a table of names, or all of those."""

    kind: str
    key: int | str | None = None

    @property
    def path(self) -> str:
        """Where it is in the document, as problems and warnings say it; the head is the document itself."""
        if self.kind == "head":
            return ""
        return self.kind if self.key is None else join_path(self.kind, self.key)

    @property
    def table(self) -> Table:
        """Return the fields of an entry, or of the table."""
        found: Strict = DOCUMENT if self.kind == "head" else DOCUMENT.fields[self.kind]
        if isinstance(found, Items):
            found = found.item
        if isinstance(found, Named):
            found = found.entry
        if not isinstance(found, Table):
            raise NoSuchSection(self.kind)
        return found

    def of(self, document: Mapping[str, Any]) -> Any:
        """Return what the document says there. Raises NoSuchSection."""
        if self.kind == "head":
            return {key: document[key] for key in HEAD if key in document}
        if self.key is None:
            return document.get(self.kind, {})
        try:
            return document[self.kind][self.key]
        except (KeyError, IndexError):
            raise NoSuchSection(self.path) from None


def part_named(text: str) -> Part:
    """Read how an address names a part: `head`, `restock`, `locations`, `rule-1`, `guard-2`, `pool-ship`."""
    if text in ("head", "locations", *TABLES):
        return Part(text)
    kind, _, key = text.partition("-")
    if kind in ("rule", "guard") and key.isascii() and key.isdigit() and 0 < int(key) < 10**6:
        return Part(f"{kind}s", int(key) - 1)
    if kind == "pool" and key:
        return Part("pools", key)
    raise NoSuchSection(text)


def name_of(part: Part) -> str:
    """Write how an address names a part; people count from 1."""
    if isinstance(part.key, int):
        return f"{part.kind[:-1]}-{part.key + 1}"
    return part.kind if part.key is None else f"{part.kind[:-1]}-{part.key}"
