"""What a source no longer speaks of. Whole reads of any kind, and re-reads of an item, say so with it."""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime

import numpy as np

from gateway.store import Rows
from policies.columns import LEVEL_ACTIVE, LEVEL_INACTIVE, NULL, STAMP_SHIFT, Slot, to_us
from policies.values import Reading


def absent(
    rows: Rows, slots: Sequence[Slot], source: str, as_of: datetime, told: AbstractSet[tuple[str, str]]
) -> Iterator[Reading]:
    """Yield what is to be said of a source's levels that a whole read lacks: every figure unknown, as of its time.

    Left alone: what was said at its time or later, what the source has withdrawn, what is unknown already.
    """
    stamps, quantities = rows.levels.stamps, rows.levels.quantities
    mine = columns_of(rows, slots, source)
    candidates = (stamps != 0) & (stamps >> np.uint64(STAMP_SHIFT) < np.uint64(to_us(as_of)))
    candidates &= (stamps & np.uint64(LEVEL_INACTIVE)) == 0
    candidates &= (quantities > NULL).any(axis=2)
    for row, place in np.argwhere(candidates[:, mine]).tolist():
        slot = slots[mine[place]]
        if (rows.variants[row], slot.location) in told:
            continue
        figures = quantities[row, mine[place]]
        lost = {state: None for state, figure in zip(rows.levels.states, figures, strict=True) if figure >= NULL}
        active = True if int(stamps[row, mine[place]]) & LEVEL_ACTIVE else None
        yield Reading(slot.source, rows.variants[row], slot.location, lost, as_of, active)


def columns_of(rows: Rows, slots: Sequence[Slot], source: str) -> list[int]:
    """Return the columns of one source among those of some rows."""
    width = rows.levels.stamps.shape[1]
    return [index for index, slot in enumerate(slots[:width]) if slot.source == source]
