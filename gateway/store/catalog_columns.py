"""The catalogue's facts as columns, for those who look at every variant. Used by `gateway.policy_versions`.

A variant's row on its states page counts the changes of its facts (`facts` in `gateway.store.pages.HEAD`), so what a
process has once read it reads again only where it has moved.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import chain, islice
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
PAGES_AT_ONCE: Final = 1024
SPARE_GROUPS: Final = 1000
ROW: Final = np.dtype([("group", "<i4"), ("objections", "u1"), ("untracked", "?"), ("continues", "?")])
Facts = tuple[str | None, tuple[int, int, bool, bool], Decimal | None]
"""A variant's SKU, its ROW, and the units of it that are sold a day."""


class _Groups:
    """Attributes that variants share, numbered."""

    def __init__(self) -> None:
        self.attributes: list[Variant] = []
        self._numbers: dict[tuple[Any, ...], int] = {}

    def facts(self, raw: bytes | None, delisted: int, blocked: int, rate: bytes | None) -> Facts:
        """Read one variant as `gateway.store.catalog_codec` wrote it; None: nothing was told of it but stock."""
        stored = {"product": {}, "variant": {}} if raw is None else orjson.loads(raw)
        product, variant = stored["product"], stored["variant"]
        published = bool(product.get("published")) and not delisted
        objections = (0 if published else UNPUBLISHED_BIT) | (BLOCKED_BIT if blocked else 0)
        untracked, continues = variant.get("tracked") is False, variant.get("inventory_policy") == "continue"
        kind = (self._number(product), objections, untracked, continues)
        return variant.get("sku"), kind, Decimal(rate.decode()) if rate else None

    def _number(self, product: dict[str, Any]) -> int:
        tags, collections = tuple(product.get("tags", ())), tuple(product.get("collections", ()))
        key = (product.get("id"), product.get("vendor"), product.get("product_type"), tags, collections)
        number = self._numbers.get(key)
        if number is None:
            number = self._numbers[key] = len(self.attributes)
            self.attributes.append(Variant("", None, key[0], key[1], key[2], tags, collections))
        return number

    def columns(
        self, ids: Iterable[str], skus: Iterable[str | None], rows: npt.NDArray[Any], rates: Iterable[Decimal | None]
    ) -> FactColumns:
        """Hand variants out."""
        return FactColumns(
            ids=tuple(ids),
            skus=tuple(skus),
            groups=rows["group"].copy(),
            attributes=self.attributes,
            objections=rows["objections"].copy(),
            untracked=rows["untracked"].copy(),
            continues=rows["continues"].copy(),
            units_per_day=_objects(rates, len(rows)),
        )


@dataclass(slots=True)
class _Partition:
    """The variants of one partition, row by row."""

    ids: list[str] = field(default_factory=list)
    skus: list[str | None] = field(default_factory=list)
    rates: list[Decimal | None] = field(default_factory=list)
    rows: npt.NDArray[Any] = field(default_factory=lambda: np.zeros(0, ROW))
    counters: npt.NDArray[np.uint32] = field(default_factory=lambda: np.zeros(0, np.uint32))

    def grow(self, ids: list[str]) -> None:
        """Take in variants that were not known before."""
        self.ids += ids
        self.skus += [None] * len(ids)
        self.rates += [None] * len(ids)
        self.rows = np.concatenate([self.rows, np.zeros(len(ids), ROW)])
        self.counters = np.concatenate([self.counters, np.full(len(ids), NEVER_READ, np.uint32)])


