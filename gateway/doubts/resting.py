"""Units set aside and forgotten: held or in quarantine, unchanged for two weeks."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import numpy as np

from gateway.doubts.found import Found, counted
from gateway.policy_library import CompiledVersion
from gateway.services import Services
from gateway.store import Rows
from policies.columns import LEVEL_EXISTS

KIND: Final = "stuck_in_hold"
AFTER: Final = timedelta(days=14)
ASIDE: Final = ("held", "quarantined")
LISTED: Final = 200


@dataclass
class Resting:
    """The units that a walk over the ledger found set aside."""

    services: Services
    version: CompiledVersion
    at: datetime
    aside: dict[tuple[int, str], int] = field(default_factory=dict)  # (slot, variant) -> units

    def add(self, rows: Rows) -> None:
        """Look at some rows."""
        told = [rows.levels.states.index(name) for name in ASIDE if name in rows.levels.states]
        slots = min(len(self.version.compiled.slots), rows.levels.stamps.shape[1])
        there = (rows.levels.stamps[:, :slots] & np.uint64(LEVEL_EXISTS)) != 0
        figures: Any = np.maximum(0, rows.levels.quantities[:, :slots, told].astype(np.int64)).sum(axis=2) * there
        for row, number in np.argwhere(figures).tolist():
            self.aside[number, rows.variants[row]] = int(figures[row, number])

    def found(self) -> Iterator[tuple[str, Found]]:
        """Give what did not move for so long."""
        slots = self.version.compiled.slots
        names = {(n, v): f"{slots[n].source}\0{slots[n].location}\0{v}" for n, v in self.aside}
        seen = {names[key]: units for key, units in self.aside.items()}
        since = self.services.store.unchanged.since(KIND, seen, self.at)
        stuck: dict[int, list[str]] = {}
        units: Counter[int] = Counter()
        for number, variant in self.aside:
            if self.at - since[names[number, variant]] >= AFTER:
                stuck.setdefault(number, []).append(variant)
                units[number] += self.aside[number, variant]
        yield KIND, self._by_place(stuck, units)

    def _by_place(self, stuck: dict[int, list[str]], units: Counter[int]) -> Found:
        for number, slot in enumerate(self.version.compiled.slots):
            names = sorted(stuck.get(number, ()))
            facts = {"source": slot.source, "location": slot.location, "count": len(names), "units": units[number]}
            sentence = (
                f"At {slot.location}, {slot.source} has set {counted(units[number], 'unit')} of"
                f" {counted(len(names), 'variant')} aside, unchanged for {AFTER.days} days or longer."
            )
            yield f"{slot.source}/{slot.location}", sentence if names else None, {**facts, "variants": names[:LISTED]}
