"""What happened to each variant: a stream per partition of readings and decisions (packed) and notes."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import numpy as np
import orjson

from gateway.store.connection import Connection
from gateway.store.interning import Names, VariantRows
from gateway.store.keys import PARTITIONS, Keys, partition_of
from gateway.store.pages import Layout
from gateway.store.values import JournalEntry, JournalKind
from policies.columns import ABSENT, LEVEL_ACTIVE, LEVEL_INACTIVE, NULL, POOL_STATE, STAMP_SHIFT, from_us, to_us
from policies.values import CAUSES, Band

Fields = dict[bytes, bytes]
CHUNK, CHUNKS = 200, 50
"""One look at a history reads at most CHUNK x CHUNKS entries of the partition's stream."""


class Journal:
    """The journal of all partitions."""

    def __init__(self, connection: Connection, keys: Keys, rows: VariantRows, slots: Names, pools: Names) -> None:
        self._connection, self._keys, self._rows, self._slots, self._pools = connection, keys, rows, slots, pools

    def note(self, variant: str, kind: JournalKind, facts: Mapping[str, Any], at: datetime) -> None:
        """Note something of a variant that is neither a reading nor a decision."""
        key, row = self._keys.of(partition_of(variant), "journal"), self._rows.intern([variant])[variant][1]
        self._connection.command("XADD", key, "*", "k", kind, "at", to_us(at), "row", row, "d", orjson.dumps(facts))

    def history(self, variant: str, limit: int, before: str | None = None) -> list[JournalEntry]:
        """Return what happened to a variant, newest first, before an entry's id."""
        place = self._rows.find([variant]).get(variant)
        if place is None:
            return []
        key, end = self._keys.of(place[0], "journal"), "+" if before is None else f"({before}"
        found: list[JournalEntry] = []
        for _ in range(CHUNKS):
            entries = self._connection.command("XREVRANGE", key, end, "-", "COUNT", CHUNK)
            for entry_id, fields in entries:
                found += self._of_row(entry_id.decode(), fields, place[1])
                if len(found) >= limit:
                    return found
            if len(entries) < CHUNK:
                break
            end = f"({entries[-1][0].decode()}"
        return found

    def trim(self, before: datetime) -> None:
        """Drop what was journaled before a time (the server's clock at writing)."""
        oldest = to_us(before) // 1000
        keys = [self._keys.of(partition, "journal") for partition in range(PARTITIONS)]
        self._connection.many([("XTRIM", key, "MINID", oldest) for key in keys])

    def _of_row(self, entry_id: str, fields: Fields, row: int) -> list[JournalEntry]:
        at, kind = from_us(int(fields[b"at"])), fields[b"k"]
        if kind == b"r":
            return [JournalEntry("reading", at, facts, entry_id) for facts in self._readings(fields, row)]
        if kind == b"d":
            return [JournalEntry("decision", at, facts, entry_id) for facts in self._decisions(fields, row)]
        if int(fields[b"row"]) != row:
            return []
        name: JournalKind = "told" if kind == b"told" else "input"
        return [JournalEntry(name, at, orjson.loads(fields[b"d"]), entry_id)]

    def _readings(self, fields: Fields, row: int) -> list[dict[str, Any]]:
        layout = Layout(1, int(fields[b"s"]))
        kind = np.dtype([("row", "<u4"), ("slot", "<u2"), ("cause", "u1"), ("old", layout.cell), ("new", layout.cell)])
        packed = np.frombuffer(fields[b"d"], kind)
        slots = self._slots.names()
        facts = []
        for one in packed[packed["row"] == row][::-1]:
            source, location = slots[int(one["slot"])].split("\0", 1)
            told = {"source": source, "location": location, "cause": CAUSES[int(one["cause"])]}
            facts.append({**told, "old": _level(one["old"], layout), "new": _level(one["new"], layout)})
        return facts

    def _decisions(self, fields: Fields, row: int) -> list[dict[str, Any]]:
        count = int(fields[b"pools"])
        kind = np.dtype([("row", "<u4"), ("revision", "<u4"), ("sequence", "<u4"), ("pools", POOL_STATE, (count,))])
        packed = np.frombuffer(fields[b"d"], kind)
        names = self._pools.names()[:count]
        return [
            {
                "policy": int(fields[b"policy"]),
                "revision": int(one["revision"]),
                "sequence": int(one["sequence"]),
                "pools": {name: _pool(one["pools"][place]) for place, name in enumerate(names)},
            }
            for one in packed[packed["row"] == row][::-1]
        ]


def _level(cell: Any, layout: Layout) -> dict[str, Any] | None:
    stamp = int(cell["stamp"])
    if not stamp:
        return None
    figures = {state: int(figure) for state, figure in zip(layout.states, cell["figures"], strict=True)}
    active = True if stamp & LEVEL_ACTIVE else False if stamp & LEVEL_INACTIVE else None
    told = {state: None if figure == NULL else figure for state, figure in figures.items() if figure != ABSENT}
    return {"observed_at": from_us(stamp >> STAMP_SHIFT), "active": active, "quantities": told}


def _pool(state: Any) -> dict[str, Any]:
    figures = {name: int(state[name]) for name in POOL_STATE.names or ()}
    return {**figures, "band": Band(figures["band"]).word}