class CatalogColumns:
    """All partitions: every variant, kept and refreshed; or some rows of each, read as they are."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self._connection, self._keys, self._lock = connection, keys, Lock()
        self._partitions: dict[int, _Partition] = {}
        self._groups = _Groups()

    def counts(self) -> list[int]:
        """Count the known variants of every partition."""
        keys = [self._keys.of(partition, "ids") for partition in range(PARTITIONS)]
        return [int(count) for count in self._connection.many([("LLEN", key) for key in keys])]

    def all(self, counts: Sequence[int]) -> Iterator[FactColumns]:
        """Yield the facts of every variant as they are now, some partitions at a time; of each so many variants."""
        numbers = [number for number, count in enumerate(counts) if count]
        at_once = max(1, PAGES_AT_ONCE * PAGE_ROWS // max([1, *counts]))
        for start in range(0, len(numbers), at_once):
            yield self._some(numbers[start : start + at_once], counts)

    def _some(self, numbers: Sequence[int], counts: Sequence[int]) -> FactColumns:
        with self._lock:
            kept = sum(len(partition.ids) for partition in self._partitions.values())
            if len(self._groups.attributes) > SPARE_GROUPS + 2 * kept:  # most of them nobody has any longer
                self._partitions, self._groups = {}, _Groups()
            known = {number: self._partitions.setdefault(number, _Partition()) for number in numbers}
            self._refresh(known, counts)
            ids = chain.from_iterable(one.ids for one in known.values())
            skus = chain.from_iterable(one.skus for one in known.values())
            rates = chain.from_iterable(one.rates for one in known.values())
            return self._groups.columns(ids, skus, np.concatenate([one.rows for one in known.values()]), rates)

    def rows(self, start: int, stop: int) -> FactColumns:
        """Return the facts of the variants on some rows of every partition; none: no partition is that long."""
        commands = [("LRANGE", self._keys.of(number, "ids"), start, stop - 1) for number in range(PARTITIONS)]
        ids = [[raw.decode() for raw in found] for found in self._connection.many(commands)]
        groups = _Groups()
        facts = self._read([(number, names) for number, names in enumerate(ids) if names], groups)
        rows = np.array([row for _, row, _ in facts], ROW)
        return groups.columns(chain.from_iterable(ids), (sku for sku, *_ in facts), rows, (rate for *_, rate in facts))

    def _refresh(self, known: Mapping[int, _Partition], counts: Sequence[int]) -> None:
        commands: list[Command] = []
        pages = {n: -(-max(counts[n], len(partition.ids)) // PAGE_ROWS) for n, partition in known.items()}
        for number, partition in known.items():
            commands.append(("LRANGE", self._keys.of(number, "ids"), len(partition.ids), counts[number] - 1))
            commands += [("GET", self._keys.of(number, f"states:{page}")) for page in range(pages[number])]
        answers = iter(self._connection.many(commands))
        now: dict[int, npt.NDArray[np.uint32]] = {}
        for number, partition in known.items():
            partition.grow([raw.decode() for raw in next(answers)])
            heads = [state_rows(page or b"")["head"]["facts"] for page in islice(answers, pages[number])]
            now[number] = np.concatenate(heads)[: len(partition.ids)]
        for number, partition in known.items():
            self._read_again(number, partition, now[number])

    def _read_again(self, number: int, partition: _Partition, counters: npt.NDArray[np.uint32]) -> None:
        """Read the facts that moved. The counters are older than the facts: a change in between is read once more."""
        moved = np.flatnonzero(counters != partition.counters)
        for start in range(0, len(moved), READ_AT_ONCE):
            some = moved[start : start + READ_AT_ONCE]
            facts = self._read([(number, [partition.ids[row] for row in some.tolist()])], self._groups)
            for row, (sku, values, rate) in zip(some.tolist(), facts, strict=True):
                partition.skus[row], partition.rows[row], partition.rates[row] = sku, values, rate
            partition.counters[some] = counters[some]  # only now: a read that failed is made again

    def _read(self, wanted: Sequence[tuple[int, list[str]]], groups: _Groups) -> list[Facts]:
        commands: list[Command] = []
        for number, ids in wanted:
            commands.append(("HMGET", self._keys.of(number, "facts"), *ids))
            commands += [("SMISMEMBER", self._keys.of(number, name), *ids) for name in ("delisted", "blocked")]
            commands.append(("HMGET", self._keys.of(number, "rates"), *ids))
        answers = self._connection.many(commands)
        found = zip(answers[::4], answers[1::4], answers[2::4], answers[3::4], strict=True)
        return [groups.facts(*one) for columns in found for one in zip(*columns, strict=True)]


def _objects(values: Iterable[Decimal | None], count: int) -> npt.NDArray[Any]:
    column = np.empty(count, dtype=object)
    column[:] = list(values)
    return column
