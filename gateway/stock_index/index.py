"""The index: brought up to date when it is asked, within a budget of time, then asked."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from threading import Lock
from typing import Final

import numpy as np

from gateway.policy_library import CompiledVersion, PolicyLibrary
from gateway.stock_index.columns import Columns
from gateway.stock_index.counting import count_rows
from gateway.stock_index.groups import KINDS
from gateway.stock_index.lines import Line, Listing, counts_of_bands, counts_of_reasons, line
from gateway.stock_index.wanted import View, Wanted, matching, of_band, ordered
from gateway.store import Store

STEP_ROWS: Final = 500
SPARE_GROUPS: Final = 1000
UNLIMITED_S: Final = float("inf")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the index is."""

    known: int
    behind: int


class StockIndex:
    """Every variant of the shop, for lists. Threads take turns: a turn is some milliseconds, or the budget."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._columns = Columns()
        self._version: CompiledVersion | None = None
        self._under = 0

    def listing(
        self,
        store: Store,
        policies: PolicyLibrary,
        wanted: Wanted,
        *,
        offset: int = 0,
        limit: int = 50,
        after: int | None = None,
        elapsed: Callable[[], float],
        budget_s: float = UNLIMITED_S,
    ) -> Listing:
        """Bring the index up to date, for at most `budget_s` by `elapsed`, and list what is wanted.

        `after` is a place: only rows behind it are listed, which needs the order of places.
        """
        with self._lock:
            progress = self._refresh(store, policies, elapsed, budget_s)
            view = View.of(self._columns, self._version, wanted.pool)
            found = matching(view, wanted)
            bands = counts_of_bands(view, found)
            found &= of_band(view, wanted.band)
            reasons = counts_of_reasons(view, found)
            numbers = ordered(view, found, wanted)
            if after is not None:
                numbers = numbers[np.searchsorted(self._columns.rows["place"][numbers], after, side="right") :]
            lines = tuple(line(view, number) for number in numbers[offset : offset + limit].tolist())
            total = int(found.sum())
            return Listing(lines, total, progress.known, progress.behind, view.pool, bands, reasons)

    def every(
        self, store: Store, policies: PolicyLibrary, wanted: Wanted, *, elapsed: Callable[[], float]
    ) -> Iterator[Line]:
        """Bring the index wholly up to date and yield all that is wanted, as it was then."""
        with self._lock:
            self._refresh(store, policies, elapsed, UNLIMITED_S)
            view = View.of(self._columns, self._version, wanted.pool)
            numbers = iter(ordered(view, matching(view, wanted) & of_band(view, wanted.band), wanted).tolist())
        while some := list(islice(numbers, STEP_ROWS)):
            with self._lock:
                lines = [line(view, number) for number in some]
            yield from lines

    def choices(self, kind: str) -> list[str]:
        """Return the values of a kind of attribute that any variant has, as far as was counted."""
        if kind not in KINDS:
            raise ValueError(f"A product has no {kind}.")
        with self._lock:
            return self._columns.groups.choices(kind, np.unique(self._columns.rows["group"]).tolist())

    def _refresh(
        self, store: Store, policies: PolicyLibrary, elapsed: Callable[[], float], budget_s: float
    ) -> Progress:
        begun = elapsed()
        version = policies.current()
        if not self._under or _standing(version) != _standing(self._version):
            self._under += 1
            if _pools(version) != _pools(self._version):
                self._columns.forget_reasons()
        self._version = version
        if len(self._columns.groups.all) > SPARE_GROUPS + 2 * len(self._columns):
            self._columns = Columns()  # most groups nobody has any longer
        columns = self._columns
        for part in store.states.all(columns.known(), 1):
            columns.take(part.partition, part.new, part.heads, part.pools)
        stale = columns.stale(self._under)
        done = 0
        while done < len(stale) and (done == 0 or elapsed() - begun < budget_s):
            count_rows(store, self._version, columns, stale[done : done + STEP_ROWS], self._under)
            done += STEP_ROWS
        return Progress(len(columns), max(0, len(stale) - done))


def _standing(version: CompiledVersion | None) -> tuple[int, int, int] | None:
    """Name what rows are counted under: a policy, over location facts and columns of the ledger."""
    return None if version is None else (version.number, version.locations_revision, len(version.compiled.slots))


def _pools(version: CompiledVersion | None) -> tuple[str, ...]:
    return () if version is None else version.compiled.pools
