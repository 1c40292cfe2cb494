"""What waits for a person because one source would move too much at once, and the window that says what is too much.

Everything lies beside the doubts, so that counting, holding and a person's word are one step each, whoever else works.
A variant that is held back carries the flag in its row too; that is written after it is entered here and taken away
before it leaves here, so that a crash leaves an entry too many and never a variant that nobody lists.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum
from typing import Any, Final, Literal

from gateway.store.connection import Connection
from gateway.store.doubts import doubt_id
from gateway.store.keys import Keys
from policies.columns import to_us

KIND: Final = "held_back"
"""The kind of doubt, keyed by source."""
WINDOW: Final = timedelta(seconds=600)
CALL_VARIANTS: Final = 1000
RELEASE: Final = "release_held_back"
"""The task that makes what was confirmed due."""
How = Literal["readings", "silence"]
Which = Literal["held", "passed", "kept_out"]
LISTS: Final[tuple[Which, ...]] = ("held", "passed", "kept_out")


class Verdict(IntEnum):
    """What becomes of a variant's decision."""

    WAITS = 0
    MAY = 1
    KEPT_OUT = 2  # a person dismissed what was told, and it has not changed


@dataclass(frozen=True, slots=True)
class HeldCounts:
    """How many variants of a source wait, may pass, are kept out."""

    waiting: int
    passed: int
    kept_out: int


class HeldBack:
    """Per source: what crossed of late, and what is held, passed or kept out."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self._connection, self._keys = connection, keys
        self._sources, self._tasks = keys.house("held:sources"), keys.house("tasks")
        self._doubts = [keys.house("doubts"), keys.house("doubts:order")]

    def crossed(self, source: str, how: How, at: datetime) -> int:
        """Count the variants that a source's readings moved within the window, or that its silence has moved."""
        since = f"({_since(at)}" if how == "readings" else "-inf"
        return int(self._connection.command("ZCOUNT", self._crossed(source, how), since, "+inf"))

    def weigh(
        self, source: str, how: How, most: int, at: datetime, told: Sequence[tuple[str, str]]
    ) -> tuple[list[Verdict], int]:
        """Say of each (variant, what was told) whether it may move; also how many of the source wait now.

        What may is counted at once, and stays counted if its decision is not kept after all. Repeating it is harmless.
        """
        keys = [self._crossed(source, how), *self._hashes(source), self._sources]
        since: list[Any] = ["-inf", ""] if how == "silence" else [_since(at), _since(at - WINDOW)]
        verdicts: list[Verdict] = []
        waiting = 0
        for first in range(0, len(told), CALL_VARIANTS):
            some = [part for pair in told[first : first + CALL_VARIANTS] for part in pair]
            codes, waiting = self._connection.script("weigh", keys, [source, *since, to_us(at), most, *some])
            verdicts += [Verdict(code) for code in codes]
        return verdicts, int(waiting)

    def settle(self, variants: Sequence[str]) -> None:
        """Forget variants that were decided after all; a doubt of which nothing waits is over."""
        sources = self.sources()
        keys = [*self._doubts, *(key for source in sources for key in self._hashes(source))]
        head = [len(sources), *(doubt_id(KIND, source) for source in sources)]
        for first in range(0, max(1, len(variants)), CALL_VARIANTS):
            self._connection.script("unheld", keys, [*head, *variants[first : first + CALL_VARIANTS]])

    def confirm(self, source: str, at: datetime) -> int:
        """Let all that waits pass, uncounted; the task `RELEASE` makes it due. Return how much it is."""
        held, passed, _ = self._hashes(source)
        return int(self._connection.script("weighed", [held, passed, self._tasks], [RELEASE, to_us(at)]))

    def dismiss(self, source: str, at: datetime) -> int:
        """Keep out what was told of all that waits, until the source says something else. Return how much it is."""
        held, _, kept_out = self._hashes(source)
        return int(self._connection.script("weighed", [held, kept_out, self._tasks], [RELEASE, to_us(at)]))

    def sources(self) -> list[str]:
        """Name the sources of which anything was ever held back."""
        return sorted(raw.decode() for raw in self._connection.command("SMEMBERS", self._sources))

    def counts(self, source: str) -> HeldCounts:
        """Count what waits, may pass and is kept out."""
        return HeldCounts(*map(int, self._connection.many([("HLEN", key) for key in self._hashes(source)])))

    def entries(self, source: str, which: Which) -> Iterator[dict[str, str]]:
        """Walk what waits, may pass or is kept out, some hundred at a time; the values are for `forget`."""
        key, cursor = self._hashes(source)[LISTS.index(which)], 0
        while True:
            cursor, found = self._connection.command("HSCAN", key, cursor, "COUNT", 500)
            if found:
                listed = found.items() if isinstance(found, dict) else zip(found[::2], found[1::2], strict=True)
                yield {variant.decode(): value.decode() for variant, value in listed}
            if not int(cursor):
                return

    def forget(self, source: str, which: Which, entries: Mapping[str, str]) -> None:
        """Drop entries that nothing stands behind, where they are as they were read."""
        if entries:
            key = self._hashes(source)[LISTS.index(which)]
            self._connection.script("forget_held", [key], [part for pair in entries.items() for part in pair])

    def silent(self, source: str) -> list[str]:
        """Return the variants that a source's silence has moved."""
        return [raw.decode() for raw in self._connection.command("ZRANGE", self._crossed(source, "silence"), 0, -1)]

    def heard(self, source: str, variants: Sequence[str]) -> None:
        """Count variants no longer as moved by a source's silence: it spoke of them."""
        if variants:
            self._connection.command("ZREM", self._crossed(source, "silence"), *variants)

    def _crossed(self, source: str, how: How) -> str:
        return self._keys.house(f"crossed:{how}:{source}")

    def _hashes(self, source: str) -> list[str]:
        return [self._keys.house(f"{name}:{source}") for name in LISTS]


def _since(at: datetime) -> int:
    return to_us(at - WINDOW)
