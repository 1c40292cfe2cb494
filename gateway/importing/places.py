"""Location names into ids. Files of some systems carry names only; an id once given to a name is kept in the house."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from policies.values import LocationFacts

LONGEST_NAME = 300


class UnclearPlace(ValueError):  # noqa: N818
    """A name that is none, or that several locations have."""


@dataclass(slots=True)
class Places:
    """The names met so far. Names are compared as written: Shopify's are case-sensitive."""

    source: str
    known: Sequence[LocationFacts]
    met: dict[str, str] = field(default_factory=dict)  # name -> id
    _untold: list[LocationFacts] = field(default_factory=list)

    def id_of(self, name: str) -> str:
        """Return the id of a named place, giving a new name a new id. Raises UnclearPlace."""
        if name not in self.met:
            if not name or len(name) > LONGEST_NAME or not name.isprintable():
                raise UnclearPlace(f"Must be a name of 1 to {LONGEST_NAME} printable characters.")
            self.met[name] = self._known_as(name) or self._new(name)
        return self.met[name]

    def take_new(self) -> list[LocationFacts]:
        """Hand out, once, what the house has not heard of yet."""
        taken, self._untold = self._untold, []
        return taken

    def _known_as(self, name: str) -> str | None:
        named = [place for place in self.known if name == place.label or (not place.label and name == place.id)]
        ids = {place.id for place in named if place.source == self.source} or {place.id for place in named}
        if len(ids) > 1:
            raise UnclearPlace(f"{name} is the name of {len(ids)} locations ({', '.join(sorted(ids))}).")
        return next(iter(ids), None)

    def _new(self, name: str) -> str:
        taken = {place.id for place in self.known} | set(self.met.values())
        plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().casefold()
        base = re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "location"
        number, id_ = 1, base
        while id_ in taken:
            number += 1
            id_ = f"{base}-{number}"
        self._untold.append(LocationFacts(id_, self.source, label=name))
        return id_
