"""What happened to each variant: a stream per partition of decisions with what they answered for, and one of notes.

A variant's records hang together: the head of each names the entry before it (commit.lua), so that the history of one
variant, and the inputs of any past decision, are found without reading what happened to others.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeGuard

import numpy as np
import orjson

from gateway.store.connection import Call, Command, Connection
from gateway.store.interning import VariantRows
from gateway.store.keys import PARTITION_SHIFT, PARTITIONS, ROW_MASK, Keys
from gateway.store.moves import Inputs, Move, Moves, ReadingMove, cells_of, read_moves
from gateway.store.pages import HEAD
from gateway.store.reading import assemble, chunks_of
from gateway.store.values import JournalKind
from policies.columns import NULL, POOL_STATE, from_us, to_us

Fields = dict[bytes, bytes]
CHUNK, CHUNKS = 200, 20
"""One look at a variant's notes reads at most CHUNK x CHUNKS of its partition's."""
INPUTS = ("", "due", "moves", "facts", "delisted", "blocked", "rates")
SEQUENCE_BITS = 16
"""An entry is kept as `milliseconds << 16 | sequence` of its stream id."""


@dataclass(frozen=True, slots=True)
class DecisionRecord:
    """One decision as it was journaled."""

    entry: int  # 0: it changed nothing, and was not
    before: int  # the variant's entry before this one; 0: none
    at: datetime
    policy: int
    locations: int
    sequence: int
    pools: Any  # (pools,) of POOL_STATE; None where nothing changed
    moves: Moves


@dataclass(frozen=True, slots=True)
class Note:
    """Something of a variant that is neither a reading nor a decision."""

    entry: int
    kind: JournalKind
    at: datetime
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Recorded:
    """A decision with all that it was made of; not `exact`: too much changed since to say."""

    record: DecisionRecord
    present: Inputs  # as they are now
    inputs: Inputs  # as they were for the decision
    due_at: datetime | None  # the wake-up it asked for; only known of the last decision
    stands: bool  # nothing asks for another decision meanwhile; only known of the last decision
    exact: bool


class Journal:
    """The journal of all partitions."""

    def __init__(self, connection: Connection, keys: Keys, rows: VariantRows) -> None:
        self._connection, self._keys, self._rows = connection, keys, rows

    def note(self, kind: JournalKind, notes: Mapping[str, tuple[datetime, Mapping[str, Any]]]) -> None:
        """Note something of variants that is neither a reading nor a decision: when, and what, by variant."""
        places = self._rows.intern(notes)
        commands: list[Command] = []
        for variant, (at, facts) in notes.items():
            key, row = self._keys.of(places[variant] >> PARTITION_SHIFT, "notes"), places[variant] & ROW_MASK
            commands.append(("XADD", key, "*", "k", kind, "at", to_us(at), "row", row, "d", orjson.dumps(facts)))
        self._connection.many(commands)

    def now(self, variant: str) -> Recorded | None:
        """Return the last decision of a variant with what it was made of; sequence 0: none was made yet."""
        return self.last([variant])[0]

    def moved(self, places: Sequence[int]) -> list[Moves]:
        """Return what moved since the last decision of the variants at some places."""
        rows: dict[int, list[int]] = {}
        for place in places:
            rows.setdefault(place >> PARTITION_SHIFT, []).append(place & ROW_MASK)
        commands = [("HMGET", self._keys.of(partition, "moves"), *some) for partition, some in rows.items()]
        found = {
            partition << PARTITION_SHIFT | row: raw
            for (partition, some), raws in zip(rows.items(), self._connection.many(commands), strict=True)
            for row, raw in zip(some, raws, strict=True)
        }
        return [read_moves(found[place] or b"") for place in places]

    def last(self, variants: Sequence[str]) -> list[Recorded | None]:
        """Return the last decision of each variant, in one round trip; None for one never heard of."""
        known = self._rows.find(variants)
        places = [(variant, known[variant]) for variant in variants if variant in known]
        calls: list[Call] = []
        for variant, place in places:
            keys = [self._keys.of(place >> PARTITION_SHIFT, name) for name in INPUTS]
            calls.append(("inputs", keys, [place & ROW_MASK, variant]))
        answers = zip(places, self._connection.scripts(calls), strict=True)
        found = {variant: _recorded(variant, place, answer) for (variant, place), answer in answers}
        return [found.get(variant) for variant in variants]

    def decisions(self, variant: str, entry: int) -> Iterator[DecisionRecord]:
        """Walk a variant's journaled decisions back, newest first, from an entry on; ends where they were trimmed."""
        place = self._rows.find([variant]).get(variant)
        while place is not None and entry:
            found = self._connection.command("XRANGE", self._journal(place), entry_id(entry), entry_id(entry))
            record = _record(entry, found[0][1], place & ROW_MASK) if found else None
            if record is None:
                return
            yield record
            entry = record.before

    def recorded(self, variant: str, entry: int) -> Recorded | None:
        """Return a past decision with what it was made of: everything that moved since is taken back."""
        last = self.now(variant)
        if last is None:
            return None
        inputs, exact = last.inputs, last.exact
        for record in self.decisions(variant, last.record.entry):
            if record.entry == entry:
                return Recorded(record, last.present, inputs, None, False, exact)
            inputs, exact = undone(inputs, record.moves), exact and record.moves.complete
        return None

    def notes(self, variant: str, newest: int | None, oldest: int) -> list[Note]:
        """Return what was noted of a variant, newest first: before an entry (None: now), not before another."""
        place = self._rows.find([variant]).get(variant)
        if place is None:
            return []
        key, end = self._keys.of(place >> PARTITION_SHIFT, "notes"), "+" if newest is None else f"({entry_id(newest)}"
        found: list[Note] = []
        for _ in range(CHUNKS):
            entries = self._connection.command("XREVRANGE", key, end, entry_id(oldest), "COUNT", CHUNK)
            for raw, fields in entries:
                if int(fields[b"row"]) == place & ROW_MASK:
                    name: JournalKind = "told" if fields[b"k"] == b"told" else "input"
                    at = from_us(int(fields[b"at"]))
                    found.append(Note(entry_of(raw.decode()), name, at, orjson.loads(fields[b"d"])))
            if len(entries) < CHUNK:
                break
            end = f"({entries[-1][0].decode()}"
        return found

    def sold(self, partition: int, since: datetime, slots: Collection[int]) -> tuple[dict[str, int], datetime | None]:
        """Add up what each variant of a partition sold in some slots; also tell how far back the journal goes."""
        key, start, units = self._keys.of(partition, "journal"), str(to_us(since) // 1000), dict[int, int]()
        oldest: datetime | None = None
        while entries := self._connection.command("XRANGE", key, start, "+", "COUNT", CHUNK):
            for _, fields in entries:
                oldest = oldest or from_us(int(fields[b"at"]))
                for name, packed in fields.items():
                    if name.isdigit():
                        moves = read_moves(packed[2 : 2 + int.from_bytes(packed[:2], "little")])
                        sold = sum(_sold(move) for move in moves.listed if _is_sale(move, slots))
                        units[int(name)] = units.get(int(name), 0) + sold
            start = f"({entries[-1][0].decode()}"
        places = [partition << PARTITION_SHIFT | row for row in units]
        return dict(zip(self._rows.ids(places), units.values(), strict=True)), oldest

    def trim(self, before: datetime) -> None:
        """Drop what was journaled before a time (the server's clock at writing)."""
        oldest = to_us(before) // 1000
        keys = [self._keys.of(partition, name) for partition in range(PARTITIONS) for name in ("journal", "notes")]
        self._connection.many([("XTRIM", key, "MINID", oldest) for key in keys])

    def _journal(self, place: int) -> str:
        return self._keys.of(place >> PARTITION_SHIFT, "journal")


def _recorded(variant: str, place: int, answer: Sequence[Any]) -> Recorded:
    *read, due, moves, raw, delisted, blocked, rate = answer
    rows = assemble([variant], np.array([place]), list(chunks_of(np.array([0]), read)), (0, 0))
    pending = read_moves(moves)
    last = DecisionRecord(
        entry=int(rows.entries[0]),
        before=int(rows.entries[0]),
        at=from_us(rows.decided_us[0]),
        policy=int(rows.policies[0]),
        locations=int(rows.locations[0]),
        sequence=int(rows.sequences[0]),
        pools=rows.pools[0],
        moves=pending,
    )
    inputs = Inputs(cells_of(rows.levels, 0), raw, bool(delisted), bool(blocked), rate)
    due_at = from_us(rows.due_us[0]) if rows.due_us[0] else None
    stands = last.sequence > 0 and float(due) == float(rows.due_us[0])
    return Recorded(last, inputs, undone(inputs, pending), due_at, stands, pending.complete)


def undone(inputs: Inputs, moves: Moves) -> Inputs:
    """Take moves back, the last first."""
    for move in reversed(moves.listed):
        inputs = inputs.before(move)
    return inputs


def entry_id(entry: int) -> str:
    """Write an entry as the id of its stream."""
    return f"{entry >> SEQUENCE_BITS}-{entry & (1 << SEQUENCE_BITS) - 1}"


def entry_of(text: str) -> int:
    """Read an entry from the id of its stream. Raises ValueError where it is none."""
    ms, sequence = text.split("-")
    return int(ms) << SEQUENCE_BITS | int(sequence)


def _is_sale(move: Move, slots: Collection[int]) -> TypeGuard[ReadingMove]:
    return isinstance(move, ReadingMove) and move.cause == "sale" and move.slot in slots


def _sold(move: ReadingMove) -> int:
    """Return by how many units a sale lowered what is for sale; stock on hand where the source tells nothing else."""
    for state in ("available", "on_hand"):
        before, after = move.old.figures.get(state), move.new.figures.get(state)
        if before is not None and after is not None and min(before, after) > NULL:
            return max(0, before - after)
    return 0


def _record(entry: int, fields: Fields, row: int) -> DecisionRecord | None:
    """Read a variant's record in an entry."""
    packed = fields.get(b"%d" % row)
    if packed is None:
        return None
    head_at = 2 + int.from_bytes(packed[:2], "little")
    pools_at = head_at + HEAD.itemsize
    head = np.frombuffer(packed[head_at:pools_at], HEAD)[0]
    return DecisionRecord(
        entry=entry,
        before=int(head["entry"]),
        at=from_us(int(fields[b"at"])),
        policy=int(fields[b"policy"]),
        locations=int(fields[b"locations"]),
        sequence=int(head["sequence"]),
        pools=np.frombuffer(packed[pools_at:], POOL_STATE) if len(packed) > pools_at else None,
        moves=read_moves(packed[2:head_at]),
    )
