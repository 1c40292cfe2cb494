"""The write side of the ledger: sort readings by page, encode them as the page is laid out, one script a partition."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from gateway.store.columns import ReadingColumns
from gateway.store.connection import Call, Connection
from gateway.store.interning import VariantRows
from gateway.store.keys import PAGE_ROWS, PARTITION_SHIFT, PARTITIONS, ROW_MASK, Keys
from gateway.store.pages import HEADER, Layout, widened
from gateway.store.recording_rows import NOT_WRITTEN, RowRecorder, dense
from policies.columns import ABSENT, to_us
from policies.values import PARTS_OF_ON_HAND, STATES

CALL_READINGS: Final = 1000
"""Readings in one script call, so that nobody waits longer than some 5 ms for the server."""
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

    @property
    def slots_told(self) -> Ints:
        """The slot of each reading, in the order of the places."""
        return self.columns.slots[self.order].astype(np.int64)


class Recorder:
    """Writes readings; remembers how pages are laid out, and looks again when the script says otherwise."""

    def __init__(self, connection: Connection, keys: Keys, rows: VariantRows) -> None:
        self._connection, self._keys, self._rows = connection, keys, rows
        self._layouts: dict[int, Layout] = {}
        self._names: dict[int, bytes] = {}
        self._partition_keys = [[keys.of(p, name).encode() for name in ("due", "moves")] for p in range(PARTITIONS)]

    def record(self, columns: ReadingColumns, at: datetime, renewals_matter: bool) -> npt.NDArray[np.int8]:
        """Write readings and return an outcome code for each, in their order."""
        outcomes = np.full(len(columns.variants), NOT_WRITTEN, np.int8)
        if not len(outcomes):
            return outcomes
        known = self._rows.intern(columns.variants)
        places = np.array([known[variant] for variant in columns.variants], np.int64)
        batch = _sorted(columns, places)
        self._fit(batch)
        whole = dense(batch.places, batch.slots_told)
        if not whole.any():
            return self._level_by_level(batch, outcomes, at, renewals_matter)
        self._row_by_row(batch, whole, outcomes, at, renewals_matter)
        rest = outcomes == NOT_WRITTEN
        if rest.any():
            batch = _sorted(columns.only(rest), places[rest])
            outcomes[rest] = self._level_by_level(batch, outcomes[rest], at, renewals_matter)
        return outcomes

    def _row_by_row(
        self, batch: _Batch, whole: npt.NDArray[np.bool_], outcomes: npt.NDArray[np.int8], at: datetime, matter: bool
    ) -> None:
        """Write what is told of nearly whole rows; what somebody else was quicker with stays NOT_WRITTEN."""
        layouts = [self._layouts[page] for page in batch.pages.tolist()]
        for layout in sorted(set(layouts), key=lambda one: (one.stride, one.bitmap)):
            of_layout = np.array([one == layout for one in layouts])
            chosen = np.flatnonzero(whole & np.repeat(of_layout, batch.ends - batch.starts))
            if len(chosen):
                some = batch.order[chosen]
                recorder = RowRecorder(self._connection, self._keys, layout, to_us(at), matter)
                outcomes[some] = recorder.record(batch.columns.take(some), batch.places[chosen])

    def _level_by_level(
        self, batch: _Batch, outcomes: npt.NDArray[np.int8], at: datetime, renewals_matter: bool
    ) -> npt.NDArray[np.int8]:
        """Let the server judge each level; fills `outcomes` and returns it."""
        self._fit(batch)
        head = (to_us(at), int(renewals_matter))
        runs = np.arange(len(batch.pages))
        while len(runs):
            groups, calls = self._calls(batch, runs, head)
            again: list[int] = []
            for group, answer in zip(groups, self._connection.scripts(calls), strict=True):
                if answer[0] == 0:
                    places = batch.order[batch.starts[group[0]] : batch.ends[group[0]]]
                    if len(group) > 1:
                        places = np.concatenate([batch.order[batch.starts[run] : batch.ends[run]] for run in group])
                    outcomes[places] = np.frombuffer(answer[1], np.int8)
                    continue
                for run, header in zip(group, answer[1:], strict=True):
                    self._layouts[int(batch.pages[run])] = Layout.of(header)
                again += group
            runs = np.array(again, np.int64)
            self._fit(batch, again)
        return outcomes

    def _fit(self, batch: _Batch, runs: list[int] | None = None) -> None:
        pages, needed_slots, bitmaps = batch.pages.tolist(), batch.slots.tolist(), batch.bitmaps.tolist()
        for run in range(len(pages)) if runs is None else runs:
            page, slots, bitmap = pages[run], needed_slots[run], bitmaps[run]
            while not self._layouts.get(page, Layout()).holds(slots, bitmap):
                self._widen(page, slots, bitmap)

    def _widen(self, page: int, slots: int, bitmap: int) -> None:
        key = self._keys.of(page >> PARTITION_SHIFT, f"levels:{page & ROW_MASK}")
        old = self._connection.command("GET", key) or b""
        layout = Layout.of(old)
        if not layout.holds(slots, bitmap):
            layout = Layout(max(layout.stride, slots), layout.bitmap | bitmap)
            if not self._connection.script("swap", [key], [old, widened(old, layout)]):
                return
        self._layouts[page] = layout

    def _calls(self, batch: _Batch, runs: Ints, head: tuple[int, int]) -> tuple[list[list[int]], list[Call]]:
        """Give the runs of each script call, and the calls: one partition and one layout of states each."""
        layouts = [self._layouts[page] for page in batch.pages[runs].tolist()]
        groups: list[list[int]] = []
        calls: list[Call] = []
        for bitmap in sorted({layout.bitmap for layout in layouts}):
            of_bitmap = np.array([layout.bitmap == bitmap for layout in layouts])
            some = runs[of_bitmap]
            strides = np.array([layout.stride for layout in layouts], np.int64)[of_bitmap]
            layout = Layout(0, bitmap)
            readings, size = self._encode(batch, some, strides, layout), 8 + layout.cell.itemsize
            pages = _page_table(batch, some, strides, bitmap)
            counts = (batch.ends - batch.starts)[some]
            for first, last in _parts(batch.pages[some] >> PARTITION_SHIFT, counts):
                before = int(counts[:first].sum()) * size
                blob = readings[before : before + int(counts[first:last].sum()) * size]
                groups.append(some[first:last].tolist())
                calls.append(self._call(batch, groups[-1], layout, head, (pages[16 * first : 16 * last], blob)))
        return groups, calls

    def _call(
        self, batch: _Batch, group: list[int], layout: Layout, head: tuple[int, int], blobs: tuple[bytes, bytes]
    ) -> Call:
        at_us, renewals_matter = head
        keys = [self._levels_key(page) for page in batch.pages[group].tolist()]
        places = {state: place for place, state in enumerate(layout.states, start=1)}
        parts = bytes(places[state] for state in PARTS_OF_ON_HAND if state in places)
        arguments = [at_us, layout.cell.itemsize, renewals_matter, places.get("on_hand", 0)]
        arguments += [places.get("available", 0), parts, layout.bitmap, *blobs]
        return "record", [*self._partition_keys[int(batch.pages[group[0]]) >> PARTITION_SHIFT], *keys], arguments

    def _levels_key(self, page: int) -> bytes:
        if page not in self._names:
            self._names[page] = self._keys.of(page >> PARTITION_SHIFT, f"levels:{page & ROW_MASK}").encode()
        return self._names[page]

    @staticmethod
    def _encode(batch: _Batch, runs: Ints, strides: Ints, layout: Layout) -> bytes:
        counts = (batch.ends - batch.starts)[runs]
        chosen = np.repeat(batch.starts[runs] - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
        source = batch.order[chosen]
        rows = (batch.places[chosen] & ROW_MASK) % PAGE_ROWS
        slots = batch.columns.slots[source]
        kind: Any = np.dtype(
            [("place", "<u4"), ("row", "u1"), ("slot", "<u2"), ("cause", "u1"), ("cell", layout.cell)], align=False
        )
        encoded = np.zeros(len(chosen), kind)
        encoded["place"] = HEADER + (rows * np.repeat(strides, counts) + slots) * layout.cell.itemsize
        encoded["row"], encoded["slot"], encoded["cause"] = rows, slots, batch.columns.causes[source]
        encoded["cell"]["stamp"] = batch.columns.stamps[source]
        encoded["cell"]["figures"] = ABSENT
        for column, state in enumerate(batch.columns.states):
            if state in layout.states:
                place = layout.states.index(state)
                encoded["cell"]["figures"][:, place] = batch.columns.quantities[source, column]
        return encoded.tobytes()


def _sorted(columns: ReadingColumns, places: Ints) -> _Batch:
    order = np.argsort(places, kind="stable")
    places = places[order]
    page = (places >> PARTITION_SHIFT << PARTITION_SHIFT) | ((places & ROW_MASK) // PAGE_ROWS)
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


def _page_table(batch: _Batch, runs: Ints, strides: Ints, bitmap: int) -> bytes:
    kind = [("magic", "S2"), ("stride", "<u2"), ("bitmap", "<u2"), ("zero", "<u2"), ("page", "<u4"), ("count", "<u4")]
    table = np.zeros(len(runs), np.dtype(kind))
    table["magic"], table["stride"], table["bitmap"] = b"L1", strides, bitmap
    table["page"], table["count"] = batch.pages[runs] & ROW_MASK, (batch.ends - batch.starts)[runs]
    return table.tobytes()


def _parts(partitions: Ints, counts: Ints) -> Iterator[tuple[int, int]]:
    """Cut runs where the partition changes, or where a call would grow too long."""
    first, size = 0, 0
    listed, sizes = partitions.tolist(), counts.tolist()
    for run, (partition, count) in enumerate(zip(listed, sizes, strict=True)):
        if run > first and (partition != listed[first] or size + count > CALL_READINGS):
            yield first, run
            first, size = run, 0
        size += count
    yield first, len(listed)
