"""Transfers that units are still to come of, what was received lately, and hints why a level is about to move."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

import orjson

from gateway.store.connection import Command, Connection
from gateway.store.keys import Keys
from integrations.ports import ReceiptLine, Shipment, Transfer
from policies.columns import from_us, to_us
from policies.receiving import Receipt

HINT_LIVES_S: Final = 1_800
MOST_HINTS: Final = 50


@dataclass(frozen=True, slots=True)
class Hint:
    """Why a variant's units at one place may change, and by how many."""

    cause: str  # one of CAUSES
    units: int  # of `available`; negative: they leave


class Movements:
    """The open documents of every source."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self._connection, self._keys = connection, keys

    def put(self, source: str, transfer: Transfer) -> None:
        """Keep a transfer while it is open; one that ended is forgotten."""
        key = self._transfers(source)
        if not transfer.is_open:
            self.forget(source, transfer.id)
            return
        opened = transfer.opened_at
        fields = asdict(transfer) | {"opened_at": None if opened is None else to_us(opened)}
        self._connection.command("HSET", key, transfer.id, orjson.dumps(fields))

    def forget(self, source: str, transfer: str) -> None:
        """Drop a transfer that ended or is gone."""
        self._connection.command("HDEL", self._transfers(source), transfer)

    def get(self, source: str, transfer: str) -> Transfer | None:
        """Return an open transfer as it was last read."""
        raw = self._connection.command("HGET", self._transfers(source), transfer)
        return None if raw is None else _transfer(raw)

    def open(self, source: str) -> list[Transfer]:
        """Return the open transfers of a source, oldest first."""
        found = map(_transfer, self._connection.command("HGETALL", self._transfers(source)).values())
        return sorted(found, key=lambda one: (one.opened_at is None, one.opened_at, one.id))

    def put_receipts(self, source: str, receipts: Mapping[tuple[str, str], Sequence[Receipt]]) -> None:
        """Replace what was received of (item, location) lately; nothing: forget it."""
        key = self._keys.house(f"receipts:{source}")
        commands: list[Command] = []
        for (item, location), listed in receipts.items():
            field = orjson.dumps([item, location])
            rows = [[one.shipment, one.units, to_us(one.at), one.complete] for one in listed]
            commands.append(("HSET", key, field, orjson.dumps(rows)) if rows else ("HDEL", key, field))
        self._connection.many(commands)

    def receipts(self, source: str) -> dict[tuple[str, str], tuple[Receipt, ...]]:
        """Return what was received lately, by (item, location)."""
        found = {}
        for field, raw in self._connection.command("HGETALL", self._keys.house(f"receipts:{source}")).items():
            item, location = orjson.loads(field)
            found[item, location] = tuple(
                Receipt(shipment, units, from_us(at_us), complete)
                for shipment, units, at_us, complete in orjson.loads(raw)
            )
        return found

    def hint(self, source: str, hints: Sequence[tuple[str, str, Hint]]) -> None:
        """Remember for half an hour why (variant, location) may move."""
        commands: list[Command] = []
        for variant, location, hint in hints:
            key = self._hints(source, variant, location)
            commands += [
                ("LPUSH", key, f"{hint.cause}:{hint.units}"),
                ("LTRIM", key, 0, MOST_HINTS - 1),
                ("EXPIRE", key, HINT_LIVES_S),
            ]
        self._connection.many(commands)

    def hints(self, source: str, pairs: Sequence[tuple[str, str]]) -> list[list[Hint]]:
        """Return the hints for each (variant, location)."""
        found = self._connection.many([("LRANGE", self._hints(source, *pair), 0, -1) for pair in pairs])
        return [[_hint(raw) for raw in listed] for listed in found]

    def used(self, source: str, variant: str, location: str, hint: Hint) -> None:
        """Take a hint away that explained a change: it explains one."""
        self._connection.command("LREM", self._hints(source, variant, location), 1, f"{hint.cause}:{hint.units}")

    def _transfers(self, source: str) -> str:
        return self._keys.house(f"transfers:{source}")

    def _hints(self, source: str, variant: str, location: str) -> str:
        return self._keys.house(f"hints:{source}:{variant}:{location}")


def _hint(raw: bytes) -> Hint:
    cause, units = raw.decode().split(":")
    return Hint(cause, int(units))


def _transfer(raw: bytes) -> Transfer:
    fields = orjson.loads(raw)
    opened, shipments = fields.pop("opened_at"), fields.pop("shipments")
    parts = tuple(
        Shipment(part["id"], part["name"], part["moving"], tuple(ReceiptLine(**line) for line in part["lines"]))
        for part in shipments
    )
    at: datetime | None = None if opened is None else from_us(opened)
    return Transfer(**fields, opened_at=at, shipments=parts)
