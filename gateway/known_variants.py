"""What the policy in force makes of each variant, remembered for as long as neither changes.

Reading a variant's catalogue facts and finding its class costs more than deciding it; this holds both by place in the
ledger, some 300 bytes a variant. A new policy asks the catalogue nothing. Everything here can be dropped at any time.
"""

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
        self._variants: dict[int, Variant] = {}  # by place, as the catalogue had them at the `facts` of the table
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
            rates[:] = [self._variants[place].units_per_day for place in rows.places.tolist()]
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
        places, facts = rows.places[missing], rows.facts[missing]
        same = self._table[places >> PARTITION_SHIFT, places & ROW_MASK]["facts"] == facts
        asked = [
            index
            for index, place, holds in zip(missing.tolist(), places.tolist(), same.tolist(), strict=True)
            if not (holds and place in self._variants)
        ]
        entries = store.catalog.entries([rows.variants[index] for index in asked])
        for index in asked:
            name = rows.variants[index]
            self._variants[int(rows.places[index])] = entries[name].variant if name in entries else Variant(name)
        variants = [self._variants[place] for place in places.tolist()]
        columns = columns_of(version.compiled, variants, from_us(at_us))
        learned = np.zeros(len(missing), KNOWN)
        learned["generation"], learned["facts"] = self._generation, facts
        learned["class"], learned["objections"] = columns.classes, columns.objections
        learned["sells"] = columns.untracked * np.uint8(UNTRACKED) + columns.continues * np.uint8(CONTINUES)
        return learned
