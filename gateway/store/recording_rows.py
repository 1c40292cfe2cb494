"""Rows that are told nearly whole: read, judged outside and written back whole, where nobody else wrote meanwhile.

A script that judges level by level costs the server some 2 us a level, and comparing and writing whole rows a tenth.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from gateway.store.columns import Outcome, ReadingColumns
from gateway.store.connection import Call, Connection
from gateway.store.judging import judge
from gateway.store.keys import PAGE_ROWS, PARTITION_SHIFT, ROW_MASK, Keys
from gateway.store.pages import HEADER, Layout
from policies.columns import ABSENT

DENSE: Final = 8
"""So many readings of one row are worth reading it whole."""
CALL_ROWS: Final = 128
NOT_WRITTEN: Final = -1
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Span:
    """Neighbouring rows of one page: which of the rows at hand, from and before."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Moved:
    """What moved in some rows, packed; row n's begins at `starts[n]`."""

    packed: bytes
    starts: list[int]

    def of(self, row: int) -> bytes:
        """Return what moved in a row."""
        return self.packed[self.starts[row] : self.starts[row + 1]]


def dense(places: Ints, slots: Ints) -> Bools:
    """Tell which readings, sorted by place, are of a row told nearly whole and name each of its levels once."""
    if not len(places):
        return np.zeros(0, np.bool_)
    cuts = np.flatnonzero(places[1:] != places[:-1]) + 1
    starts = np.concatenate([[0], cuts])
    counts = np.diff(np.append(starts, len(places)))
    order = np.lexsort((slots, places))
    again = (places[order][1:] == places[order][:-1]) & (slots[order][1:] == slots[order][:-1])
    rows = np.repeat(np.arange(len(starts)), counts)
    doubled = np.zeros(len(starts), np.bool_)
    doubled[rows[order[1:][again]]] = True
    return np.asarray(((counts >= DENSE) & ~doubled)[rows])


