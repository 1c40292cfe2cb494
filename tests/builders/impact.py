"""Variants and their states as a preview sees them."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import numpy as np

from policies.affected import Comparison, FactColumns
from policies.columns import Slot
from policies.compile import CompiledPolicy
from policies.conversion import columns_of, levels_to_columns, states_to_records
from policies.side_by_side import Stock
from policies.values import STATES, Level, PoolState, Variant

Row = tuple[Variant, Sequence[Level], Mapping[str, PoolState]]


def facts_of(policy: CompiledPolicy, variants: Sequence[Variant], at: datetime) -> FactColumns:
    """Facts of variants, each with attributes of its own."""
    columns = columns_of(policy, variants, at)
    return FactColumns(
        ids=[variant.id for variant in variants],
        skus=[variant.sku for variant in variants],
        groups=np.arange(len(variants), dtype=np.int32),
        attributes=[Variant("", None, v.product, v.vendor, v.product_type, v.tags, v.collections) for v in variants],
        objections=columns.objections,
        untracked=columns.untracked,
        continues=columns.continues,
        units_per_day=columns.units_per_day,
    )


def stock_of(comparison: Comparison, slots: Sequence[Slot], rows: Sequence[Row], at: datetime) -> Stock:
    """Live stock of some variants."""
    facts = facts_of(comparison.before, [row[0] for row in rows], at)
    pools = sorted({pool for row in rows for pool in row[2]})
    records = states_to_records(pools, [row[2] for row in rows])
    states = {pool: records[:, column] for column, pool in enumerate(pools)}
    levels = levels_to_columns(slots, STATES, [row[1] for row in rows])
    return Stock(facts, comparison.kinds_of(facts), levels, states, np.ones(len(rows), np.bool_))
