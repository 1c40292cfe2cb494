"""Where a variant can be collected now: what may be told of places outside, by mirror and feeds alike."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from gateway.pipeline.widths import as_wide_as
from gateway.policy_library import CompiledVersion
from gateway.services import Services
from gateway.store import Rows
from gateway.store.moves import Inputs, Moves, ReadingMove, cells_of
from gateway.store.values import CatalogEntry
from policies.columns import BLIND_UNITS, NULL, from_us
from policies.conversion import levels_from_columns
from policies.decision import decide
from policies.document import Document
from policies.units import count
from policies.values import Level


def pickup_places(document: Document) -> tuple[str, ...]:
    """List the locations that could ever be offered for pickup, by id; hidden ones never."""
    pools = [pool for pool in document.pools.values() if pool.method == "pickup"]
    return tuple(
        sorted(
            id_
            for id_, place in document.locations.items()
            if place.offers_pickup and not place.hidden and any(pool.draws_on(id_, place.kind) for pool in pools)
        )
    )


def offered_at(
    rows: Rows, index: int, entry: CatalogEntry | None, version: CompiledVersion, at: datetime
) -> tuple[str, ...]:
    """List where a pickup pool promises the variant and the place itself has a unit of it, by location id."""
    if entry is None or not rows.sequences[index]:
        return ()
    promising = _promising(version, rows.pools[index])
    if not promising:
        return ()
    levels = levels_from_columns(version.compiled, as_wide_as(rows.levels, len(version.compiled.slots)), index)
    return _places(version, entry, levels, promising, at)


def offered_elsewhere(
    services: Services, version: CompiledVersion, rows: Rows, pools: npt.NDArray[Any], unchanged: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    """Tell which variants can be collected at other places than before although no pool's promise changed.

    Asked of few: whose pickup promise stands, and whose levels at such places moved. Under another version it is
    enough that places or their names are others: what comes out the same is not sent.
    """
    found = np.zeros(len(unchanged), np.bool_)
    places = pickup_places(version.document)
    if not places or not unchanged.any():
        return found
    columns = [column for _, column in _pickup_pools(version)]
    promised = pools["promised"][:, columns]
    offered = unchanged & ((promised != 0) & (promised != BLIND_UNITS)).any(axis=1)
    for number in np.unique(rows.policies[offered & (rows.policies != version.number)]).tolist():
        earlier = services.policies.document(number)
        found |= offered & (rows.policies == number) & (earlier is None or _named(earlier) != _named(version.document))
    asked = offered & (rows.policies == version.number) & (rows.locations == version.locations_revision)
    indexes = np.flatnonzero(asked).tolist()
    slots = {n for n, slot in enumerate(version.compiled.slots) if slot.location in places}
    moves = services.store.journal.moved(rows.places[indexes].tolist()) if indexes else []
    states = {pool.states for pool in version.document.pools.values() if pool.method == "pickup"}
    some = {
        index: moved
        for index, moved in zip(indexes, moves, strict=True)
        if any(isinstance(move, ReadingMove) and move.slot in slots and _counts(move, states) for move in moved.listed)
    }
    if some:
        entries = services.store.catalog.entries([rows.variants[index] for index in some])
        for index, moved in some.items():
            entry = entries.get(rows.variants[index])
            found[index] = entry is not None and _moved_on(version, rows, index, pools[index], entry, moved)
    return found


def _counts(move: ReadingMove, states: Collection[tuple[str, ...]]) -> bool:
    """Tell whether a level that moved may be worth more or less to a pool: most of what orders do to it is not."""
    old, new = move.old, move.new
    if old.flags != new.flags:
        return True
    was, is_now = (
        {state: None if figure == NULL else figure for state, figure in cell.figures.items()} for cell in (old, new)
    )
    return any(count(was, of_pool) != count(is_now, of_pool) for of_pool in states)


def _moved_on(
    version: CompiledVersion, rows: Rows, index: int, pools: npt.NDArray[Any], entry: CatalogEntry, moved: Moves
) -> bool:
    """Compare where a variant is offered with where it was before its levels moved."""
    policy, at = version.compiled, from_us(int(rows.decided_us[index]))
    now = Inputs(cells_of(rows.levels, index), b"", False, False, b"")
    before = now
    for move in reversed(moved.listed):
        if isinstance(move, ReadingMove):
            before = before.before(move)
    was, is_now = (
        _places(
            version,
            entry,
            levels_from_columns(policy, inputs.levels(len(policy.slots)), 0),
            _promising(version, pools),
            at,
        )
        for inputs in (before, now)
    )
    return was != is_now


def _pickup_pools(version: CompiledVersion) -> list[tuple[str, int]]:
    """Give each pool that promises pickup with its column."""
    methods = version.document.pools
    columns = zip(version.compiled.pools, version.pool_columns, strict=True)
    return [(name, column) for name, column in columns if methods[name].method == "pickup"]


def _promising(version: CompiledVersion, pools: npt.NDArray[Any]) -> list[str]:
    return [name for name, column in _pickup_pools(version) if int(pools[column]["promised"]) not in (0, BLIND_UNITS)]


def _places(
    version: CompiledVersion, entry: CatalogEntry, levels: Sequence[Level], promising: Sequence[str], at: datetime
) -> tuple[str, ...]:
    places = pickup_places(version.document)
    if not places:
        return ()
    decision = decide(version.compiled, entry.variant, levels, {}, at)  # what lies where needs no states before
    found = {
        step.location
        for name in promising
        for step in decision.pools[name].steps
        if step.units > 0 and not step.objections and step.location in places
    }
    return tuple(sorted(found))


def _named(document: Document) -> list[tuple[str, str]]:
    return [(id_, place_names(document, (id_,))) for id_ in pickup_places(document)]


def place_names(document: Document, places: tuple[str, ...]) -> str:
    """Write places as people read them; a flat text, for neither feeds nor metadata take lists."""
    return ", ".join(document.locations[id_].label or id_ for id_ in places)
