"""What the policy in force makes of each variant, remembered for as long as neither changes.

Reading a variant's catalogue facts and finding its class costs more than deciding it; this holds the outcome by place
in the ledger, some 15 bytes a variant. Everything here can be dropped at any time.
"""

from decimal import Decimal
from threading import Lock
from typing import Final

import numpy as np
import numpy.typing as npt

from gateway.policy_library import CompiledVersion
from gateway.store import Rows, Store
from gateway.store.keys import PARTITION_SHIFT, PARTITIONS, ROW_MASK
from policies.columns import VariantColumns, from_us
from policies.compile import CompiledPolicy
from policies.conversion import columns_of
from policies.values import Variant

KNOWN: Final = np.dtype(
    [("generation", "<u4"), ("facts", "<u4"), ("class", "<i4"), ("objections", "u1"), ("sells", "u1")]
)
UNTRACKED, CONTINUES = 1, 2
Ints = npt.NDArray[np.int64]


class KnownVariants:
    """Variant columns by place; asks the catalogue only for those that changed."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._table = np.zeros((PARTITIONS, 0), KNOWN)
        self._rates: dict[int, Decimal] = {}  # by place; most variants have none
        self._standing: tuple[CompiledPolicy, int] | None = None
        self._generation = 0

    def columns(self, store: Store, version: CompiledVersion, rows: Rows, at_us: int) -> VariantColumns:
        """Return what the kernel must know of the variants of `rows` at a moment."""
        with self._lock:
            self._refresh(version.compiled, at_us, rows.places)
            partitions, numbers = rows.places >> PARTITION_SHIFT, rows.places & ROW_MASK
            known = self._table[partitions, numbers]
            missing = np.flatnonzero((known["generation"] != self._generation) | (known["facts"] != rows.facts))
            if len(missing):
                learned = self._learn(store, version, rows, missing, at_us)
                known[missing] = self._table[partitions[missing], numbers[missing]] = learned
        rates = np.empty(len(known), dtype=object)
        if self._rates:
            rates[:] = [self._rates.get(place) for place in rows.places.tolist()]
        return VariantColumns(
            classes=known["class"].copy(),
            objections=known["objections"].copy(),
            untracked=(known["sells"] & UNTRACKED).astype(np.bool_),
            continues=(known["sells"] & CONTINUES).astype(np.bool_),
            units_per_day=rates,
        )

    def _refresh(self, policy: CompiledPolicy, at_us: int, places: Ints) -> None:
        standing = (policy, policy.epoch_at(from_us(at_us)))
        if self._standing is None or self._standing[0] is not policy or self._standing[1] != standing[1]:
            self._standing, self._generation = standing, self._generation + 1
        longest = int((places & ROW_MASK).max(initial=-1)) + 1
        if longest > self._table.shape[1]:
            wider = np.zeros((PARTITIONS, 2 * longest), KNOWN)
            wider[:, : self._table.shape[1]] = self._table
            self._table = wider

    def _learn(
        self, store: Store, version: CompiledVersion, rows: Rows, missing: Ints, at_us: int
    ) -> npt.NDArray[np.void]:
        names = [rows.variants[index] for index in missing.tolist()]
        entries = store.catalog.entries(names)
        variants = [entries[name].variant if name in entries else Variant(name) for name in names]
        columns = columns_of(version.compiled, variants, from_us(at_us))
        for place, variant in zip(rows.places[missing].tolist(), variants, strict=True):
            self._rates.pop(place, None)
            if variant.units_per_day is not None:
                self._rates[place] = variant.units_per_day
        learned = np.zeros(len(names), KNOWN)
        learned["generation"], learned["facts"] = self._generation, rows.facts[missing]
        learned["class"], learned["objections"] = columns.classes, columns.objections
        learned["sells"] = columns.untracked * np.uint8(UNTRACKED) + columns.continues * np.uint8(CONTINUES)
        return learned
