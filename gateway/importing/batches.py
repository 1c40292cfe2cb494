"""Rows by the batch, none lost: what was read before a file is given up is handed out first."""

from collections.abc import Iterable, Iterator
from typing import TypeVar

from integrations.files import FileRefused

T = TypeVar("T")


def batches(rows: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield lists of `size` rows, the last one shorter. Raises FileRefused after what came before it."""
    batch: list[T] = []
    try:
        for row in rows:
            batch.append(row)
            if len(batch) == size:
                yield batch
                batch = []
    except FileRefused:
        if batch:
            yield batch
        raise
    if batch:
        yield batch
