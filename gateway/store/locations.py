"""Location facts, house-wide, with a counter that says when compiled policies are out of date."""

from collections.abc import Sequence
from dataclasses import asdict

import orjson

from gateway.store.connection import Connection
from gateway.store.keys import Keys
from policies.values import LocationFacts


class Locations:
    """The locations of all sources."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self._connection = connection
        self._key, self.counter = keys.house("locations"), keys.house("locations:revision")
        self._past = keys.house("locations:past")

    def put(self, facts: Sequence[LocationFacts]) -> tuple[str, ...]:
        """Keep facts; return the ids whose facts changed."""
        fields = [part for one in facts for part in (f"{one.source}\0{one.id}", orjson.dumps(asdict(one)))]
        flags = self._connection.script("locations", [self._key, self.counter, self._past], fields)
        return tuple(one.id for one, changed in zip(facts, flags, strict=True) if changed)

    def all(self) -> tuple[LocationFacts, ...]:
        """Return every location, by source and id."""
        stored = sorted(self._connection.command("HGETALL", self._key).items())
        return tuple(LocationFacts(**orjson.loads(raw)) for _, raw in stored)

    def at(self, revision: int) -> tuple[LocationFacts, ...]:
        """Return every location as it was when facts had changed so often."""
        raw = self._connection.command("HGET", self._past, revision)
        stored = [] if raw is None else [orjson.loads(one) for one in orjson.loads(raw)]
        return tuple(LocationFacts(**fields) for fields in stored)
