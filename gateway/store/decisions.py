"""Keeping decisions: state, wake-up, outbox and journal in one step, only if the inputs have not moved since."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from gateway.store.columns import DecisionBatch, Note, Rows
from gateway.store.connection import Call, Connection
from gateway.store.interning import Names
from gateway.store.keys import PAGE_ROWS, PARTITION_SHIFT, PARTITIONS, ROW_MASK, Keys
from gateway.store.pages import state_row, states_widened
from policies.columns import to_us

COMMITTED, NARROW = 1, 2
HELD: Final = 2
"""What `changed` says of a row that is held back (commit.lua)."""
CALL_VARIANTS: Final = 1000
PARTS: Final = ("due", "journal", "moves", "rises", "restocks", "restocks:order")
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Encoded:
    """Decisions by ascending place, as bytes that are cut per script call."""

    order: Ints  # of the batch's variants
    places: Ints
    rows: bytes
    row_bytes: int
    lanes: npt.NDArray[np.int8]  # (n, destinations)


class Decisions:
    """The write side of deciding."""

    def __init__(self, connection: Connection, keys: Keys, pools: Names) -> None:
        self._connection, self._keys, self._pools = connection, keys, pools
        self._names: dict[tuple[str, ...], list[list[bytes]]] = {}

    def commit(self, batch: DecisionBatch) -> npt.NDArray[np.bool_]:
        """Keep the decisions whose inputs have not moved; tell which were kept."""
        committed = np.zeros(len(batch.rows.variants), np.bool_)
        order = np.argsort(batch.rows.places, kind="stable")
        while len(order):
            encoded = _encode(batch, order)
            parts = _parts(encoded.places)
            answers = self._connection.scripts([self._call(batch, encoded, part) for part in parts])
            results = np.frombuffer(b"".join(answers), np.uint8)
            committed[order] = results == COMMITTED
            order = order[results == NARROW]
            if batch.pools.shape[1] < len(self._pools.names()):
                return committed  # a pool was added since: they are decided again
            self._widen(batch.rows.places[order], batch.pools.shape[1])
        return committed

    def _call(self, batch: DecisionBatch, encoded: _Encoded, part: slice) -> Call:
        keys = self._partition_keys(tuple(batch.tell))[int(encoded.places[part.start]) >> PARTITION_SHIFT]
        lanes = encoded.lanes[part]
        told = encoded.order[part][(lanes >= 0).any(axis=1)].tolist() if batch.tell else []
        head = [keys[-1], to_us(batch.at), batch.policy_version, batch.locations_revision, batch.pools.shape[1]]
        rows = encoded.rows[part.start * encoded.row_bytes : part.stop * encoded.row_bytes]
        ids = [batch.rows.variants[index] for index in told]
        notes = _notes(batch.notes, encoded.order[part]) if batch.notes else []
        return "commit", keys[:-1], [*head, _pages(encoded.places[part]), rows, lanes.tobytes(), len(ids), *ids, *notes]

    def _partition_keys(self, destinations: tuple[str, ...]) -> list[list[bytes]]:
        """Give the keys of a call per partition, the partition's prefix last."""
        if destinations not in self._names:
            names = [*PARTS, *(f"{kind}:{name}" for name in destinations for kind in ("outbox", "entries")), ""]
            of = self._keys.of
            self._names[destinations] = [[of(p, name).encode() for name in names] for p in range(PARTITIONS)]
        return self._names[destinations]

    def _widen(self, places: Ints, pools: int) -> None:
        for page in sorted({(place >> PARTITION_SHIFT, (place & ROW_MASK) // PAGE_ROWS) for place in places.tolist()}):
            key = self._keys.of(page[0], f"states:{page[1]}")
            old = self._connection.command("GET", key) or b""
            self._connection.script("swap", [key], [old, states_widened(old, pools)])


def _encode(batch: DecisionBatch, order: Ints) -> _Encoded:
    """Write each variant's row as it shall be, with what the script must know beside it."""
    rows, count, places = batch.rows, batch.pools.shape[1], batch.rows.places[order]
    head = [("row", "<u4"), ("changed", "u1"), ("pad", "u1", (3,)), ("token", "<f8"), ("wake", "<f8")]
    encoded = np.zeros(len(order), np.dtype([*head, ("after", state_row(count))]))
    sequences, due_us = rows.sequences[order], batch.due_us[order]
    encoded["row"], encoded["token"], encoded["wake"] = places & ROW_MASK, batch.token, due_us
    encoded["changed"] = batch.changed[order]
    after = encoded["after"]["head"]
    after["sequence"], after["facts"] = sequences + np.uint32(1), rows.facts[order]
    after["policy"], after["locations"] = batch.policy_version, batch.locations_revision
    after["decided_us"], after["due_us"], after["entry"] = to_us(batch.at), due_us, rows.entries[order]
    if batch.held is not None and batch.held.any():
        _leave(encoded, rows, order, batch.held[order])
    encoded["after"]["pools"] = batch.pools[order]
    lanes = np.array([np.asarray(lane, np.int8)[order] for lane in batch.tell.values()], np.int8)
    lanes = np.ascontiguousarray(lanes.reshape(len(batch.tell), len(order)).T)
    return _Encoded(order, places, encoded.tobytes(), encoded.dtype.itemsize, lanes)


def _leave(encoded: npt.NDArray[Any], rows: Rows, order: Ints, held: npt.NDArray[np.bool_]) -> None:
    """Let the head of what is held back say what it said: its last decision stands."""
    after, still = encoded["after"]["head"], order[held]
    encoded["changed"][held] = HELD
    after["sequence"][held], after["decided_us"][held] = rows.sequences[still], rows.decided_us[still]
    after["policy"][held], after["locations"][held] = rows.policies[still], rows.locations[still]


def _parts(places: Ints) -> list[slice]:
    """Cut ascending places by partition, none longer than a script call may be."""
    ends = [*(np.flatnonzero(np.diff(places >> PARTITION_SHIFT)) + 1).tolist(), len(places)]
    return [
        slice(at, min(at + CALL_VARIANTS, end))
        for start, end in zip([0, *ends], ends, strict=False)
        for at in range(start, end, CALL_VARIANTS)
    ]


def _pages(places: Ints) -> bytes:
    """List the pages of ascending places and how many places each has, two u32 a page."""
    counts: dict[int, int] = {}
    for row in (places & ROW_MASK).tolist():
        counts[row // PAGE_ROWS] = counts.get(row // PAGE_ROWS, 0) + 1
    return b"".join(page.to_bytes(4, "little") + count.to_bytes(4, "little") for page, count in counts.items())


def _notes(notes: tuple[Note, ...], part: Ints) -> list[int | str | bytes]:
    places: dict[Any, int] = {index: place for place, index in enumerate(part.tolist(), start=1)}
    return [
        argument for note in notes if note.index in places for argument in (places[note.index], note.what, note.value)
    ]
