"""How many variants and levels each source has told of, as of the last count over the whole ledger."""

from dataclasses import asdict, dataclass, field
from datetime import datetime

import orjson

from gateway.store.connection import Connection
from gateway.store.keys import Keys
from policies.columns import from_us, to_us


@dataclass(frozen=True, slots=True)
class PlaceCount:
    """The levels of one source at one location."""

    levels: int = 0
    unknown: int = 0  # without any figure
    stale: int = 0  # too old for the default pool; only counted where the policy asks for freshness
    drift: int = 0  # another source counts here, and says something else of the same variant


@dataclass(frozen=True, slots=True)
class SourceCount:
    """All that one source tells of."""

    variants: int
    places: dict[str, PlaceCount] = field(default_factory=dict)  # by location


class Census:
    """The last count, written whole."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self._connection, self._key = connection, keys.house("census")

    def write(self, counts: dict[str, SourceCount], at: datetime) -> None:
        """Put a new count in place of the last one."""
        told = {source: asdict(count) for source, count in counts.items()}
        self._connection.command("SET", self._key, orjson.dumps([to_us(at), told]))

    def read(self) -> tuple[datetime | None, dict[str, SourceCount]]:
        """Return when it was counted, and what; never, and nothing, before the first count."""
        raw = self._connection.command("GET", self._key)
        if raw is None:
            return None, {}
        at_us, counts = orjson.loads(raw)
        return from_us(at_us), {
            source: SourceCount(told["variants"], {place: PlaceCount(**c) for place, c in told["places"].items()})
            for source, told in counts.items()
        }
