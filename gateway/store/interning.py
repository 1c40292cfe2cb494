"""Names turned into small numbers that never change: variants into places, (location, source) into slots, pools.

Caches are per process and only ever grow, because a number once given is never given to another name.
"""

from collections.abc import Iterable, Sequence

from gateway.store.connection import Connection
from gateway.store.keys import PARTITION_SHIFT, ROW_MASK, Keys, partition_of


class Names:
    """An append-only, house-wide list of names."""

    def __init__(self, connection: Connection, key: str) -> None:
        self._connection = connection
        self._key = key
        self._index: dict[str, int] = {}
        self._names: list[str] = []

    def intern(self, names: Sequence[str]) -> tuple[int, ...]:
        """Return each name's number, giving new names the next ones."""
        if any(name not in self._index for name in names):
            self._learn(self._connection.script("names", [self._key], names))
        return tuple(map(self._index.__getitem__, names))

    def names(self) -> tuple[str, ...]:
        """Return every name known by now, in order of number."""
        tail = self._connection.command("LRANGE", self._key, len(self._names), -1)
        self._learn_tail(tail)
        return tuple(self._names)

    def known(self) -> tuple[str, ...]:
        """Return the names that this process has met, in order of number; asks nobody."""
        return tuple(self._names)

    def count(self) -> int:
        """Count the names that this process has met; asks nobody."""
        return len(self._names)

    @property
    def key(self) -> str:
        """Where the names lie, for one who looks only whether there are more."""
        return self._key

    def _learn(self, everything: Sequence[bytes]) -> None:
        self._learn_tail(everything[len(self._names) :])

    def _learn_tail(self, tail: Iterable[bytes]) -> None:
        for raw in tail:
            name = raw.decode()
            self._index[name] = len(self._names)
            self._names.append(name)


class VariantRows:
    """The place of every variant: its partition and its row there."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self._connection = connection
        self._keys = keys
        self._places: dict[str, int] = {}
        self._ids: dict[int, str] = {}

    def intern(self, variants: Iterable[str]) -> dict[str, int]:
        """Return the place of every variant, giving new ones a row; the answer is the live cache."""
        missing = self._missing(variants)
        calls = [("rows", [self._keys.of(p, "rows"), self._keys.of(p, "ids")], ids) for p, ids in missing.items()]
        for (partition, ids), rows in zip(missing.items(), self._connection.scripts(calls), strict=True):
            for variant, row in zip(ids, rows, strict=True):
                self._learn(variant, partition << PARTITION_SHIFT | int(row))
        return self._places

    def find(self, variants: Iterable[str]) -> dict[str, int]:
        """Return the place of those that have a row; the answer is the live cache."""
        missing = self._missing(variants)
        answers = self._connection.many([("HMGET", self._keys.of(p, "rows"), *ids) for p, ids in missing.items()])
        for (partition, ids), rows in zip(missing.items(), answers, strict=True):
            for variant, row in zip(ids, rows, strict=True):
                if row is not None:
                    self._learn(variant, partition << PARTITION_SHIFT | int(row))
        return self._places

    def ids(self, places: Sequence[int]) -> list[str]:
        """Return the variants at some places."""
        missing = [place for place in places if place not in self._ids]
        if missing:
            asked = [(self._keys.of(place >> PARTITION_SHIFT, "ids"), place & ROW_MASK) for place in missing]
            answers = self._connection.many([("LINDEX", key, row) for key, row in asked])
            for place, raw in zip(missing, answers, strict=True):
                self._learn(raw.decode(), place)
        return [self._ids[place] for place in places]

    def _missing(self, variants: Iterable[str]) -> dict[int, list[str]]:
        missing: dict[int, list[str]] = {}
        for variant in dict.fromkeys(variants):
            if variant not in self._places:
                missing.setdefault(partition_of(variant), []).append(variant)
        return missing

    def _learn(self, variant: str, place: int) -> None:
        self._places[variant] = place
        self._ids[place] = variant
