"""The write side of the ledger: sort readings by page, encode them as the page is laid out, one script a partition."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from gateway.store.columns import ReadingColumns
from gateway.store.connection import Call, Connection
from gateway.store.interning import Names, VariantRows
from gateway.store.keys import PAGE_ROWS, Keys
from gateway.store.pages import HEADER, Layout, widened
from policies.columns import ABSENT, to_us
from policies.values import PARTS_OF_ON_HAND, STATES

CALL_READINGS: Final = 1000
"""Readings in one script call, so that nobody waits longer than some 5 ms for the server."""
PARTITION_SHIFT: Final = 32
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Batch:
    """Readings sorted by place, and where each page's begin."""

    columns: ReadingColumns
    order: Ints
    places: Ints  # sorted: partition << 32 | row
    pages: Ints  # partition << 32 | page, one a run
    starts: Ints
    ends: Ints
    bitmaps: Ints  # states needed, one a run
    slots: Ints  # slots needed, one a run


class Recorder:
    """Writes readings; remembers how pages are laid out, and looks again when the script says otherwise."""

    def __init__(self, connection: Connection, keys: Keys, rows: VariantRows, pools: Names) -> None:
        self._connection, self._keys, self._rows, self._pools = connection, keys, rows, pools
        self._layouts: dict[int, Layout] = {}

    def record(self, columns: ReadingColumns, at: datetime, renewals_matter: bool) -> npt.NDArray[np.int8]:
        """Write readings and return an outcome code for each, in their order."""
        outcomes = np.full(len(columns.variants), -1, np.int8)
        if not len(outcomes):
            return outcomes
        batch = self._sort(columns)
        self._fit(batch)
        pools = len(self._pools.names())
        runs = list(range(len(batch.pages)))
        while runs:
            groups = self._groups(batch, runs)
            calls = [self._call(batch, group, to_us(at), renewals_matter, pools) for group in groups]
            runs = []
            for group, answer in zip(groups, self._connection.scripts(calls), strict=True):
                if answer[0] == 0:
                    targets = np.concatenate([batch.order[batch.starts[run] : batch.ends[run]] for run in group])
                    outcomes[targets] = np.frombuffer(answer[1], np.int8)
                    continue
                for run, header in zip(group, answer[1:], strict=True):
                    self._layouts[int(batch.pages[run])] = Layout.of(header)
                runs += group
            if runs:
                self._fit(batch, runs)
        return outcomes

    def _sort(self, columns: ReadingColumns) -> _Batch:
        known = self._rows.intern(columns.variants)
        packed = [(p << PARTITION_SHIFT) | row for p, row in map(known.__getitem__, columns.variants)]
        places = np.array(packed, np.int64)
        order = np.argsort(places, kind="stable")
        places = places[order]
        page = (places >> PARTITION_SHIFT << PARTITION_SHIFT) | ((places & 0xFFFFFFFF) // PAGE_ROWS)
        cuts = np.flatnonzero(page[1:] != page[:-1]) + 1
        starts = np.concatenate([[0], cuts]).astype(np.int64)
        weights = np.array([1 << STATES.index(state) for state in columns.states], np.int64)
        needed = ((columns.quantities[order] != ABSENT) * weights).sum(axis=1).astype(np.int64)
        return _Batch(
            columns=columns,
            order=order,
            places=places,
            pages=page[starts],
            starts=starts,
            ends=np.concatenate([cuts, [len(page)]]).astype(np.int64),
            bitmaps=np.bitwise_or.reduceat(needed, starts),
            slots=np.maximum.reduceat(columns.slots[order].astype(np.int64) + 1, starts),
        )

    def _fit(self, batch: _Batch, runs: list[int] | None = None) -> None:
        for run in range(len(batch.pages)) if runs is None else runs:
            page, slots, bitmap = int(batch.pages[run]), int(batch.slots[run]), int(batch.bitmaps[run])
            while not self._layouts.get(page, Layout()).holds(slots, bitmap):
                self._widen(page, slots, bitmap)

    def _widen(self, page: int, slots: int, bitmap: int) -> None:
        key = self._keys.of(page >> PARTITION_SHIFT, f"levels:{page & 0xFFFFFFFF}")
        old = self._connection.command("GET", key) or b""
        layout = Layout.of(old)
        if not layout.holds(slots, bitmap):
            layout = Layout(max(layout.stride, slots), layout.bitmap | bitmap)
            if not self._connection.script("swap", [key], [old, widened(old, layout)]):
                return
        self._layouts[page] = layout

    def _groups(self, batch: _Batch, runs: list[int]) -> list[list[int]]:
        groups: dict[tuple[int, int], list[list[int]]] = {}
        sizes: dict[int, int] = {}
        for run in runs:
            page = int(batch.pages[run])
            parts = groups.setdefault((page >> PARTITION_SHIFT, self._layouts[page].bitmap), [])
            size = int(batch.ends[run] - batch.starts[run])
            if not parts or sizes[id(parts[-1])] + size > CALL_READINGS:
                parts.append([])
                sizes[id(parts[-1])] = 0
            parts[-1].append(run)
            sizes[id(parts[-1])] += size
        return [part for parts in groups.values() for part in parts]

    def _call(self, batch: _Batch, group: list[int], at_us: int, renewals_matter: bool, pools: int) -> Call:
        numbers = [int(batch.pages[run]) for run in group]
        partition, layout = numbers[0] >> PARTITION_SHIFT, self._layouts[numbers[0]]
        keys = [self._keys.of(partition, "due"), self._keys.of(partition, "journal")]
        pages = b""
        for run, number in zip(group, numbers, strict=True):
            page = number & 0xFFFFFFFF
            keys += [self._keys.of(partition, f"levels:{page}"), self._keys.of(partition, f"states:{page}")]
            size = int(batch.ends[run] - batch.starts[run])
            pages += self._layouts[number].header + page.to_bytes(4, "little") + size.to_bytes(4, "little")
        places = {state: place for place, state in enumerate(layout.states, start=1)}
        parts = bytes(places[state] for state in PARTS_OF_ON_HAND if state in places)
        return (
            "record",
            keys,
            [at_us, layout.cell.itemsize, pools, int(renewals_matter), places.get("on_hand", 0)]
            + [places.get("available", 0), parts, layout.bitmap, pages, self._encode(batch, group, layout)],
        )

    def _encode(self, batch: _Batch, group: list[int], layout: Layout) -> bytes:
        spans = [np.arange(batch.starts[run], batch.ends[run]) for run in group]
        chosen = np.concatenate(spans)
        strides = np.repeat([self._layouts[int(batch.pages[run])].stride for run in group], [len(s) for s in spans])
        source = batch.order[chosen]
        rows = (batch.places[chosen] & 0xFFFFFFFF) % PAGE_ROWS
        slots = batch.columns.slots[source]
        kind: Any = np.dtype(
            [("place", "<u4"), ("row", "u1"), ("slot", "<u2"), ("cause", "u1"), ("cell", layout.cell)], align=False
        )
        encoded = np.zeros(len(chosen), kind)
        encoded["place"] = HEADER + (rows * strides + slots) * layout.cell.itemsize
        encoded["row"], encoded["slot"], encoded["cause"] = rows, slots, batch.columns.causes[source]
        encoded["cell"]["stamp"] = batch.columns.stamps[source]
        encoded["cell"]["figures"] = ABSENT
        for column, state in enumerate(batch.columns.states):
            if state in layout.states:
                place = layout.states.index(state)
                encoded["cell"]["figures"][:, place] = batch.columns.quantities[source, column]
        return encoded.tobytes()
