"""Where the shop itself sells otherwise than we promise: it counts nothing of what we promise, or sells what is out.

Told only where the owner of the products tells levels of its own, and what it says counts at no place: its storefront
sells by its own figures.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

import numpy as np

from gateway.doubts.found import Found, counted
from gateway.policy_library import CompiledVersion
from gateway.services import Services
from gateway.store import Rows
from policies.columns import HELD_BACK, LEVEL_EXISTS, NULL, PROVEN, to_us
from policies.values import Band

KIND: Final = "storefront_disagrees"
SETTLED: Final = timedelta(hours=1)
"""Two systems hear of a sale at different times: only what disagrees for longer is told."""
LISTED: Final = 200
SOLD_OUT, SELLS = 1, 2


@dataclass
class Storefront:
    """The variants that a walk over the ledger found in dispute."""

    services: Services
    version: CompiledVersion
    at: datetime
    disputed: dict[str, int] = field(default_factory=dict)  # variant -> SOLD_OUT or SELLS

    def add(self, rows: Rows) -> None:
        """Look at some rows."""
        mine, column = self._slots(), self.version.default_column
        mine = [number for number in mine if number < rows.levels.stamps.shape[1]]
        if not mine or column >= rows.pools.shape[1] or "available" not in rows.levels.states:
            return
        figures: Any = rows.levels.quantities[:, mine, rows.levels.states.index("available")].astype(np.int64)
        told = (figures > NULL) & ((rows.levels.stamps[:, mine] & np.uint64(LEVEL_EXISTS)) != 0)
        counted = np.where(told, figures, 0).sum(axis=1)
        variants = self.services.known.columns(self.services.store, self.version, rows, to_us(self.at))
        judged = told.any(axis=1) & ~variants.untracked & ~variants.continues & (variants.objections == 0)
        pool = rows.pools[:, column]
        judged &= (pool["flags"] & HELD_BACK) == 0
        sold_out = judged & (counted <= 0) & (pool["band"] > Band.OUT) & (pool["promised"] > 0)
        sells = judged & (counted > 0) & (pool["band"] == Band.OUT) & ((pool["flags"] & PROVEN) != 0)
        sells &= pool["units"] <= 0
        for which, chosen in ((SOLD_OUT, sold_out), (SELLS, sells)):
            self.disputed |= {rows.variants[index]: which for index in np.flatnonzero(chosen).tolist()}

    def found(self) -> Iterator[tuple[str, Found]]:
        """Give what is in dispute for longer than it takes to settle."""
        since = self.services.store.unchanged.since(KIND, self.disputed, self.at)
        lasting = {variant: self.disputed[variant] for variant, at in since.items() if self.at - at >= SETTLED}
        owner = self.version.document.authority.products
        yield KIND, [_told(owner, which, lasting) for which in (SOLD_OUT, SELLS)]

    def _slots(self) -> list[int]:
        """Return the levels of the owner of the products, where they count at no place."""
        slots, owner = self.version.compiled.slots, self.version.document.authority.products
        if any(slots[number].source == owner for number in self.version.compiled.authoritative):
            return []
        return [number for number, slot in enumerate(slots) if slot.source == owner]


def _told(owner: str, which: int, lasting: dict[str, int]) -> tuple[str, str | None, dict[str, Any]]:
    names = sorted(variant for variant, one in lasting.items() if one == which)
    facts = {"source": owner, "count": len(names), "variants": names[:LISTED]}
    if which == SOLD_OUT:
        sentence = f"{owner} itself has no unit to sell of {counted(len(names), 'variant')} that we promise."
        return f"{owner}/sold_out", sentence if names else None, facts
    sentence = f"{owner} itself still sells {counted(len(names), 'variant')} that we know to be out of stock."
    return f"{owner}/sells", sentence if names else None, facts
