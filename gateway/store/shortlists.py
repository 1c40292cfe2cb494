"""Which variants a web feed could list, best first: a sorted set per feed, cut at a length."""

from collections.abc import Mapping
from typing import Any

from gateway.store.connection import Connection
from gateway.store.keys import Keys
from gateway.store.leased import pairs


class Shortlists:
    """Per web feed, candidates by score; beyond the floor, where there is one, candidates were cut off."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self._connection, self._keys = connection, keys

    def update(self, feed: str, scores: Mapping[str, float | None]) -> None:
        """Set the scores of variants, lowest first in the list; None takes one out."""
        out = [variant for variant, score in scores.items() if score is None]
        keep = [part for variant, score in scores.items() if score is not None for part in (score, variant)]
        commands: list[tuple[Any, ...]] = []
        if out:
            commands.append(("ZREM", self._key(feed), *out))
        if keep:
            commands.append(("ZADD", self._key(feed), *keep))
        self._connection.many(commands, atomic=True)

    def cut(self, feed: str, most: int) -> None:
        """Keep the best so many once twice as many have gathered; the worst of them is the floor from then on."""
        if self.count(feed) <= 2 * most:
            return
        worst = self._connection.command("ZRANGE", self._key(feed), most - 1, most - 1, "WITHSCORES")
        floor = pairs(worst)[0][1]
        self._connection.many(
            [
                ("HSET", self._keys.house("feed:floors"), feed, repr(floor)),
                ("ZREMRANGEBYRANK", self._key(feed), most, -1),
            ],
            atomic=True,
        )

    def floor(self, feed: str) -> float | None:
        """Return the worst score that is kept, None while nothing was cut off."""
        raw = self._connection.command("HGET", self._keys.house("feed:floors"), feed)
        return None if raw is None else float(raw)

    def count(self, feed: str) -> int:
        """Count the candidates that are kept."""
        return int(self._connection.command("ZCARD", self._key(feed)))

    def first(self, feed: str, limit: int, worst: float | None = None) -> list[str]:
        """Return the best candidates, none beyond a score."""
        most = "+inf" if worst is None else worst
        found = self._connection.command("ZRANGEBYSCORE", self._key(feed), "-inf", most, "LIMIT", 0, limit)
        return [raw.decode() for raw in found]

    def clear(self, feed: str) -> None:
        """Forget every candidate."""
        self._connection.many([("DEL", self._key(feed)), ("HDEL", self._keys.house("feed:floors"), feed)], atomic=True)

    def _key(self, feed: str) -> str:
        return self._keys.house(f"feed:shortlist:{feed}")
