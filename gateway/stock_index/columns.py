"""The columns themselves: a row per variant, in the order in which variants were met."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from gateway.stock_index.groups import Groups
from gateway.store.keys import PARTITION_SHIFT, PARTITIONS
from gateway.store.values import CatalogEntry
from policies.columns import POOL_STATE
from policies.withheld import Withheld

ROW: Final = np.dtype(
    [
        ("place", "<i8"),
        ("sequence", "<u4"),  # as the partition's page has it now
        ("facts", "<u4"),
        ("counted_sequence", "<u4"),  # as it was when the row was counted
        ("counted_facts", "<u4"),
        ("counted_under", "<u4"),  # 0: never
        ("decided_us", "<i8"),
        ("on_hand", "<i8"),  # -1: not known
        ("group", "<i4"),
        ("blocked", "?"),
    ]
)
Ints = npt.NDArray[np.int64]


class Columns:
    """Grows by doubling, so that a new variant costs the same however many there are."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.titles: list[str | None] = []
        self.skus: list[str | None] = []
        self.texts: list[str] = []  # what a search looks at
        self.groups = Groups()
        self._rows = np.zeros(0, ROW)
        self._states = np.zeros((0, 1), POOL_STATE)
        self._there = np.zeros((0, 1), np.uint8)  # a bit per slot
        self._objections = np.zeros((0, 1), np.uint32)
        self._reasons = np.zeros((0, 1), np.uint32)
        self._of_partition = [np.zeros(0, np.int64) for _ in range(PARTITIONS)]
        self.by_place: Ints = np.zeros(0, np.int64)

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def rows(self) -> npt.NDArray[Any]:
        """Return what is one figure a variant."""
        return self._rows[: len(self)]

    @property
    def states(self) -> npt.NDArray[Any]:
        """Return the outcomes, (n, pools of the store)."""
        return self._states[: len(self)]

    @property
    def objections(self) -> npt.NDArray[np.uint32]:
        """Return what is said against any level, (n, pools of the policy)."""
        return self._objections[: len(self)]

    @property
    def reasons(self) -> npt.NDArray[np.uint32]:
        """Return what withholds units, (n, pools of the policy)."""
        return self._reasons[: len(self)]

    def lies_at(self, slot: int) -> npt.NDArray[np.bool_]:
        """Tell which variants have units at a slot of the ledger."""
        if slot >> 3 >= self._there.shape[1]:
            return np.zeros(len(self), np.bool_)
        return np.asarray(self._there[: len(self), slot >> 3] >> (slot & 7) & 1, np.bool_)

    def known(self) -> list[int]:
        """Count the known variants of every partition."""
        return [len(numbers) for numbers in self._of_partition]

    def take(self, partition: int, new: Sequence[str], heads: npt.NDArray[Any], states: npt.NDArray[Any]) -> None:
        """Take in a partition as its pages are now."""
        if new:
            self._grow(partition, new)
        numbers = self._of_partition[partition]
        self._states = _as_wide(self._states, states.shape[1])
        self._rows["sequence"][numbers], self._rows["facts"][numbers] = heads["sequence"], heads["facts"]
        self._rows["decided_us"][numbers] = heads["decided_us"]
        self._states[numbers, : states.shape[1]] = states

    def stale(self, under: int) -> Ints:
        """Return the rows that changed since they were counted, or were counted under another policy."""
        rows = self.rows
        moved = (rows["sequence"] != rows["counted_sequence"]) | (rows["facts"] != rows["counted_facts"])
        return np.flatnonzero(moved | (rows["counted_under"] != under))

    def name(self, number: int, entry: CatalogEntry | None, title: str | None) -> None:
        """Keep what a variant is called and what it belongs to."""
        sku = entry.variant.sku if entry else None
        self.titles[number], self.skus[number] = title, sku
        self.texts[number] = f"{title or ''} {sku or ''} {self.ids[number]}".casefold()
        self._rows["group"][number] = self.groups.number(entry.variant) if entry else 0
        self._rows["blocked"][number] = bool(entry and entry.variant.blocked)

    def count(self, numbers: Ints, found: Withheld, heads: npt.NDArray[Any], under: int) -> None:
        """Keep what was counted of some rows, and what they were counted as."""
        packed = np.packbits(found.there, axis=1, bitorder="little")
        self._there = _as_wide(self._there, packed.shape[1])
        self._objections = _as_wide(self._objections, found.objections.shape[1])
        self._reasons = _as_wide(self._reasons, found.reasons.shape[1])
        self._rows["on_hand"][numbers] = found.on_hand
        self._there[numbers, : packed.shape[1]] = packed
        self._objections[numbers, : found.objections.shape[1]] = found.objections
        self._reasons[numbers, : found.reasons.shape[1]] = found.reasons
        self._rows["counted_sequence"][numbers] = heads["sequence"]
        self._rows["counted_facts"][numbers] = heads["facts"]
        self._rows["counted_under"][numbers] = under

    def forget_reasons(self) -> None:
        """Forget what was said in pools that are numbered otherwise now."""
        self._objections[:], self._reasons[:] = 0, 0

    def _grow(self, partition: int, new: Sequence[str]) -> None:
        first, known = len(self), self._of_partition[partition]
        self.ids += new
        self.titles += [None] * len(new)
        self.skus += [None] * len(new)
        self.texts += [one.casefold() for one in new]
        if len(self) > len(self._rows):
            room = 2 * len(self)
            self._rows, self._states = _as_long(self._rows, room), _as_long(self._states, room)
            self._there, self._objections = _as_long(self._there, room), _as_long(self._objections, room)
            self._reasons = _as_long(self._reasons, room)
        numbers = np.arange(first, len(self))
        self._of_partition[partition] = np.concatenate([known, numbers])
        self._rows["place"][numbers] = np.arange(len(known), len(known) + len(new)) | partition << PARTITION_SHIFT
        self._rows["on_hand"][numbers] = -1
        self.by_place = np.argsort(self.rows["place"], kind="stable")


def _as_long(column: npt.NDArray[Any], rows: int) -> npt.NDArray[Any]:
    longer = np.zeros((rows, *column.shape[1:]), column.dtype)
    longer[: len(column)] = column
    return longer


def _as_wide(column: npt.NDArray[Any], width: int) -> npt.NDArray[Any]:
    if column.shape[1] >= width:
        return column
    wider = np.zeros((len(column), width), column.dtype)
    wider[:, : column.shape[1]] = column
    return wider
