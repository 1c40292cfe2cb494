"""The address of the list: all that is asked is in it, so that it can be kept, sent to a colleague, gone back to."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from flask import url_for
from werkzeug.datastructures import MultiDict

from gateway.stock_index import SORTS, Wanted
from policies.withheld import REASONS

ROWS: Final = 50
LONGEST: Final = 200
LAST_PAGE: Final = 1_000_000
TEXTS: Final = ("q", "tag", "collection", "vendor", "product_type", "location", "pool")
BANDS: Final = ("healthy", "low", "out", "unknown")
COLUMNS: Final = {
    "on_hand": "On hand",
    "units": "In the pool",
    "promised": "May be promised",
    "band": "Band",
    "why": "What is kept back",
    "tags": "Tags",
    "collections": "Collections",
    "vendor": "Vendor",
    "product_type": "Product type",
    "decided": "Decided",
}
USUAL: Final = ("on_hand", "promised", "band", "why")


@dataclass(frozen=True, slots=True)
class Query:
    """What an address asks for; what it does not understand it leaves out, and `notes` says so."""

    wanted: Wanted
    page: int
    columns: tuple[str, ...]
    notes: tuple[str, ...] = ()

    def address(self, endpoint: str = "console.stock", **changes: str | int | None) -> str:
        """Write an address that asks the same but for some parts; a change begins at the first page."""
        parts = {**self.parts(), **changes}
        if changes and "page" not in changes:
            parts.pop("page", None)
        given = [(name, one) for name, one in parts.items() if one not in (None, "", 0)]
        if self.columns != USUAL:
            given += [("show", column) for column in self.columns]
        return url_for(endpoint) + ("?" + urlencode(given) if given else "")

    def parts(self) -> dict[str, str | int | None]:
        """Return what is asked, in the names of the address."""
        wanted = self.wanted
        texts: dict[str, str | int | None] = {name: getattr(wanted, name) for name in TEXTS}
        return {
            **texts,
            "band": wanted.band,
            "why": wanted.why,
            "store_only": "1" if wanted.store_only else None,
            "sort": None if wanted.sort == "place" else wanted.sort,
            "dir": "desc" if wanted.descending else None,
            "page": self.page if self.page > 1 else None,
        }

    @property
    def filters(self) -> dict[str, str | int | None]:
        """Return what narrows the list."""
        ordering = ("sort", "dir", "page", "pool")
        return {name: one for name, one in self.parts().items() if one and name not in ordering}

    def by(self, sort: str) -> str:
        """Write the address of the same list by a column: largest or first, then the other way round."""
        again, first = self.wanted.sort == sort, sort not in ("title", "sku")
        descending = not self.wanted.descending if again else first
        return self.address(sort=sort, dir="desc" if descending else None)


def read_query(given: MultiDict[str, str]) -> Query:
    """Read an address."""
    notes: list[str] = []
    texts = {name: given.get(name, "").strip()[:LONGEST] or None for name in TEXTS}
    wanted = Wanted(
        **texts,
        band=_one_of(given, "band", BANDS, notes),
        why=_one_of(given, "why", REASONS, notes),
        store_only=bool(given.get("store_only")),
        sort=_one_of(given, "sort", SORTS, notes) or "place",
        descending=given.get("dir") == "desc",
    )
    page = given.get("page", "1")
    number = int(page) if page.isascii() and page.isdigit() and len(page) <= len(str(LAST_PAGE)) else 1
    columns = tuple(column for column in COLUMNS if column in given.getlist("show")) or USUAL
    return Query(wanted, max(1, number), columns, tuple(notes))


def _one_of(given: MultiDict[str, str], name: str, known: tuple[str, ...], notes: list[str]) -> str | None:
    word = given.get(name, "")
    if word and word not in known:
        notes.append(f"“{word[:40]}” is nothing the list can be asked for under “{name}”; it was left out.")
    return word if word in known else None
