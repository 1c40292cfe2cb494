"""The ledger: every level of every variant as every source last told it. Written by ingest, read by decide."""

from collections.abc import Iterator, Sequence
from datetime import datetime

import numpy as np
import numpy.typing as npt

from gateway.store.columns import Outcome, ReadingColumns, Rows
from gateway.store.connection import Connection
from gateway.store.interning import Names, VariantRows
from gateway.store.keys import PAGE_ROWS, PARTITION_SHIFT, Keys
from gateway.store.reading import assemble, chunks_of_pages, places_of, read_pages, read_rows
from gateway.store.recording import Recorder
from policies.columns import (
    ABSENT,
    LEVEL_ACTIVE,
    LEVEL_EXISTS,
    LEVEL_FIGURED,
    LEVEL_INACTIVE,
    LEVEL_READ,
    NULL,
    STAMP_SHIFT,
    Slot,
    to_us,
)
from policies.values import CAUSES, STATES, Reading

SEPARATOR = "\x00"
SWEEP_PAGES = 16


class Ledger:
    """Readings in, rows out. The newer reading of a level wins, whatever order they arrive in."""

    def __init__(self, connection: Connection, keys: Keys, rows: VariantRows, slots: Names, pools: Names) -> None:
        self._connection, self._keys, self._rows, self._slots, self._pools = connection, keys, rows, slots, pools
        self._recorder = Recorder(connection, keys, rows)

    def slot(self, source: str, location: str) -> int:
        """Return the column of one source at one location, giving a new one the next."""
        return self._slots.intern([source + SEPARATOR + location])[0]

    def slots(self) -> tuple[Slot, ...]:
        """Return every column known by now, in order."""
        pairs = (name.split(SEPARATOR, 1) for name in self._slots.names())
        return tuple(Slot(location=location, source=source) for source, location in pairs)

    @property
    def width(self) -> int:
        """Count the columns that this process has met."""
        return self._slots.count()

    def record(self, readings: Sequence[Reading], *, at: datetime, renewals_matter: bool = False) -> list[Outcome]:
        """Keep readings; return what became of each, in order. Repeating it is harmless."""
        columns = self.columns(readings)
        return [Outcome(code) for code in self.record_columns(columns, at=at, renewals_matter=renewals_matter).tolist()]

    def record_columns(
        self, columns: ReadingColumns, *, at: datetime, renewals_matter: bool = False
    ) -> npt.NDArray[np.int8]:
        """Keep readings by the thousand; return an `Outcome` code for each."""
        return self._recorder.record(columns, at, renewals_matter)

    def columns(self, readings: Sequence[Reading]) -> ReadingColumns:
        """Turn readings into their columnar twin."""
        names = [reading.source + SEPARATOR + reading.location for reading in readings]
        slots = self._slots.intern(names) if names else ()
        told = [state for state in STATES if any(state in reading.quantities for reading in readings)]
        figures = [
            [ABSENT if state not in r.quantities else _figure(r.quantities[state]) for state in told] for r in readings
        ]
        return ReadingColumns(
            variants=[reading.variant for reading in readings],
            slots=np.array(slots, np.int32),
            states=tuple(told),
            stamps=np.array([_stamp(reading) for reading in readings], np.uint64),
            quantities=np.array(figures, np.int32).reshape(len(readings), len(told)),
            causes=np.array([CAUSES.index(reading.cause) for reading in readings], np.uint8),
        )

    def read(self, variants: Sequence[str]) -> Rows:
        """Read all that is known of some variants; an unknown one is a row of nothing."""
        places = places_of(self._rows.find(variants), variants)
        return read_rows(self._connection, self._keys, variants, places, self._width())

    def sweep(self, partition: int) -> Iterator[Rows]:
        """Read a whole partition, 16 pages at a time."""
        key, start, step = self._keys.of(partition, "ids"), 0, SWEEP_PAGES * PAGE_ROWS
        while ids := self._connection.command("LRANGE", key, start, start + step - 1):
            variants = [raw.decode() for raw in ids]
            pages = read_pages(self._connection, self._keys.of(partition, ""), start // PAGE_ROWS, len(ids))
            chunks = list(chunks_of_pages(pages, len(ids)))
            places = np.arange(start, start + len(ids), dtype=np.int64) | partition << PARTITION_SHIFT
            yield assemble(variants, places, chunks, self._width())
            start += step

    def _width(self) -> tuple[int, int]:
        return self._slots.count(), self._pools.count()


def _figure(quantity: int | None) -> int:
    return NULL if quantity is None else quantity


def _stamp(reading: Reading) -> int:
    active = {None: 0, True: LEVEL_ACTIVE, False: LEVEL_INACTIVE}[reading.active]
    figured = LEVEL_FIGURED if any(units is not None for units in reading.quantities.values()) else 0
    return to_us(reading.observed_at) << STAMP_SHIFT | LEVEL_EXISTS | LEVEL_READ | active | figured
