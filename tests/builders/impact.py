"""Variants and their states as a preview sees them."""

from collections.abc import Mapping, Sequence

import numpy as np

from policies.affected import Comparison, facts_of
from policies.columns import Slot
from policies.conversion import levels_to_columns, states_to_records
from policies.side_by_side import Stock
from policies.values import STATES, Level, PoolState, Variant

Row = tuple[Variant, Sequence[Level], Mapping[str, PoolState]]


def stock_of(comparison: Comparison, slots: Sequence[Slot], rows: Sequence[Row]) -> Stock:
    """Live stock of some variants."""
    facts = facts_of([row[0] for row in rows])
    pools = sorted({pool for row in rows for pool in row[2]})
    records = states_to_records(pools, [row[2] for row in rows])
    states = {pool: records[:, column] for column, pool in enumerate(pools)}
    levels = levels_to_columns(slots, STATES, [row[1] for row in rows])
    return Stock(facts, comparison.kinds_of(facts), levels, states, np.ones(len(rows), np.bool_))
