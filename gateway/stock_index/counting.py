"""Counting rows of the shop again: their catalogue facts, and what stands between on hand and promise."""

import numpy as np
import numpy.typing as npt

from gateway.policy_library import CompiledVersion
from gateway.stock_index.columns import Columns
from gateway.store import Rows, Store
from gateway.store.values import CatalogEntry
from policies.columns import ABSENT, LevelColumns, VariantColumns, from_us
from policies.conversion import columns_of
from policies.values import Variant
from policies.withheld import Withheld, withheld

Ints = npt.NDArray[np.int64]


def count_rows(store: Store, version: CompiledVersion | None, columns: Columns, numbers: Ints, under: int) -> None:
    """Count some rows again from what the store holds of them now.

    The counters are those that were read before: what changes in between is counted once more.
    """
    heads = columns.rows[numbers]
    names = [columns.ids[number] for number in numbers.tolist()]
    entries = store.catalog.entries(names)
    for number, name in zip(numbers.tolist(), names, strict=True):
        entry = entries.get(name)
        columns.name(number, entry, title_of(entry))
    found = _nothing(len(numbers)) if version is None else _counted(store.ledger.read(names), entries, version)
    columns.count(numbers, found, heads, under)


def title_of(entry: CatalogEntry | None) -> str | None:
    """Name a variant as people know it."""
    if entry is None:
        return None
    return " / ".join(part for part in (entry.product_title, entry.title) if part) or None


def _counted(rows: Rows, entries: dict[str, CatalogEntry], version: CompiledVersion) -> Withheld:
    policy = version.compiled
    variants = [entries[name].variant if name in entries else Variant(name) for name in rows.variants]
    levels, states = _levels(rows.levels, len(policy.slots)), _states(rows, version)
    found = withheld(policy, _variants(version, variants, rows.decided_us), levels, states, rows.decided_us)
    undecided = rows.sequences == 0  # nothing was decided of it: there is nothing that withholds
    found.objections[undecided], found.reasons[undecided], found.on_hand[undecided] = 0, 0, -1
    return found


def _variants(version: CompiledVersion, variants: list[Variant], decided_us: Ints) -> VariantColumns:
    """Read variants as they were decided: the class of each is that of its own moment."""
    policy = version.compiled
    epochs = np.array([policy.epoch_at(from_us(us)) for us in np.unique(decided_us).tolist()])
    of_row = epochs[np.unique(decided_us, return_inverse=True)[1]]
    columns = columns_of(policy, variants, from_us(int(decided_us.max(initial=0))))
    latest = policy.epoch_at(from_us(int(decided_us.max(initial=0))))
    for epoch in set(epochs.tolist()) - {latest}:
        earlier = np.flatnonzero(of_row == epoch)
        moment = from_us(int(decided_us[earlier[0]]))
        columns.classes[earlier] = columns_of(policy, [variants[row] for row in earlier.tolist()], moment).classes
    return columns


def _states(rows: Rows, version: CompiledVersion) -> npt.NDArray[np.void]:
    states = np.zeros((len(rows.variants), len(version.pool_columns)), rows.pools.dtype)
    for place, column in enumerate(version.pool_columns):
        if column < rows.pools.shape[1]:
            states[:, place] = rows.pools[:, column]
    return states


def _levels(levels: LevelColumns, slots: int) -> LevelColumns:
    """Fit levels to the columns that the policy was compiled for."""
    missing = max(0, slots - levels.stamps.shape[1])
    stamps = np.pad(levels.stamps[:, :slots], ((0, 0), (0, missing)))
    quantities = np.pad(levels.quantities[:, :slots], ((0, 0), (0, missing), (0, 0)), constant_values=ABSENT)
    return LevelColumns(levels.states, stamps, quantities)


def _nothing(count: int) -> Withheld:
    none = np.zeros((count, 1), np.uint32)
    return Withheld(np.full(count, -1, np.int64), np.zeros((count, 1), np.bool_), none, none.copy())
