"""Since when things are as they are, for one who looks at all of them from time to time."""

from collections.abc import Mapping
from datetime import datetime

import orjson

from gateway.store.connection import Connection
from gateway.store.keys import Keys
from policies.columns import from_us, to_us


class Unchanged:
    """What each look saw, by its purpose: only what was seen then and now, unchanged, has a past."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self._connection, self._key = connection, keys.house("unchanged")

    def since(self, purpose: str, seen: Mapping[str, int], at: datetime) -> dict[str, datetime]:
        """Keep what a look sees in place of what the last one saw; return since when each thing stands at its value."""
        raw = self._connection.command("HGET", self._key, purpose)
        before = orjson.loads(raw) if raw else {}
        now = {
            thing: [value, before[thing][1] if before.get(thing, (None,))[0] == value else to_us(at)]
            for thing, value in seen.items()
        }
        if now:
            self._connection.command("HSET", self._key, purpose, orjson.dumps(now))
        else:
            self._connection.command("HDEL", self._key, purpose)
        return {thing: from_us(us) for thing, (_, us) in now.items()}
