"""The outcome of every variant's last decision, for one who looks at all of them. Used by `gateway.stock_index`."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt

from gateway.store.connection import Command, Connection
from gateway.store.keys import PAGE_ROWS, PARTITIONS, Keys
from gateway.store.pages import HEAD, state_rows
from policies.columns import POOL_STATE


@dataclass(frozen=True, slots=True)
class PartitionStates:
    """One partition, row by row."""

    partition: int
    new: tuple[str, ...]  # variants on the last rows, not known to the caller
    heads: npt.NDArray[Any]  # (n,) of HEAD
    pools: npt.NDArray[Any]  # (n, pools) of POOL_STATE


class States:
    """All states pages, in two round trips: 40 bytes a variant and 40 more per pool."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self._connection, self._keys = connection, keys

    def all(self, known: Sequence[int], pools: int) -> Iterator[PartitionStates]:
        """Yield every partition that has variants; of each, so many are known. `pools`: columns at least."""
        lengths = self._connection.many([("LLEN", self._keys.of(number, "ids")) for number in range(PARTITIONS)])
        counts = [max(int(length), known[number]) for number, length in enumerate(lengths)]
        commands: list[Command] = []
        for number, count in enumerate(counts):
            if count:
                pages = [self._keys.of(number, f"states:{page}") for page in range(-(-count // PAGE_ROWS))]
                commands += [("LRANGE", self._keys.of(number, "ids"), known[number], count - 1), ("MGET", *pages)]
        answers = iter(self._connection.many(commands))
        for number, count in enumerate(counts):
            if count:
                ids, found = islice(answers, 2)
                heads, states = _joined([state_rows(page or b"") for page in found], count, pools)
                yield PartitionStates(number, tuple(raw.decode() for raw in ids), heads, states)


def _joined(pages: Sequence[npt.NDArray[Any]], count: int, pools: int) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    width = max([pools, *(page["pools"].shape[1] for page in pages)])
    heads, states = np.zeros(len(pages) * PAGE_ROWS, HEAD), np.zeros((len(pages) * PAGE_ROWS, width), POOL_STATE)
    for number, page in enumerate(pages):
        rows = slice(number * PAGE_ROWS, (number + 1) * PAGE_ROWS)
        heads[rows] = page["head"]
        states[rows, : page["pools"].shape[1]] = page["pools"]
    return heads[:count], states[:count]
