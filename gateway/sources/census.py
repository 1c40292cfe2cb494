"""Count over the whole ledger what each source tells of: by the clock's task, and before anything is held back."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np
import numpy.typing as npt

from gateway.policy_library import CompiledVersion
from gateway.services import Services
from gateway.store import Rows
from gateway.store.census import PlaceCount, SourceCount
from gateway.store.keys import PARTITIONS
from policies.columns import ABSENT, LEVEL_EXISTS, LEVEL_READ, NULL, STAMP_SHIFT, Slot, to_us
from policies.tables import NEVER_STALE, pool_table

Bools = npt.NDArray[np.bool_]


@dataclass
class _Sums:
    """Counts by slot and by source as the ledger is walked."""

    levels: Counter[int] = field(default_factory=Counter)
    unknown: Counter[int] = field(default_factory=Counter)
    stale: Counter[int] = field(default_factory=Counter)
    drift: Counter[int] = field(default_factory=Counter)
    variants: Counter[str] = field(default_factory=Counter)


def count_sources(services: Services, at: datetime, *others: Callable[[Rows], None]) -> dict[str, SourceCount]:
    """Walk the ledger once and keep what was counted; others may look at the rows as they pass."""
    sums = _Sums()
    slots = services.store.ledger.slots()
    for partition in range(PARTITIONS):
        for rows in services.store.ledger.sweep(partition):
            _add(services, sums, rows, slots, at)
            for look in others:
                look(rows)
    places: dict[str, dict[str, PlaceCount]] = {}
    for number, slot in enumerate(slots):
        counted = (sums.levels[number], sums.unknown[number], sums.stale[number], sums.drift[number])
        places.setdefault(slot.source, {})[slot.location] = PlaceCount(*counted)
    counts = {source: SourceCount(sums.variants[source], of) for source, of in places.items()}
    services.store.census.write(counts, at)
    return counts


def _add(services: Services, sums: _Sums, rows: Rows, slots: tuple[Slot, ...], at: datetime) -> None:
    there = (rows.levels.stamps & np.uint64(LEVEL_EXISTS)) != 0
    unknown = there & ~(rows.levels.quantities > NULL).any(axis=2)
    version = services.policies.current()
    stale = ~unknown & stale_levels(services, version, rows, at)
    drift = _drift(version, rows, slots)
    of_source: dict[str, list[int]] = {}
    for number, slot in enumerate(slots[: there.shape[1]]):
        sums.levels[number] += int(there[:, number].sum())
        sums.unknown[number] += int(unknown[:, number].sum())
        sums.stale[number] += int(stale[:, number].sum())
        if number in drift:
            sums.drift[number] += int(drift[number].sum())
        of_source.setdefault(slot.source, []).append(number)
    for source, numbers in of_source.items():
        sums.variants[source] += int(there[:, numbers].any(axis=1).sum())


def stale_levels(services: Services, version: CompiledVersion | None, rows: Rows, at: datetime) -> Bools:
    """Tell which levels are too old for the default pool of a policy."""
    if version is None or not version.uses_freshness or not len(rows.variants):
        return np.zeros(rows.levels.stamps.shape, np.bool_)
    variants = services.known.columns(services.store, version, rows, to_us(at))
    classes, inverse = np.unique(variants.classes, return_inverse=True)
    table = pool_table(version.compiled, version.compiled.default_pool, classes)
    fresh_us = table.numbers["fresh_us"][inverse][:, None]
    age_us = to_us(at) - (rows.levels.stamps >> np.uint64(STAMP_SHIFT)).astype(np.int64)
    read = (rows.levels.stamps & np.uint64(LEVEL_READ)) != 0
    return np.asarray(read & (fresh_us != NEVER_STALE) & (age_us >= fresh_us))


def _drift(version: CompiledVersion | None, rows: Rows, slots: tuple[Slot, ...]) -> Mapping[int, Bools]:
    """Tell where a source that does not count at a location says otherwise than the one that does."""
    if version is None or not len(rows.variants):
        return {}
    width = min(rows.levels.stamps.shape[1], len(slots))  # the ledger may have grown since the walk began
    counting = {slots[number].location: number for number in version.compiled.authoritative if number < width}
    found = {}
    for number, slot in enumerate(slots[:width]):
        other = counting.get(slot.location, number)
        if other != number:
            mine, its = rows.levels.quantities[:, number], rows.levels.quantities[:, other]
            found[number] = np.asarray(((mine != ABSENT) & (its != ABSENT) & (mine != its)).any(axis=1))
    return found
