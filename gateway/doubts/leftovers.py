"""What an old system leaves behind: stock of what is not sold, figures below nothing, places closed or named twice."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import numpy as np

from gateway.doubts.found import Found, counted
from gateway.policy_library import CompiledVersion
from gateway.services import Services
from gateway.store import Rows
from policies.columns import LEVEL_EXISTS, NULL, to_us
from policies.conversion import UNPUBLISHED_BIT
from policies.values import LocationFacts

INACTIVE: Final = "inactive_product"
NEGATIVE: Final = "negative_figure"
CLOSED: Final = "closed_location"
NAMED_TWICE: Final = "location_names"
LISTED: Final = 200
FIGURES: Final = ("available", "on_hand")


@dataclass
class Leftovers:
    """What a walk over the ledger has seen of them."""

    services: Services
    version: CompiledVersion
    at: datetime
    units: Counter[int] = field(default_factory=Counter)  # by slot
    negative: Counter[int] = field(default_factory=Counter)
    below: dict[int, list[str]] = field(default_factory=dict)  # by slot
    unsold: Counter[str] = field(default_factory=Counter)  # by source: variants
    unsold_units: Counter[str] = field(default_factory=Counter)
    unsold_names: dict[str, list[str]] = field(default_factory=dict)

    def add(self, rows: Rows) -> None:
        """Look at some rows."""
        if not len(rows.variants):
            return
        slots = self.version.compiled.slots[: rows.levels.stamps.shape[1]]
        there = (rows.levels.stamps & np.uint64(LEVEL_EXISTS)) != 0
        told = [rows.levels.states.index(name) for name in FIGURES if name in rows.levels.states]
        figures: Any = np.where(rows.levels.quantities > NULL, rows.levels.quantities, 0)[:, :, told]
        units = figures.max(axis=2, initial=0) * there
        below = (figures < 0).any(axis=2) & there
        columns = self.services.known.columns(self.services.store, self.version, rows, to_us(self.at))
        unsold = (columns.objections & UNPUBLISHED_BIT).astype(np.bool_) & (rows.facts != 0)
        for number, _ in enumerate(slots):
            self.units[number] += int(units[:, number].sum())
            self.negative[number] += int(below[:, number].sum())
            _list(self.below.setdefault(number, []), rows, below[:, number])
        for source in {slot.source for slot in slots}:
            mine = [number for number, slot in enumerate(slots) if slot.source == source]
            held = units[:, mine].sum(axis=1) * unsold
            self.unsold[source] += int((held > 0).sum())
            self.unsold_units[source] += int(held.sum())
            _list(self.unsold_names.setdefault(source, []), rows, held > 0)

    def inactive(self) -> Found:
        """Tell of stock whose product is not published."""
        for source, count in self.unsold.items():
            facts = {"source": source, "count": count, "units": self.unsold_units[source]}
            sentence = f"{source} tells of stock of {counted(count, 'variant')} whose product is not published."
            yield source, sentence if count else None, {**facts, "variants": sorted(self.unsold_names[source])}

    def below_nothing(self) -> Found:
        """Tell of figures below 0, by place."""
        for number, slot in enumerate(self.version.compiled.slots):
            count = self.negative[number]
            sentence = f"At {slot.location}, {slot.source} says less than 0 of {counted(count, 'variant')}."
            facts = {"source": slot.source, "location": slot.location, "count": count}
            yield (
                f"{slot.source}/{slot.location}",
                sentence if count else None,
                {**facts, "variants": sorted(self.below.get(number, ()))},
            )

    def closed(self) -> Found:
        """Tell of places that their source closed while they still have stock."""
        units = {(slot.source, slot.location): self.units[n] for n, slot in enumerate(self.version.compiled.slots)}
        for place in self.services.store.catalog.locations():
            left = units.get((place.source, place.id), 0) if place.active is False else 0
            sentence = f"{place.source} says that {_name(place)} is closed, and tells of {counted(left, 'unit')} there."
            facts = {"source": place.source, "location": place.id, "units": left}
            yield f"{place.source}/{place.id}", sentence if left else None, facts

    def named_twice(self) -> Found:
        """Tell of names that several places of one source have; capitals and spaces make no other name."""
        places: dict[tuple[str, str], list[LocationFacts]] = {}
        for place in self.services.store.catalog.locations():
            if name := " ".join(place.label.casefold().split()):
                places.setdefault((place.source, name), []).append(place)
        for (source, name), some in places.items():
            ids = sorted(place.id for place in some)
            sentence = f"{source} has {len(ids)} places named {some[0].label}: {', '.join(ids)}."
            facts = {"source": source, "name": some[0].label, "locations": ids}
            yield f"{source}/{name}", sentence if len(ids) > 1 else None, facts

    def found(self) -> Iterator[tuple[str, Found]]:
        """Give all kinds with what was found of each."""
        yield INACTIVE, self.inactive()
        yield NEGATIVE, self.below_nothing()
        yield CLOSED, self.closed()
        yield NAMED_TWICE, self.named_twice()


def _name(place: LocationFacts) -> str:
    return f"{place.label} ({place.id})" if place.label else place.id


def _list(names: list[str], rows: Rows, chosen: Any) -> None:
    room = LISTED - len(names)
    names += [rows.variants[index] for index in np.flatnonzero(chosen)[:room].tolist()]
