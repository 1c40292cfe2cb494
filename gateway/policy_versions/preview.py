"""The impact of a document on live stock. Reads the store and writes nothing.

Only variants that the document treats otherwise than the policy in force are read and decided; for the rest their kind
says enough. Stock goes through in chunks, so a preview of any house fits in little memory.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from gateway.pipeline.widths import as_wide_as
from gateway.policy_versions.campaigns import guard_moves
from gateway.services import Services
from policies.affected import Comparison, FactColumns, Kinds
from policies.causes import cause_of, may_alert
from policies.document import Document
from policies.impact import Impact, ImpactCounter
from policies.side_by_side import Stock
from policies.values import Band

CHUNK_LEVELS: Final = 400_000
LEAST_ROWS: Final = 256
Progress = Callable[[int, int], None]
"""Told how many variants of how many were looked at."""


def preview_policy(services: Services, document: Document, at: datetime, progress: Progress | None = None) -> Impact:
    """Count what would change if a document were in force now, and at every beginning or end of its dated rules."""
    current, ground = services.policies.document(services.store.policies.current_number()), services.policies.ground()
    after = ground.compile(document)
    before = after if current is None else ground.compile(current)
    comparison = Comparison(before, after, at)
    counter = ImpactCounter(comparison)
    counts = services.store.catalog_columns.counts()
    total, looked = sum(counts), 0
    chunk = _Chunk(services, comparison, counter)
    for facts in services.store.catalog_columns.all(counts):
        chunk.add(facts, first=current is None)
        looked += len(facts.ids)
        if progress is not None:
            progress(looked, total)
    chunk.flush()
    limits = document.limits if current is None else current.limits
    return counter.result(total, limits, guard_moves(services, comparison, at))


class _Chunk:
    """Variants that may be affected, gathered until there are enough to decide at once."""

    def __init__(self, services: Services, comparison: Comparison, counter: ImpactCounter) -> None:
        self._services, self._comparison, self._counter = services, comparison, counter
        self._most = max(LEAST_ROWS, CHUNK_LEVELS // max(1, len(comparison.after.slots)))
        self._parts: list[tuple[FactColumns, Kinds, np.ndarray]] = []
        self._rows = 0

    def add(self, facts: FactColumns, *, first: bool) -> None:
        """Take in those that are treated otherwise (all, before the first policy)."""
        kinds = self._comparison.kinds_of(facts)
        reach = self._comparison.reach(kinds, ever=True)
        chosen = np.flatnonzero(np.ones(len(kinds), np.bool_) if first else reach.everywhere | reach.at_columns)
        for start in range(0, len(chosen), self._most):
            rows = chosen[start : start + self._most]
            self._parts.append((facts.take(rows), kinds[rows], reach.at_columns[rows] & (not first)))
            self._rows += len(rows)
            if self._rows >= self._most:
                self.flush()

    def flush(self) -> None:
        """Read the stock of what was gathered, and count the impact on it."""
        if not self._parts:
            return
        facts = _joined([part[0] for part in self._parts])
        kinds = np.concatenate([part[1] for part in self._parts])
        doubtful = np.concatenate([part[2] for part in self._parts])
        self._parts, self._rows = [], 0
        rows = self._services.store.ledger.read(facts.ids)
        levels = as_wide_as(rows.levels, len(self._comparison.after.slots))
        names = self._services.store.pools.names()
        states = {name: rows.pools[:, column] for column, name in enumerate(names) if column < rows.pools.shape[1]}
        stock = Stock(facts, kinds, levels, states, self._alerts(facts.ids, states))
        if doubtful.any():
            there = self._comparison.lies_there(kinds, levels.stamps, ever=True)
            stock = stock.take(np.flatnonzero(~doubtful | there))
        self._counter.add(stock)

    def _alerts(self, ids: Sequence[str], states: Mapping[str, npt.NDArray[Any]]) -> npt.NDArray[np.bool_]:
        """Tell which variants' rises may alert: what raised them is kept while a rise is under way."""
        alerts = np.ones(len(ids), np.bool_)
        default = states.get(self._comparison.before.document.default_pool)
        if default is not None:
            rising = np.flatnonzero((default["band"] == Band.OUT) & (default["rise_us"] != 0)).tolist()
            causes = self._comparison.after.document.restock.causes
            raises = self._services.store.restocks.rises([ids[row] for row in rising])
            alerts[rising] = [may_alert(cause_of(raised, causes), causes) for raised in raises]
        return alerts


def _joined(parts: Sequence[FactColumns]) -> FactColumns:
    return FactColumns(
        ids=tuple(chain.from_iterable(part.ids for part in parts)),
        skus=tuple(chain.from_iterable(part.skus for part in parts)),
        groups=np.concatenate([part.groups for part in parts]),
        attributes=parts[-1].attributes,
        objections=np.concatenate([part.objections for part in parts]),
        untracked=np.concatenate([part.untracked for part in parts]),
        continues=np.concatenate([part.continues for part in parts]),
        units_per_day=np.concatenate([part.units_per_day for part in parts]),
    )
