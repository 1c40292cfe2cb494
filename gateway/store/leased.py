"""Sets of work that is claimed under a lease: due variants, re-reads, tasks. One mechanism for all of them."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from gateway.store.connection import Connection
from gateway.store.values import Lease
from policies.columns import to_us


def lease_end_us(at: datetime, lease_s: float) -> int:
    """Return when a lease taken at a time ends, microseconds."""
    return to_us(at + timedelta(seconds=lease_s))


class LeasedSets:
    """Leased sets at some keys, claimed as if they were one."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def mark(self, members: Mapping[str, Sequence[str]], at: datetime) -> None:
        """Make members due at a time, never later than they are; `members` by key."""
        score = to_us(at)
        commands = []
        for key, names in members.items():
            pairs = [part for name in names for part in (score, name)]
            if pairs:
                commands.append(("ZADD", key, "LT", *pairs))
        self._connection.many(commands)

    def claim(self, keys: Sequence[str], limit: int, at: datetime, lease_s: float) -> list[tuple[str, Lease]]:
        """Claim at most so many due members, longest due first; return (key, lease)."""
        now, end = to_us(at), lease_end_us(at, lease_s)
        share = limit if len(keys) == 1 else min(limit, 2 * limit // len(keys) + 16)
        peeks = [("ZRANGEBYSCORE", key, "-inf", now, "WITHSCORES", "LIMIT", 0, share) for key in keys]
        due: list[tuple[float, str, str]] = []
        for key, found in zip(keys, self._connection.many(peeks), strict=True):
            due += [(float(score), key, member.decode()) for member, score in pairs(found)]
        due = sorted(due)[:limit]
        chosen: dict[str, list[str]] = {}
        for _, key, member in due:
            chosen.setdefault(key, []).append(member)
        answers = self._connection.scripts(
            [("leased", [key], ["claim", now, end, *members]) for key, members in chosen.items()]
        )
        claimed: list[tuple[str, Lease]] = []
        for (key, members), flags in zip(chosen.items(), answers, strict=True):
            claimed += [(key, Lease(member, end)) for member, flag in zip(members, flags, strict=True) if flag]
        return claimed

    def settle(self, verb: str, leases: Sequence[tuple[str, Lease]], at: datetime | None) -> None:
        """Complete leases, or give them back to be due at a time (`retry`); one that was marked meanwhile stays due."""
        by_key: dict[str, list[str | int]] = {}
        for key, lease in leases:
            by_key.setdefault(key, []).extend((lease.member, lease.token))
        self._connection.scripts(
            [("leased", [key], [verb, 0 if at is None else to_us(at), *arguments]) for key, arguments in by_key.items()]
        )

    def depth(self, keys: Sequence[str], at: datetime) -> int:
        """Count the members that are due."""
        return sum(self._connection.many([("ZCOUNT", key, "-inf", to_us(at)) for key in keys]))

    def oldest_s(self, keys: Sequence[str], at: datetime) -> float | None:
        """Return for how long the longest due member has been due."""
        firsts = self._connection.many(
            [("ZRANGEBYSCORE", k, "-inf", to_us(at), "WITHSCORES", "LIMIT", 0, 1) for k in keys]
        )
        scores = [float(found[0][1]) for found in map(pairs, firsts) if found]
        return (to_us(at) - min(scores)) / 1e6 if scores else None


def pairs(found: Sequence[object]) -> list[tuple[bytes, float]]:
    """Return (member, score) of a sorted set's answer, whether or not the driver has paired it."""
    if found and isinstance(found[0], list | tuple):
        return [(item[0], float(item[1])) for item in found]  # type: ignore[index]
    return [(member, float(score)) for member, score in zip(found[::2], found[1::2], strict=True)]  # type: ignore[misc, arg-type]
