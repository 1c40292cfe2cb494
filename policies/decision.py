"""One variant decided, pool by pool, with everything that an explanation of it needs.

The scalar reader of a compiled policy; `policies.kernel` gives the same outcome for many variants at once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from policies.bands import BandStep, step
from policies.columns import LAST_US, from_us, to_us
from policies.compile import CompiledPolicy
from policies.eligibility import variant_objections
from policies.reasons import Reason, ReasonCode
from policies.steps import LocationStep, Walk, walk
from policies.terms import PoolTerms, Setting, Thresholds
from policies.units import buffer_of
from policies.values import UNLIMITED, Band, Level, PoolState, Units, Variant

__all__ = ["FIRST_SIGHT", "Decision", "LocationStep", "PoolDecision", "decide"]

FIRST_SIGHT = PoolState()


class Tally(NamedTuple):
    """The units of a pool and how they came about, before any band is asked."""

    pool_units: int
    buffer: int
    min_locations_met: bool
    floor_met: bool
    units: Units
    blind: bool
    proves: bool  # no level in play was unknown or stale, and nothing kept the decision from proving
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class PoolDecision:
    """The outcome in one pool with its whole story."""

    pool: str
    steps: tuple[LocationStep, ...]  # by location id
    pool_units: int
    buffer: int
    min_locations: str  # "met" | "not met"
    floor: str  # "none" | "met" | "not met"
    cap: str  # "none" | "not reached" | "applied"
    units: Units
    was: Band
    band: Band
    rise_since: datetime | None
    rise_due: datetime | None
    proven: bool
    blind: bool
    promised_units: Units
    restock: bool
    returned: bool
    awaits_restock: bool
    awaits_return: bool
    settings: Mapping[str, Setting]
    method: str
    states: tuple[str, ...]
    reasons: tuple[Reason, ...]  # what shaped the units, then the promise
    band_reasons: tuple[Reason, ...]
    due: datetime | None

    @property
    def state(self) -> PoolState:
        """What the next decision needs to know of this one."""
        return PoolState(self.band, self.rise_since, self.proven, self.units, self.awaits_restock, self.awaits_return)


@dataclass(frozen=True, slots=True)
class Decision:
    """The outcome for one variant."""

    variant: str
    at: datetime
    default_pool: str
    pools: Mapping[str, PoolDecision]  # in document order
    due: datetime | None  # the earliest moment at which it must be decided again

    @property
    def catalog_units(self) -> Units:
        """What the catalogue carries: the default pool's promise."""
        return self.pools[self.default_pool].promised_units


def decide(
    policy: CompiledPolicy,
    variant: Variant,
    levels: Sequence[Level],
    previous: Mapping[str, PoolState],
    at: datetime,
) -> Decision:
    """Decide one variant in every pool of the policy.

    `levels` are already those of each location's authority, at most one per location, in any order; a pool missing
    from `previous` is seen for the first time.
    """
    in_order = sorted(levels, key=lambda level: level.location)
    classed = policy.terms_of(policy.class_of(variant, at))
    pools = {
        terms.pool.name: _decide_pool(
            policy, terms, variant, in_order, previous.get(terms.pool.name, FIRST_SIGHT), at=at
        )
        for terms in classed
    }
    due = min((pool.due for pool in pools.values() if pool.due is not None), default=None)
    return Decision(variant.id, at, policy.document.default_pool, pools, due)


def _decide_pool(
    policy: CompiledPolicy,
    terms: PoolTerms,
    variant: Variant,
    levels: Sequence[Level],
    before: PoolState,
    *,
    at: datetime,
) -> PoolDecision:
    at_us = to_us(at)
    against = variant_objections(variant, terms)
    walked = walk(policy, terms, levels, against, at_us)
    tally = _tally(policy, terms, variant, walked, against=against, before=before)
    rise_us = 0 if before.rise_since is None else to_us(before.rise_since)
    if before.band not in (Band.OUT, Band.LOW):
        rise_us = 0
    moved = step(
        tally.units,
        before.band,
        rise_us=rise_us,
        limits=terms.thresholds,
        units_per_day=variant.units_per_day,
        at_us=at_us,
    )
    kept = before.proven and before.band is Band.OUT
    out_now = isinstance(tally.units, int) and tally.units <= terms.thresholds.out_at
    stepped_up = before.band is Band.OUT and moved.band > Band.OUT and tally.units != UNLIMITED
    is_default = terms.pool.name == policy.document.default_pool
    waits = is_default and moved.band is not Band.OUT and tally.units != UNLIMITED
    returned = stepped_up and not before.proven
    awaits_return = waits and (before.awaits_return or (returned and policy.document.catalog_return == "confirm"))
    awaits_restock = waits and before.awaits_restock
    promised, cap, told = _promise(tally, moved.band, awaits_restock or awaits_return, terms)
    return PoolDecision(
        pool=terms.pool.name,
        steps=walked.steps,
        pool_units=tally.pool_units,
        buffer=tally.buffer,
        min_locations="met" if tally.min_locations_met else "not met",
        floor="none" if terms.thresholds.floor_units == 0 else "met" if tally.floor_met else "not met",
        cap=cap,
        units=tally.units,
        was=before.band,
        band=moved.band,
        rise_since=from_us(moved.rise_us) if moved.rise_us else None,
        rise_due=_moment(moved.rise_us + terms.thresholds.settle_us) if moved.rise_us else None,
        proven=moved.band is Band.OUT and (kept or (tally.proves and out_now)),
        blind=tally.blind,
        promised_units=promised,
        restock=stepped_up and before.proven,
        returned=returned,
        awaits_restock=awaits_restock,
        awaits_return=awaits_return,
        settings=terms.settings,
        method=terms.pool.method,
        states=terms.pool.states,
        reasons=(*terms.changes, *against, *tally.reasons, *told),
        band_reasons=moved.reasons,
        due=_due(terms, levels, walked.oldest, moved, at_us),
    )


