"""What each level of a variant gives to a pool, location by location, and why it gives no more.

Called for every level of every explanation, so what rules and policy say of a place is looked up once per class.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from policies.columns import from_us
from policies.compile import CompiledPolicy
from policies.eligibility import level_objections
from policies.reasons import IN_PLAY_OBJECTIONS, Reason, ReasonCode
from policies.terms import Place, PoolTerms
from policies.units import count
from policies.values import Level


class LocationStep(NamedTuple):
    """What one level gives to a pool, and why it gives no more."""

    location: str
    quantities: Mapping[str, int | None]
    counted: int
    reserve: int
    reserve_rule: str | None
    units: int
    objections: tuple[Reason, ...]
    observed_at: datetime | None
    source: str | None

    @property
    def in_play(self) -> bool:
        """Tell whether the level would count if its figure were known and fresh."""
        return all(objection.code in IN_PLAY_OBJECTIONS for objection in self.objections)

    def has(self, code: ReasonCode) -> bool:
        """Tell whether an objection holds."""
        return any(objection.code is code for objection in self.objections)


class Walk(NamedTuple):
    """All steps of a pool and what they come to."""

    steps: tuple[LocationStep, ...]  # by location id
    pool_units: int
    filled: int  # locations with at least one unit
    in_play: int
    unknown: int  # of those in play
    faulty: int  # of those in play, unknown or stale
    oldest: datetime | None  # the first reading of those that count


def walk(
    policy: CompiledPolicy, terms: PoolTerms, levels: Sequence[Level], against: tuple[Reason, ...], at_us: int
) -> Walk:
    """Take every level in the order given. `against`: what speaks against the variant wherever it lies."""
    states, places = terms.pool.states, terms.places
    fresh_us = terms.thresholds.fresh_us
    stale_at = None if fresh_us is None else from_us(at_us - fresh_us)
    steps: list[LocationStep] = []
    pool_units = filled = in_play = unknown = faulty = 0
    oldest: datetime | None = None
    for level in levels:
        location, observed_at = level.location, level.observed_at
        place = places.get(location) or _place(policy, terms, location)
        counted = count(level.quantities, states)
        stale = stale_at is not None and observed_at is not None and observed_at <= stale_at
        if counted is None or stale or level.active is False or place.objected or against:
            objections = (*against, *place.there, *level_objections(level, place, counted is None, stale, fresh_us))
            step = LocationStep(
                location,
                level.quantities,
                0,
                place.reserve,
                place.reserve_rule,
                0,
                objections,
                observed_at,
                level.source,
            )
            if step.in_play:
                in_play += 1
                faulty += 1
                unknown += counted is None
        else:
            units = max(0, counted - place.reserve)
            step = LocationStep(
                location,
                level.quantities,
                counted,
                place.reserve,
                place.reserve_rule,
                units,
                (),
                observed_at,
                level.source,
            )
            in_play += 1
            pool_units += units
            filled += units > 0
            if observed_at is not None and (oldest is None or observed_at < oldest):
                oldest = observed_at
        steps.append(step)
    return Walk(tuple(steps), pool_units, filled, in_play, unknown, faulty, oldest)


def _place(policy: CompiledPolicy, terms: PoolTerms, location: str) -> Place:
    at_location = terms.at_location(location)
    there = policy.location_objections(location, terms.pool)
    place = terms.places[location] = Place(
        there=there,
        excluded_by=at_location.excluded_by,
        reserve=at_location.reserve,
        reserve_rule=at_location.reserve_rule,
        objected=bool(there) or at_location.excluded_by is not None,
    )
    return place
