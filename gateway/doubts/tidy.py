"""Put right what a crash left between the list of what is held back and the flags in the ledger.

An entry without a flag: its decision was made after all, and the note of that was lost. A flag without an entry: nobody
would ever be asked. Both are rare, and neither is touched while a decision of the variant is under way.
"""

from collections.abc import Sequence
from datetime import datetime

import numpy as np

from gateway.policy_library import CompiledVersion
from gateway.services import Services
from gateway.sources.census import stale_levels
from gateway.store.held_back import LISTS
from gateway.store.journal import Recorded
from policies.columns import HELD_BACK

AT_ONCE = 500


def tidy_held_back(services: Services, version: CompiledVersion, flagged: Sequence[str], at: datetime) -> None:
    """Compare the flags that a walk over the ledger found with the lists, and settle the differences."""
    store = services.store
    listed: set[str] = set()
    for source in store.held_back.sources():
        for which in LISTS:
            for entries in store.held_back.entries(source, which):
                listed |= entries.keys()
                store.held_back.forget(source, which, _unfounded(services, version, entries))
        _tidy_silence(services, version, source, at)
    store.held_back.settle([])
    lost = [variant for variant in flagged if variant not in listed]
    for first in range(0, len(lost), AT_ONCE):
        store.due.mark(lost[first : first + AT_ONCE], at)


def _unfounded(services: Services, version: CompiledVersion, entries: dict[str, str]) -> dict[str, str]:
    """Choose the entries whose variants stand decided without the flag."""
    names = list(entries)
    found = zip(names, services.store.journal.last(names), strict=True)
    return {
        name: entries[name]
        for name, last in found
        if last is None or (last.stands and not _flagged(last, version.default_column))
    }


def _flagged(last: Recorded, column: int) -> bool:
    return column < len(last.record.pools) and bool(last.record.pools[column]["flags"] & HELD_BACK)


def _tidy_silence(services: Services, version: CompiledVersion, source: str, at: datetime) -> None:
    """Count no longer what a source spoke of since its silence moved it."""
    silent = services.store.held_back.silent(source)
    its = [number for number, slot in enumerate(version.compiled.slots) if slot.source == source]
    for first in range(0, len(silent), AT_ONCE):
        rows = services.store.ledger.read(silent[first : first + AT_ONCE])
        columns = [number for number in its if number < rows.levels.stamps.shape[1]]
        stale = stale_levels(services, version, rows, at)[:, columns].any(axis=1)
        heard = [rows.variants[index] for index in np.flatnonzero(~stale).tolist()]
        services.store.held_back.heard(source, heard)
