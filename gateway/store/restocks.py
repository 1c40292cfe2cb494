"""Restocks and returns of the default pool: why the units rose, and what waits for a person."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Final, Literal

import orjson

from gateway.store.connection import Command, Connection
from gateway.store.interning import VariantRows
from gateway.store.keys import PARTITION_SHIFT, PARTITIONS, ROW_MASK, Keys
from gateway.store.leased import pairs
from policies.columns import from_us, to_us

RestockState = Literal["alerts", "silent", "awaits_confirmation", "confirmed", "dismissed", "over"]
"""`alerts`: those who wait may be told; `silent`: the number went and nobody is alerted; `over`: it ran out again."""
LISTED: Final = 500


@dataclass(frozen=True, slots=True)
class Restock:
    """The last step up of a variant out of `out`."""

    episode: int
    kind: str  # "restock" | "return"
    cause: str
    state: RestockState
    at_us: int
    settled_by: str | None = None
    note: str | None = None

    @property
    def at(self) -> datetime:
        """When it stepped up."""
        return from_us(self.at_us)

    def pack(self) -> bytes:
        """Write it as it is kept."""
        return orjson.dumps(asdict(self))


class Restocks:
    """Written by `Decisions.commit` and by people."""

    def __init__(self, connection: Connection, keys: Keys, rows: VariantRows) -> None:
        self._connection, self._keys, self._rows = connection, keys, rows

    def get(self, variants: Sequence[str]) -> list[Restock | None]:
        """Return the last restock of each variant."""
        return [None if raw is None else unpack(raw) for raw in self._values(variants, "restocks")]

    def rises(self, variants: Sequence[str]) -> list[dict[str, int]]:
        """Return what has raised each variant's units since its pending rise began: cause -> largest change."""
        return [{} if raw is None else orjson.loads(raw) for raw in self._values(variants, "rises")]

    def newest(self, state: RestockState | None = None, limit: int = LISTED) -> list[tuple[str, Restock]]:
        """List restocks, newest first, in a state or in any."""
        keys = [self._keys.of(partition, "restocks:order") for partition in range(PARTITIONS)]
        answers = self._connection.many([("ZREVRANGE", key, 0, limit - 1, "WITHSCORES") for key in keys])
        places = [
            (score, partition << PARTITION_SHIFT | int(member))
            for partition, found in enumerate(answers)
            for member, score in pairs(found)
        ]
        variants = self._rows.ids([place for _, place in sorted(places, reverse=True)])
        listed = zip(variants, self.get(variants), strict=True)
        return [(v, restock) for v, restock in listed if restock and state in (None, restock.state)][:limit]

    def settle(
        self, variant: str, episode: int, state: Literal["confirmed", "dismissed"], *, by: str, note: str, at: datetime
    ) -> bool:
        """Confirm or dismiss what waits; tell whether it was still waiting. A confirmed one is decided at once."""
        restock = self.get([variant])[0]
        if restock is None or restock.episode != episode or restock.state not in ("awaits_confirmation", "dismissed"):
            return False
        settled = replace(restock, state=state, settled_by=by, note=note)
        place = self._rows.intern([variant])[variant]
        keys = [self._keys.of(place >> PARTITION_SHIFT, name) for name in ("restocks", "due")]
        due_us = to_us(at) if state == "confirmed" else 0
        return bool(self._connection.script("settle", keys, [place & ROW_MASK, restock.pack(), settled.pack(), due_us]))

    def _values(self, variants: Sequence[str], name: str) -> list[bytes | None]:
        places = self._rows.intern(variants)
        commands: list[Command] = [
            ("HGET", self._keys.of(places[v] >> PARTITION_SHIFT, name), places[v] & ROW_MASK) for v in variants
        ]
        return self._connection.many(commands)


def unpack(raw: bytes) -> Restock:
    """Read one as it is kept."""
    return Restock(**orjson.loads(raw))
