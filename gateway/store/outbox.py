"""What each destination has still to hear: one entry per target, the latest wanted state wins.

The wanted state itself is not stored; it is read from decision and catalogue at send time.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from gateway.store.connection import Call, Connection
from gateway.store.keys import PARTITIONS, Keys, partition_of
from gateway.store.leased import lease_end_us, pairs
from gateway.store.told import written
from gateway.store.values import Depth, OutboxEntry, OutboxLine, Told
from policies.columns import from_us, to_us

FIRST_BACKOFF_S, LONGEST_BACKOFF_S = 2.0, 900.0
SHARE_AT_LEAST = 16
URGENT_BONUS_US = 86_400_000_000  # by which lane 0 goes first, as in outbox_put.lua
CALL_TARGETS = 1000


class Outbox:
    """The outboxes of all destinations."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self._connection, self._keys = connection, keys

    def put(self, destination: str, targets: Sequence[str], lane: int, at: datetime) -> None:
        """Want targets told; lane 0 is urgent, 1 a rise, 2 drift."""
        self._connection.scripts(
            [
                self._call(destination, p, "put", [to_us(at), lane, *ids[start : start + CALL_TARGETS]])
                for p, ids in _parts(targets).items()
                for start in range(0, len(ids), CALL_TARGETS)
            ]
        )

    def claim(
        self, destination: str, limit: int, at: datetime, lease_s: float, *, only_urgent: bool = False
    ) -> list[OutboxEntry]:
        """Claim the most urgent entries until the lease ends; `only_urgent`: lane 0, and what has waited for a day."""
        now, end = to_us(at), lease_end_us(at, lease_s)
        latest = now - URGENT_BONUS_US if only_urgent else now
        share = min(limit, 2 * limit // PARTITIONS + SHARE_AT_LEAST)  # targets are spread evenly; see LeasedSets
        peeks = [
            ("ZRANGEBYSCORE", self._sets(destination, p)[0], "-inf", latest, "WITHSCORES", "LIMIT", 0, share)
            for p in range(PARTITIONS)
        ]
        due = [(score, member.decode()) for found in self._connection.many(peeks) for member, score in pairs(found)]
        parts = _parts([target for _, target in sorted(due)[:limit]])
        rank = {target: score for score, target in due}
        calls = [self._call(destination, p, "claim", [now, end, *ids]) for p, ids in parts.items()]
        entries = []
        for ids, answers in zip(parts.values(), self._connection.scripts(calls), strict=True):
            for target, answer in zip(ids, answers, strict=True):
                if answer:
                    lane, attempts, unknown = (int(part) for part in answer.split(b":"))
                    entries.append(OutboxEntry(target, lane, attempts, end, bool(unknown)))
        return sorted(entries, key=lambda entry: (rank[entry.target], entry.target))

    @staticmethod
    def extended(entries: Sequence[OutboxEntry], at: datetime, lease_s: float) -> list[OutboxEntry]:
        """Return entries with the tokens that `extend` will give them, to be written down before it does."""
        end = lease_end_us(at, lease_s)
        return [replace(entry, token=end) for entry in entries]

    def extend(
        self, destination: str, entries: Sequence[OutboxEntry], at: datetime, lease_s: float
    ) -> list[OutboxEntry]:
        """Lengthen leases; return those still held, with their new tokens."""
        kept = self._settle(destination, "extend", [to_us(at), lease_end_us(at, lease_s)], entries)
        return self.extended(kept, at, lease_s)

    def ack(self, destination: str, entries: Sequence[OutboxEntry], at: datetime) -> None:
        """Drop entries that were told; one put again meanwhile is due again."""
        self._settle(destination, "ack", [to_us(at)], entries)

    def ack_told(self, destination: str, told: Sequence[tuple[OutboxEntry, Told]], at: datetime) -> frozenset[str]:
        """Drop entries and remember what they were told, in one step; return the targets that were still held."""
        by_target = {entry.target: (entry, last) for entry, last in told}
        parts = _parts(list(by_target))
        calls: list[Call] = []
        for p, ids in parts.items():
            fields: list[Any] = []
            for target in ids:
                entry, last = by_target[target]
                fields += [target, entry.token, written(last)]
            keys = [*self._sets(destination, p), self._keys.of(p, f"told:{destination}")]
            calls.append(("outbox", keys, ["told", to_us(at), *fields]))
        answers = self._connection.scripts(calls)
        return frozenset(
            target
            for ids, flags in zip(parts.values(), answers, strict=True)
            for target, flag in zip(ids, flags, strict=True)
            if flag
        )

    def postpone(
        self, destination: str, entries: Sequence[OutboxEntry], until: datetime, at: datetime, reason: str
    ) -> None:
        """Give entries back that were not tried, for a time when they may be; it counts as no attempt.

        Urgent ones keep their place before all others, and are due at once: who waits for them knows until when.
        """
        self._settle(destination, "postpone", [to_us(at), reason], entries, [to_us(until)])

    def retry(self, destination: str, entries: Sequence[OutboxEntry], at: datetime, reason: str) -> list[OutboxEntry]:
        """Give entries back to be tried again later, longer each time; return those that were still held."""
        kept = []
        for attempts in {entry.attempts for entry in entries}:
            wait_s = min(LONGEST_BACKOFF_S, FIRST_BACKOFF_S * 2 ** min(attempts, 20))
            when = to_us(at + timedelta(seconds=wait_s))
            some = [entry for entry in entries if entry.attempts == attempts]
            kept += self._settle(destination, "retry", [to_us(at), reason], some, [when])
        return kept

    def park(self, destination: str, entries: Sequence[OutboxEntry], reason: str, at: datetime) -> None:
        """Set entries aside for a person, with the reason."""
        self._settle(destination, "park", [to_us(at), reason], entries)

    def unpark(self, destination: str, target: str, at: datetime) -> bool:
        """Try a parked target again; tell whether it was parked."""
        return bool(
            self._connection.scripts([self._call(destination, partition_of(target), "unpark", [to_us(at), target])])[0][
                0
            ]
        )

    def depth(self, destination: str, at: datetime) -> Depth:
        """Count what waits, is leased and is parked."""
        lines = [line for state in ("waiting", "leased") for line in self._lines(destination, state)]
        leased = len(self._lines(destination, "leased"))
        parked = sum(self._connection.many([("ZCARD", self._sets(destination, p)[2]) for p in range(PARTITIONS)]))
        oldest = min((line.since for line in lines), default=None)
        return Depth(len(lines) - leased, leased, parked, None if oldest is None else (at - oldest).total_seconds())

    def page(self, destination: str, state: str, limit: int, cursor: str | None) -> tuple[list[OutboxLine], str | None]:
        """List entries in a state (waiting, leased, parked) by target, after a cursor; return the next cursor."""
        lines = [line for line in self._lines(destination, state) if cursor is None or line.target > cursor]
        return lines[:limit], lines[limit - 1].target if len(lines) > limit else None

    def _lines(self, destination: str, state: str) -> list[OutboxLine]:
        commands = []
        for p in range(PARTITIONS):
            due, entries, parked = self._sets(destination, p)
            key = parked if state == "parked" else due
            commands += [("ZRANGE", key, 0, -1, "WITHSCORES"), ("HGETALL", entries)]
        answers = self._connection.many(commands)
        lines = []
        for found, entries in zip(answers[::2], answers[1::2], strict=True):
            for member, score in pairs(found):
                lane, attempts, lease, _, since, reason = entries[member].decode().split(":", 5)
                if state == "parked" or (state == "leased") == (lease != "0"):
                    at, due_at = from_us(int(since)), from_us(int(score))
                    lines.append(OutboxLine(member.decode(), int(lane), int(attempts), reason, at, due_at))
        return sorted(lines, key=lambda line: line.target)

    def _settle(
        self,
        destination: str,
        verb: str,
        arguments: list[int | str],
        entries: Sequence[OutboxEntry],
        extra: Sequence[int] = (),
    ) -> list[OutboxEntry]:
        by_target = {entry.target: entry for entry in entries}
        parts = _parts(list(by_target))
        calls: list[Call] = []
        for p, ids in parts.items():
            fields: list[int | str] = []
            for target in ids:
                fields += [target, by_target[target].token, *extra]
            calls.append(self._call(destination, p, verb, [*arguments, *fields]))
        kept = []
        for ids, flags in zip(parts.values(), self._connection.scripts(calls), strict=True):
            kept += [by_target[target] for target, flag in zip(ids, flags, strict=True) if flag]
        return kept

    def _call(self, destination: str, partition: int, verb: str, arguments: Sequence[int | str]) -> Call:
        return "outbox", self._sets(destination, partition), [verb, *arguments]

    def _sets(self, destination: str, partition: int) -> list[str]:
        return [self._keys.of(partition, f"{kind}:{destination}") for kind in ("outbox", "entries", "parked")]


def _parts(targets: Sequence[str]) -> dict[int, list[str]]:
    parts: dict[int, list[str]] = {}
    for target in dict.fromkeys(targets):
        parts.setdefault(partition_of(target), []).append(target)
    return parts