def _tally(
    policy: CompiledPolicy,
    terms: PoolTerms,
    variant: Variant,
    walked: Walk,
    *,
    against: tuple[Reason, ...],
    before: PoolState,
) -> Tally:
    counted = _counted(terms.thresholds, walked)
    if not against and _sells_uncounted(variant, terms):
        anywhere = policy.may_sell_uncounted(terms)
        code = ReasonCode.UNLIMITED if anywhere else ReasonCode.NO_PLACE_FOR_UNLIMITED
        reason = Reason(code, {"continues": variant.tracked is not False})
        return counted._replace(units=UNLIMITED if anywhere else 0, reasons=(reason,))
    if walked.in_play:
        unseen = ReasonCode.ALL_UNKNOWN if walked.unknown == walked.in_play else None
    else:
        unseen = None if walked.steps or against else ReasonCode.NO_LEVELS
    if unseen is None:
        return counted
    if before.units == UNLIMITED:
        return counted._replace(units=0, proves=False, reasons=(Reason(ReasonCode.NO_LONGER_UNLIMITED),))
    return counted._replace(units=None, proves=False, blind=True, reasons=(Reason(unseen),))


def _counted(limits: Thresholds, walked: Walk) -> Tally:
    pool_units = walked.pool_units
    buffer = buffer_of(pool_units, limits)
    units = max(0, pool_units - buffer)
    spread, enough = walked.filled >= limits.min_locations, units >= limits.floor_units
    reasons = []
    if pool_units and buffer:
        facts = {
            "buffer": min(buffer, pool_units),
            "pool_units": pool_units,
            "by_percent": buffer > limits.buffer_units,
        }
        reasons.append(Reason(ReasonCode.BUFFER_KEPT, facts))
    if pool_units and not spread:
        places = {"locations": walked.filled, "min_locations": limits.min_locations}
        reasons.append(Reason(ReasonCode.TOO_FEW_LOCATIONS, places))
    if units and not enough:
        reasons.append(Reason(ReasonCode.BELOW_FLOOR, {"units": units, "floor_units": limits.floor_units}))
    return Tally(
        pool_units=pool_units,
        buffer=buffer,
        min_locations_met=spread,
        floor_met=enough,
        units=units if spread and enough else 0,
        blind=False,
        proves=not walked.faulty,
        reasons=tuple(reasons),
    )


def _sells_uncounted(variant: Variant, terms: PoolTerms) -> bool:
    continues = terms.thresholds.sell_when_out and variant.inventory_policy == "continue"
    return variant.tracked is False or continues


def _promise(tally: Tally, band: Band, awaits: bool, terms: PoolTerms) -> tuple[Units, str, tuple[Reason, ...]]:
    """Give the promise, the word for the cap, and the reasons for promising less than the units."""
    limit = terms.thresholds.cap_units
    units = tally.units
    if units is None:
        return None, "none" if limit is None else "not reached", ()
    capped = limit is not None and (units == UNLIMITED or units > limit)
    cap = "none" if limit is None else "applied" if capped else "not reached"
    if band is Band.OUT:
        return 0, cap, (Reason(ReasonCode.OUT_PROMISES_NOTHING),) if units != 0 else ()
    if awaits:
        return 0, cap, (Reason(ReasonCode.AWAITS_CONFIRMATION),)
    if capped:
        return limit, cap, (Reason(ReasonCode.CAPPED, {"cap_units": limit}),)
    return units, cap, ()


def _due(
    terms: PoolTerms, levels: Sequence[Level], oldest: datetime | None, moved: BandStep, at_us: int
) -> datetime | None:
    moments = [terms.edge_us]
    if terms.edges_at:
        moments += [terms.edges_at[level.location] for level in levels if level.location in terms.edges_at]
    if moved.rise_us:
        moments.append(moved.rise_us + terms.thresholds.settle_us)
    if (fresh_us := terms.thresholds.fresh_us) is not None and oldest is not None:
        moments.append(to_us(oldest) + fresh_us)
    coming = min((moment for moment in moments if moment > at_us), default=None)
    return None if coming is None else _moment(coming)


def _moment(us: int) -> datetime | None:
    """Give the time, or None behind the end of the calendar: what is due then never is."""
    return from_us(us) if us <= LAST_US else None
