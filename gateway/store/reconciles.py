"""How far a source was compared with the ledger: its mark, a full read under way, and what past ones corrected."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

import orjson

from gateway.store.connection import Command, Connection
from gateway.store.keys import Keys
from policies.columns import from_us, to_us

REPORTS: Final = 100


@dataclass(frozen=True, slots=True)
class Mark:
    """All that the source changed before `at` is in the ledger, of that filling of the server."""

    at: datetime
    epoch: str | None


@dataclass(frozen=True, slots=True)
class FullRun:
    """A full read under way: what was asked for when, and why."""

    products: str
    levels: str
    as_of: datetime  # just before it was asked for, by our clock
    reason: str
    polls: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """What one comparison found. `corrected` of `seen` levels had escaped the live feed."""

    kind: str  # "full" or "changes"
    at: datetime
    seen: int
    corrected: int
    withdrawn: int = 0  # levels that a full read lacked
    reason: str = ""


class Reconciles:
    """The state of each source's comparison."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self._connection, self._keys = connection, keys
        self._marks, self._runs, self._wanted = (
            keys.house(f"reconcile:{name}") for name in ("marks", "runs", "wanted")
        )

    def mark(self, source: str) -> Mark | None:
        """Return up to when a source's changes are known."""
        raw = self._connection.command("HGET", self._marks, source)
        if raw is None:
            return None
        us, epoch = orjson.loads(raw)
        return Mark(from_us(us), epoch)

    def want_full(self, source: str, reason: str) -> None:
        """Remember why a full read is wanted; the first reason stays until one has begun."""
        self._connection.command("HSETNX", self._wanted, source, reason)

    def wanted(self, source: str) -> str | None:
        """Return why a full read is wanted."""
        raw = self._connection.command("HGET", self._wanted, source)
        return None if raw is None else raw.decode()

    def run(self, source: str) -> FullRun | None:
        """Return the full read under way."""
        raw = self._connection.command("HGET", self._runs, source)
        if raw is None:
            return None
        fields = orjson.loads(raw)
        return FullRun(**{**fields, "as_of": from_us(fields["as_of"])})

    def put_run(self, source: str, run: FullRun) -> None:
        """Keep a full read under way; what was wanted has begun."""
        fields = orjson.dumps(asdict(run) | {"as_of": to_us(run.as_of)})
        begun = [("HSET", self._runs, source, fields), ("HDEL", self._wanted, source)]
        self._connection.many(begun, atomic=True)

    def drop_run(self, source: str) -> None:
        """Forget a full read, merged or lost."""
        self._connection.command("HDEL", self._runs, source)

    def finish(self, source: str, mark: Mark, report: Report) -> None:
        """Keep what a comparison found and how far it reached; a full read is no longer under way then."""
        fact, key = orjson.dumps(asdict(report) | {"at": to_us(report.at)}), self._reports(source)
        commands: list[Command] = [
            ("HSET", self._marks, source, orjson.dumps([to_us(mark.at), mark.epoch])),
            ("LPUSH", key, fact),
            ("LTRIM", key, 0, REPORTS - 1),
        ]
        if report.kind == "full":
            commands.append(("HDEL", self._runs, source))
        self._connection.many(commands, atomic=True)

    def reports(self, source: str, limit: int = REPORTS) -> list[Report]:
        """Return what the last comparisons found, latest first."""
        found = self._connection.command("LRANGE", self._reports(source), 0, limit - 1)
        return [Report(**{**fields, "at": from_us(fields["at"])}) for fields in map(orjson.loads, found)]

    def _reports(self, source: str) -> str:
        return self._keys.house(f"reconcile:reports:{source}")
