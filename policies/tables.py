"""The terms of classes as arrays, made once per batch for the kernel."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from policies.compile import CompiledPolicy
from policies.terms import PoolTerms

NO_CAP: Final = 2**62
NEVER_STALE: Final = 2**62


@dataclass(frozen=True, slots=True)
class PoolTable:
    """One pool's numbers, a row per class of the batch."""

    columns: npt.NDArray[np.intp]  # the ledger columns of the pool's fit locations
    reserve: npt.NDArray[np.int32]  # (classes, columns)
    excluded_there: npt.NDArray[np.bool_]  # (classes, columns)
    numbers: dict[str, npt.NDArray[np.int64]]  # name -> (classes,)
    terms: tuple[PoolTerms, ...]  # a row per class


def _numbers(policy: CompiledPolicy, terms: PoolTerms) -> dict[str, int]:
    limits = terms.thresholds
    return {
        "excluded": limits.excluded,
        "min_locations": limits.min_locations,
        "buffer_units": limits.buffer_units,
        "buffer_hundredths": limits.buffer_hundredths,
        "floor_units": limits.floor_units,
        "cap_units": NO_CAP if limits.cap_units is None else limits.cap_units,
        "out_at": limits.out_at,
        "restock_at": limits.restock_at,
        "low_at": limits.low_at,
        "healthy_at": limits.healthy_at,
        "settle_us": limits.settle_us,
        "fresh_us": NEVER_STALE if limits.fresh_us is None else limits.fresh_us,
        "sell_when_out": limits.sell_when_out,
        "sells_uncounted": policy.may_sell_uncounted(terms),
        "edge_us": terms.edge_us,
    }


def pool_table(policy: CompiledPolicy, pool: int, classes: npt.NDArray[np.int32]) -> PoolTable:
    """Lay out what holds for these classes in one pool."""
    of_pool = policy.document.pools[policy.pools[pool]]
    fit = [
        column
        for column in policy.authoritative
        if not policy.location_objections(policy.slots[column].location, of_pool)
    ]
    terms = tuple(policy.terms_of(class_id)[pool] for class_id in classes.tolist())
    there = [[one.at_location(policy.slots[column].location) for column in fit] for one in terms]
    rows = [_numbers(policy, one) for one in terms]
    shape = (len(terms), len(fit))
    return PoolTable(
        columns=np.array(fit, dtype=np.intp),
        reserve=np.array([[place.reserve for place in row] for row in there], dtype=np.int32).reshape(shape),
        excluded_there=np.array(
            [[place.excluded_by is not None for place in row] for row in there], dtype=np.bool_
        ).reshape(shape),
        numbers={name: np.array([row[name] for row in rows], dtype=np.int64) for name in rows[0]} if rows else {},
        terms=terms,
    )
