"""The catalogue's facts as columns, for those who look at every variant: kept per process, read again where they moved.

A variant's row on its states page counts the changes of its facts (`facts` in `gateway.store.pages.HEAD`), so a second
look reads only what has changed since the first. Used by `gateway.policy_versions`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import orjson

from gateway.store.connection import Command, Connection
from gateway.store.keys import PAGE_ROWS, PARTITIONS, Keys
from gateway.store.pages import state_rows
from policies.affected import FactColumns
from policies.conversion import BLOCKED_BIT, UNPUBLISHED_BIT
from policies.values import Variant

NEVER_READ: Final = 2**32 - 1
"""No count of changes gets there in a lifetime."""
READ_AT_ONCE: Final = 1000
GROUPS_PER_VARIANT: Final = 2
"""Attributes that nobody has any longer are only dropped with everything else, when there are this many more."""

ROW: Final = np.dtype(
    [("facts", "<u4"), ("group", "<i4"), ("objections", "u1"), ("untracked", "?"), ("continues", "?")],
)


@dataclass(slots=True)
class _Partition:
    """The variants of one partition, row by row."""

    ids: list[str] = field(default_factory=list)
    skus: list[str | None] = field(default_factory=list)
    rows: npt.NDArray[Any] = field(default_factory=lambda: np.zeros(0, ROW))


class CatalogColumns:
    """All partitions, as far as they were asked for."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self._connection, self._keys, self._lock = connection, keys, Lock()
        self._partitions: dict[int, _Partition] = {}
        self._attributes: list[Variant] = []
        self._groups: dict[tuple[Any, ...], int] = {}

    def counts(self) -> list[int]:
        """Count the known variants of every partition."""
        keys = [self._keys.of(partition, "ids") for partition in range(PARTITIONS)]
        return [int(count) for count in self._connection.many([("LLEN", key) for key in keys])]

    def partition(self, number: int) -> FactColumns:
        """Return the facts of a partition's variants as they are now, by row."""
        with self._lock:
            if len(self._attributes) > 1000 + GROUPS_PER_VARIANT * sum(len(p.ids) for p in self._partitions.values()):
                self._partitions, self._attributes, self._groups = {}, [], {}
            known = self._partitions.setdefault(number, _Partition())
            self._refresh(number, known)
            rows = known.rows
            return FactColumns(
                ids=tuple(known.ids),
                skus=tuple(known.skus),
                groups=rows["group"].copy(),
                attributes=self._attributes,
                objections=rows["objections"].copy(),
                untracked=rows["untracked"].copy(),
                continues=rows["continues"].copy(),
                units_per_day=np.full(len(rows), None, dtype=object),
            )

    def _refresh(self, number: int, known: _Partition) -> None:
        new = self._connection.command("LRANGE", self._keys.of(number, "ids"), len(known.ids), -1)
        known.ids += [raw.decode() for raw in new]
        known.skus += [None] * len(new)
        fresh = np.zeros(len(known.ids), ROW)
        fresh["facts"] = NEVER_READ
        fresh[: len(known.rows)] = known.rows
        known.rows = fresh
        counters = self._counters(number, len(known.ids))
        moved = np.flatnonzero(counters != fresh["facts"])
        for start in range(0, len(moved), READ_AT_ONCE):
            self._read(number, known, moved[start : start + READ_AT_ONCE].tolist())
        known.rows["facts"] = counters  # read before the facts: a change in between is read again next time

    def _counters(self, number: int, count: int) -> npt.NDArray[np.uint32]:
        pages = range(-(-count // PAGE_ROWS))
        found = self._connection.many([("GET", self._keys.of(number, f"states:{page}")) for page in pages])
        heads = [state_rows(page or b"")["head"]["facts"] for page in found]
        return np.concatenate(heads)[:count] if heads else np.zeros(0, np.uint32)

    def _read(self, number: int, known: _Partition, rows: Sequence[int]) -> None:
        ids = [known.ids[row] for row in rows]
        commands: list[Command] = [
            ("HMGET", self._keys.of(number, "facts"), *ids),
            ("SMISMEMBER", self._keys.of(number, "delisted"), *ids),
            ("SMISMEMBER", self._keys.of(number, "blocked"), *ids),
        ]
        for row, raw, delisted, blocked in zip(rows, *self._connection.many(commands), strict=True):
            stored = {"product": {}, "variant": {}} if raw is None else orjson.loads(raw)
            product, variant = stored["product"], stored["variant"]
            published = bool(product.get("published")) and not delisted
            known.skus[row] = variant.get("sku")
            known.rows[row] = (
                0,
                self._group(product),
                (0 if published else UNPUBLISHED_BIT) | (BLOCKED_BIT if blocked else 0),
                variant.get("tracked") is False,
                variant.get("inventory_policy") == "continue",
            )

    def _group(self, product: dict[str, Any]) -> int:
        tags, collections = tuple(product.get("tags", ())), tuple(product.get("collections", ()))
        key = (product.get("id"), product.get("vendor"), product.get("product_type"), tags, collections)
        group = self._groups.get(key)
        if group is None:
            group = self._groups[key] = len(self._attributes)
            self._attributes.append(
                Variant("", None, key[0], key[1], key[2], tags, collections),
            )
        return group
