"""How a variant stands at a moment: as it was decided last, and as its newest figures would have it."""

from dataclasses import dataclass
from datetime import datetime

from gateway.pipeline.widths import as_wide_as
from gateway.policy_library import CompiledVersion
from gateway.services import Services
from gateway.store import Rows
from gateway.store.values import CatalogEntry
from policies.columns import AWAITS_RESTOCK, AWAITS_RETURN, HELD_BACK
from policies.conversion import levels_from_columns, state_from_record, units_from_number
from policies.decision import PoolDecision, decide
from policies.restock import Standing
from policies.values import UNLIMITED, Band, Units, Variant


@dataclass(frozen=True, slots=True)
class Looked:
    """One look at a variant."""

    standing: Standing
    version: CompiledVersion
    entry: CatalogEntry | None


def look(services: Services, variant: str, at: datetime) -> Looked | None:
    """Look at a variant in the default pool; None where no policy says anything of it.

    Readings that came since its last decision count as well: what was promised then may be gone by now.
    """
    version = services.policies.current()
    if version is None:
        return None
    rows = services.store.ledger.read([variant])
    entry = services.store.catalog.entries([variant]).get(variant)
    restock = services.store.restocks.get([variant])[0]
    column, policy = version.default_column, version.compiled
    facts = entry.variant if entry else Variant(variant)
    restock_at = policy.terms_of(policy.class_of(facts, at))[policy.default_pool].thresholds.restock_at
    if not rows.sequences[0] or column >= rows.pools.shape[1]:
        standing = Standing(None, 0, 0, Band.UNKNOWN, Band.UNKNOWN, None, restock_at)
        return Looked(standing, version, entry)
    state = rows.pools[0, column]
    now = _decided_now(version, facts, rows, at)
    flags = int(state["flags"])
    standing = Standing(
        restock=restock.state if restock else None,
        restock_episode=restock.episode if restock else 0,
        episode=int(state["episode"]),
        band=Band(int(state["band"])),
        band_now=now.band,
        units=fewest(units_from_number(int(state["promised"])), now.promised_units),
        restock_at=restock_at,
        awaits=bool(flags & (AWAITS_RESTOCK | AWAITS_RETURN)),
        held_back=bool(flags & HELD_BACK),
    )
    return Looked(standing, version, entry)


def fewest(one: Units, other: Units) -> Units:
    """Return the smaller promise; None where either is unknown."""
    if one is None or other is None:
        return None
    counted = [int(units) for units in (one, other) if units != UNLIMITED]
    return min(counted) if counted else UNLIMITED


def _decided_now(version: CompiledVersion, facts: Variant, rows: Rows, at: datetime) -> PoolDecision:
    policy, pools = version.compiled, rows.pools[0]
    levels = levels_from_columns(policy, as_wide_as(rows.levels, len(policy.slots)), 0)
    previous = {
        name: state_from_record(pools[column])
        for name, column in zip(policy.pools, version.pool_columns, strict=True)
        if column < len(pools) and pools[column]["band"]
    }
    return decide(policy, facts, levels, previous, at).pools[version.document.default_pool]
