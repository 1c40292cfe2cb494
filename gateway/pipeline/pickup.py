"""Where a variant can be collected now: what may be told of places outside, by mirror and feeds alike."""

from datetime import datetime

from gateway.pipeline.decide import as_wide_as
from gateway.policy_library import CompiledVersion
from gateway.store import Rows
from gateway.store.values import CatalogEntry
from policies.columns import BLIND_UNITS
from policies.conversion import levels_from_columns
from policies.decision import decide
from policies.document import Document


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
    places = pickup_places(version.document)
    pools = [name for name, pool in version.document.pools.items() if pool.method == "pickup"]
    if not places or entry is None or not rows.sequences[index]:
        return ()
    columns = dict(zip(version.compiled.pools, version.pool_columns, strict=True))
    promising = [name for name in pools if rows.pools[index, columns[name]]["promised"] not in (0, BLIND_UNITS)]
    if not promising:
        return ()
    policy = version.compiled
    levels = levels_from_columns(policy, as_wide_as(rows.levels, len(policy.slots)), index)
    decision = decide(policy, entry.variant, levels, {}, at)  # what lies where does not depend on the states before
    found = {
        step.location
        for name in promising
        for step in decision.pools[name].steps
        if step.units > 0 and not step.objections and step.location in places
    }
    return tuple(sorted(found))


def place_names(document: Document, places: tuple[str, ...]) -> str:
    """Write places as people read them; a flat text, for neither feeds nor metadata take lists."""
    return ", ".join(document.locations[id_].label or id_ for id_ in places)