class RowRecorder:
    """Writes readings of one layout of pages, row by row."""

    def __init__(self, connection: Connection, keys: Keys, layout: Layout, at_us: int, renewals_matter: bool) -> None:
        self._connection, self._keys, self._layout = connection, keys, layout
        self._at_us, self._renewals_matter = at_us, renewals_matter

    def record(self, columns: ReadingColumns, places: Ints) -> npt.NDArray[np.int8]:
        """Write readings sorted by place; return an outcome for each, NOT_WRITTEN where somebody else was quicker."""
        rows, row_of = np.unique(places, return_inverse=True)
        spans = list(_spans(rows))
        read = self._read(rows, spans)
        if read is None:
            return np.full(len(places), NOT_WRITTEN, np.int8)
        new = _cells(columns, self._layout)
        old = read[row_of, columns.slots]
        outcomes, written = judge(old, new, self._layout.states)
        after = read.copy()
        after[row_of[written], columns.slots[written]] = new[written]
        counts = written & (self._renewals_matter | (outcomes == Outcome.ACCEPTED))
        moved = self._moved(columns, old, new, np.flatnonzero(counts), np.bincount(row_of[counts], minlength=len(rows)))
        touched = np.bincount(row_of[written], minlength=len(rows)) > 0
        lost = np.zeros(len(rows), np.bool_)
        chosen = [span for span in spans if touched[span.first : span.last].any()]
        for span, kept in zip(chosen, self._swap(rows, chosen, read, after, moved), strict=True):
            lost[span.first : span.last] = not kept
        outcomes[lost[row_of]] = NOT_WRITTEN
        return outcomes

    def _read(self, rows: Ints, spans: list[Span]) -> Any:
        """Read rows as cells; None where a page is not laid out as it was thought to be."""
        size, commands = self._layout.row_bytes, []
        for span in spans:
            page, begin = self._page(rows, span), self._offset(rows, span)
            commands.append(("GETRANGE", page, 0, HEADER - 1))
            commands.append(("GETRANGE", page, begin, begin + (span.last - span.first) * size - 1))
        told = self._connection.many(commands)
        if any(header != self._layout.header for header in told[::2]):
            return None
        return np.frombuffer(b"".join(told[1::2]), self._layout.cell).reshape(len(rows), self._layout.stride)

    def _moved(self, columns: ReadingColumns, old: Any, new: Any, chosen: Ints, counts: Ints) -> Moved:
        """Pack what the next decision has to answer for, as `record.lua` does."""
        cell = self._layout.cell
        kind = [("what", "S1"), ("states", "<u2"), ("slot", "<u2"), ("cause", "u1"), ("old", cell), ("new", cell)]
        packed = np.zeros(len(chosen), np.dtype(kind))
        packed["what"], packed["states"] = b"r", self._layout.bitmap
        packed["slot"], packed["cause"] = columns.slots[chosen], columns.causes[chosen]
        packed["old"], packed["new"] = old[chosen], new[chosen]
        starts = np.concatenate([[0], np.cumsum(counts)]) * packed.dtype.itemsize
        return Moved(packed.tobytes(), starts.tolist())

    def _swap(self, rows: Ints, spans: list[Span], read: Any, after: Any, moved: Moved) -> Iterator[bool]:
        """Write spans where they are as they were read; tell of each whether it was."""
        calls: list[Call] = []
        first = 0
        partitions = (rows >> PARTITION_SHIFT).tolist()
        for last in range(1, len(spans) + 1):
            if (
                last == len(spans)
                or partitions[spans[last].first] != partitions[spans[first].first]
                or spans[last].last - spans[first].first > CALL_ROWS
            ):
                calls.append(self._call(rows, spans[first:last], read, after, moved))
                first = last
        for answer in self._connection.scripts(calls):
            yield from (byte == 1 for byte in answer)

    def _call(self, rows: Ints, spans: list[Span], read: Any, after: Any, moved: Moved) -> Call:
        partition = int(rows[spans[0].first]) >> PARTITION_SHIFT
        pages: dict[str, int] = {}
        arguments: list[Any] = [self._at_us, len(spans)]
        members = (rows & ROW_MASK).tolist()
        for span in spans:
            page = pages.setdefault(self._page(rows, span), len(pages) + 1)
            told = [(members[row], moved.of(row)) for row in range(span.first, span.last)]
            told = [(member, moves) for member, moves in told if moves]
            arguments += [page, self._layout.header, self._offset(rows, span)]
            arguments += [read[span.first : span.last].tobytes(), after[span.first : span.last].tobytes(), len(told)]
            arguments += [part for pair in told for part in pair]
        keys = [self._keys.of(partition, "due"), self._keys.of(partition, "moves"), *pages]
        return "record_rows", keys, arguments

    def _offset(self, rows: Ints, span: Span) -> int:
        return HEADER + int(rows[span.first] & ROW_MASK) % PAGE_ROWS * self._layout.row_bytes

    def _page(self, rows: Ints, span: Span) -> str:
        place = int(rows[span.first])
        return self._keys.of(place >> PARTITION_SHIFT, f"levels:{(place & ROW_MASK) // PAGE_ROWS}")


def _spans(rows: Ints) -> Iterator[Span]:
    """Cut sorted rows where they are no neighbours of one page."""
    apart = (rows[1:] != rows[:-1] + 1) | (rows[1:] // PAGE_ROWS != rows[:-1] // PAGE_ROWS)
    cuts = [0, *(np.flatnonzero(apart) + 1).tolist(), len(rows)]
    for first, last in pairwise(cuts):
        yield Span(first, last)


def _cells(columns: ReadingColumns, layout: Layout) -> Any:
    cells = np.zeros(len(columns.stamps), layout.cell)
    cells["stamp"], cells["figures"] = columns.stamps, ABSENT
    for column, state in enumerate(columns.states):
        if state in layout.states:
            cells["figures"][:, layout.states.index(state)] = columns.quantities[:, column]
    return cells
