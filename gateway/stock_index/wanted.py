"""What a list is asked for: filters, an order, and which of the matching rows those are."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from gateway.policy_library import CompiledVersion
from gateway.stock_index.columns import Columns
from gateway.stock_index.groups import KINDS
from policies.columns import BLIND_UNITS, UNLIMITED_UNITS
from policies.values import Band
from policies.withheld import bit

SORTS: Final = ("place", "title", "sku", "on_hand", "units", "promised", "band", "decided")
ENDLESS: Final = 2**62
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Filters of a list; None and False filter nothing. Words that nothing has match nothing."""

    q: str | None = None
    band: str | None = None
    pool: str | None = None  # None, or one that is not: the default pool
    tag: str | None = None
    collection: str | None = None
    vendor: str | None = None
    product_type: str | None = None
    objection: str | None = None  # said against any level, with or without units
    why: str | None = None  # keeps at least one unit from being promised
    location: str | None = None  # has units there
    store_only: bool = False  # has units, and none where the pool draws from
    sort: str = "place"
    descending: bool = False


@dataclass(frozen=True, slots=True)
class View:
    """The columns of one pool."""

    columns: Columns
    version: CompiledVersion | None
    pool: str | None
    number: int  # of the pool in the policy
    states: npt.NDArray[Any]

    @classmethod
    def of(cls, columns: Columns, version: CompiledVersion | None, pool: str | None) -> "View":
        """Look at a pool, or at the default one."""
        if version is None:
            return cls(columns, None, None, 0, np.zeros(len(columns), columns.states.dtype))
        pools = version.compiled.pools
        number = pools.index(pool) if pool in pools else version.compiled.default_pool
        states, at = columns.states, version.pool_columns[number]
        of_pool = states[:, at] if at < states.shape[1] else np.zeros(len(columns), states.dtype)
        return cls(columns, version, pools[number], number, of_pool)

    def bits(self, column: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
        """Return the pool's column of objections or reasons."""
        return column[:, self.number] if self.number < column.shape[1] else np.zeros(len(column), np.uint32)


def matching(view: View, wanted: Wanted) -> Bools:
    """Tell which variants match every filter but the band, so that bands can be counted."""
    columns = view.columns
    found = np.ones(len(columns), np.bool_)
    for kind in KINDS:
        value = getattr(wanted, kind)
        if value:
            found &= columns.groups.having(kind, value)[columns.rows["group"]]
    if wanted.objection:
        found &= (view.bits(columns.objections) & np.uint32(bit(wanted.objection))) != 0
    if wanted.why:
        found &= (view.bits(columns.reasons) & np.uint32(bit(wanted.why))) != 0
    if wanted.store_only:
        found &= (view.bits(columns.reasons) & np.uint32(bit("only_elsewhere"))) != 0
    if wanted.location:
        found &= _at_location(view, wanted.location)
    if wanted.q and (text := wanted.q.strip().casefold()):
        candidates = np.flatnonzero(found)
        texts = columns.texts
        found[candidates] = [text in texts[number] for number in candidates.tolist()]
    return found


def of_band(view: View, band: str | None) -> Bools:
    """Tell which variants are in a band."""
    if not band:
        return np.ones(len(view.columns), np.bool_)
    words = {one.word: int(one) for one in Band}
    return np.asarray(view.states["band"] == words.get(band, -1))


def ordered(view: View, found: Bools, wanted: Wanted) -> Ints:
    """Put the matching rows in order; those alike keep the order of the store."""
    numbers = view.columns.by_place[found[view.columns.by_place]]
    if wanted.sort in ("title", "sku"):
        texts = view.columns.titles if wanted.sort == "title" else view.columns.skus
        listed = numbers.tolist()
        listed.sort(key=lambda number: (texts[number] or "\U0010ffff").casefold(), reverse=wanted.descending)
        return np.array(listed, np.int64)
    key = _key(view, wanted.sort)
    if key is None:
        return numbers
    some = key[numbers]
    return np.asarray(numbers[np.argsort(-some if wanted.descending else some, kind="stable")], np.int64)


def _key(view: View, sort: str) -> Ints | None:
    rows, states = view.columns.rows, view.states
    figure = {"units": "units", "promised": "promised"}.get(sort)
    if figure is not None:
        numbers = states[figure]
        return np.where(numbers == UNLIMITED_UNITS, ENDLESS, np.where(numbers == BLIND_UNITS, -1, numbers))
    match sort:
        case "on_hand":
            return np.asarray(rows["on_hand"])
        case "band":
            return states["band"].astype(np.int64)
        case "decided":
            return np.asarray(rows["decided_us"])
        case _:
            return None


def _at_location(view: View, location: str) -> Bools:
    found = np.zeros(len(view.columns), np.bool_)
    if view.version is not None:
        policy = view.version.compiled
        for column in policy.authoritative:
            if policy.slots[column].location == location:
                found |= view.columns.lies_at(column)
    return found
