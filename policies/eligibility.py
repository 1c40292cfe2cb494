"""Whether a level may count, and every objection that holds against it."""

from policies.document import LocationPurpose, Pool
from policies.reasons import Reason, ReasonCode
from policies.terms import MINUTE_US, Place, PoolTerms
from policies.values import Level, Variant


def variant_objections(variant: Variant, terms: PoolTerms) -> tuple[Reason, ...]:
    """List what speaks against the variant wherever it lies."""
    found = []
    if not variant.published:
        found.append(Reason(ReasonCode.VARIANT_UNPUBLISHED))
    if terms.thresholds.excluded:
        found.append(Reason(ReasonCode.VARIANT_EXCLUDED, {"rule": terms.settings["excluded"].rule}))
    if variant.blocked:
        found.append(Reason(ReasonCode.VARIANT_BLOCKED))
    return tuple(found)


def offers(method: str, purpose: LocationPurpose) -> bool:
    """Tell whether a location offers a pool's method."""
    match method:
        case "ship":
            return purpose.sells_online and purpose.ships_online_orders
        case "pickup":
            return purpose.offers_pickup
        case _:
            return purpose.kind in ("store", "popup")


def location_objections(
    location: str, purpose: LocationPurpose | None, active: bool | None, pool: Pool
) -> tuple[Reason, ...]:
    """List what speaks against a location in a pool, whatever lies there. `active` None: not told, open."""
    if purpose is None:
        return (Reason(ReasonCode.LOCATION_UNMAPPED, {"location": location}),)
    found = []
    if active is False:
        found.append(Reason(ReasonCode.LOCATION_INACTIVE, {"location": location}))
    if purpose.hidden:
        found.append(Reason(ReasonCode.LOCATION_HIDDEN, {"location": location}))
    if not pool.draws_on(location, purpose.kind):
        found.append(Reason(ReasonCode.LOCATION_NOT_IN_POOL, {"location": location, "pool": pool.name}))
    if not offers(pool.method, purpose):
        found.append(Reason(ReasonCode.METHOD_NOT_OFFERED, {"location": location, "method": pool.method}))
    return tuple(found)


def level_objections(
    level: Level, place: Place, unknown: bool, stale: bool, fresh_us: int | None
) -> tuple[Reason, ...]:
    """List what speaks against one level, whatever is said of its variant and location. `fresh_us` where stale."""
    facts = {"location": level.location}
    found = []
    if level.active is False:
        found.append(Reason(ReasonCode.LEVEL_INACTIVE, facts))
    if unknown:
        found.append(Reason(ReasonCode.LEVEL_UNKNOWN, facts))
    if stale and fresh_us is not None:
        found.append(Reason(ReasonCode.LEVEL_STALE, {**facts, "fresh_for_minutes": fresh_us // MINUTE_US}))
    if place.excluded_by is not None:
        found.append(Reason(ReasonCode.LOCATION_EXCLUDED, {**facts, "rule": place.excluded_by}))
    return tuple(found)
