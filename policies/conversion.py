"""From values to columns and back, for those who hold the one and need the other."""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from policies.columns import (
    ABSENT,
    AWAITS_RESTOCK,
    AWAITS_RETURN,
    BLIND_UNITS,
    LEVEL_ACTIVE,
    LEVEL_EXISTS,
    LEVEL_INACTIVE,
    LEVEL_READ,
    NULL,
    POOL_STATE,
    PROVEN,
    STAMP_SHIFT,
    UNLIMITED_UNITS,
    WAS_UNLIMITED,
    LevelColumns,
    Slot,
    VariantColumns,
    from_us,
    to_us,
)
from policies.compile import CompiledPolicy
from policies.values import UNLIMITED, Band, Level, PoolState, Units, Variant

UNPUBLISHED_BIT = 2
BLOCKED_BIT = 4
"""Bits 1 and 2 of `VariantColumns.objections`."""


class _Numbers(dict[Hashable, int]):
    """Numbers things in the order in which they are first asked for."""

    def __missing__(self, thing: Hashable) -> int:
        number = self[thing] = len(self)
        return number


def columns_of(policy: CompiledPolicy, variants: Sequence[Variant], at: datetime) -> VariantColumns:
    """Reduce variants to what the kernel must know of them at a moment."""
    kinds = _Numbers()
    rows = np.fromiter(map(kinds.__getitem__, map(policy.likeness, variants)), dtype=np.intp, count=len(variants))
    any_row = np.empty(len(kinds), dtype=np.intp)
    any_row[rows] = np.arange(len(variants))
    alike = [variants[row] for row in any_row.tolist()]
    rates = np.empty(len(variants), dtype=object)
    rates[:] = [variant.units_per_day for variant in variants]
    objections = [
        (0 if variant.published else UNPUBLISHED_BIT) | (BLOCKED_BIT if variant.blocked else 0) for variant in alike
    ]
    return VariantColumns(
        classes=np.array([policy.class_of(variant, at) for variant in alike], dtype=np.int32)[rows],
        objections=np.array(objections, dtype=np.uint8)[rows],
        untracked=np.array([variant.tracked is False for variant in alike], dtype=np.bool_)[rows],
        continues=np.array([variant.inventory_policy == "continue" for variant in alike], dtype=np.bool_)[rows],
        units_per_day=rates,
    )


def units_to_number(units: Units) -> int:
    """Write units as the number that columns carry."""
    if units is None:
        return BLIND_UNITS
    return UNLIMITED_UNITS if units == UNLIMITED else int(units)


def units_from_number(number: int) -> Units:
    """Read units from the number that columns carry."""
    if number == BLIND_UNITS:
        return None
    return UNLIMITED if number == UNLIMITED_UNITS else int(number)


def state_from_record(record: np.void) -> PoolState:
    """Read what the next decision needs from one record of POOL_STATE."""
    flags, rise_us = int(record["flags"]), int(record["rise_us"])
    return PoolState(
        band=Band(int(record["band"])),
        rise_since=from_us(rise_us) if rise_us else None,
        proven=bool(flags & PROVEN),
        units=UNLIMITED if flags & WAS_UNLIMITED else units_from_number(int(record["units"])),
        awaits_restock=bool(flags & AWAITS_RESTOCK),
        awaits_return=bool(flags & AWAITS_RETURN),
    )


def previous_of_record(record: np.void, units: Units = None) -> PoolState:
    """Read what the decision in a record of POOL_STATE was made from; `units` beside unlimited are not kept."""
    flags, rise_us = int(record["before_flags"]), int(record["before_rise_us"])
    return PoolState(
        band=Band(int(record["before_band"])),
        rise_since=from_us(rise_us) if rise_us else None,
        proven=bool(flags & PROVEN),
        units=UNLIMITED if flags & WAS_UNLIMITED else units,
        awaits_restock=bool(flags & AWAITS_RESTOCK),
        awaits_return=bool(flags & AWAITS_RETURN),
    )


def states_to_records(pools: Sequence[str], states: Sequence[Mapping[str, PoolState]]) -> npt.NDArray[Any]:
    """Write previous states as (n, pools) of POOL_STATE; a missing pool is first sight. Episodes are not known here."""
    records = np.zeros((len(states), len(pools)), dtype=POOL_STATE)
    records["units"] = records["promised"] = BLIND_UNITS
    for row, of_pool in enumerate(states):
        for column, pool in enumerate(pools):
            if (state := of_pool.get(pool)) is None:
                continue
            flags = (
                (PROVEN if state.proven else 0)
                | (AWAITS_RESTOCK if state.awaits_restock else 0)
                | (AWAITS_RETURN if state.awaits_return else 0)
                | (WAS_UNLIMITED if state.units == UNLIMITED else 0)
            )
            record = records[row, column]
            record["band"], record["flags"] = int(state.band), flags
            record["units"] = units_to_number(state.units)
            record["rise_us"] = 0 if state.rise_since is None else to_us(state.rise_since)
    return records


def stamp_of(level: Level) -> int:
    """Write a level's existence, activity and time as the stamp that columns carry."""
    stamp = LEVEL_EXISTS
    if level.active is not None:
        stamp |= LEVEL_ACTIVE if level.active else LEVEL_INACTIVE
    if level.observed_at is not None:
        stamp |= LEVEL_READ | to_us(level.observed_at) << STAMP_SHIFT
    return stamp


def levels_to_columns(slots: Sequence[Slot], states: tuple[str, ...], rows: Sequence[Iterable[Level]]) -> LevelColumns:
    """Write levels over slots; each level's `source` names its slot, and every state told must be in `states`."""
    columns = {slot: column for column, slot in enumerate(slots)}
    planes = {state: plane for plane, state in enumerate(states)}
    stamps = np.zeros((len(rows), len(slots)), dtype=np.uint64)
    quantities = np.full((len(rows), len(slots), len(states)), ABSENT, dtype=np.int32)
    for row, levels in enumerate(rows):
        for level in levels:
            column = columns[Slot(level.location, level.source or "")]
            stamps[row, column] = stamp_of(level)
            for state, units in level.quantities.items():
                quantities[row, column, planes[state]] = NULL if units is None else units
    return LevelColumns(states, stamps, quantities)


def levels_from_columns(policy: CompiledPolicy, columns: LevelColumns, row: int) -> tuple[Level, ...]:
    """Read a variant's levels as its policy sees them: each location's authority only."""
    return levels_at_columns(policy.slots, columns, row, policy.authoritative)


def levels_at_columns(
    slots: Sequence[Slot], columns: LevelColumns, row: int, chosen: Iterable[int]
) -> tuple[Level, ...]:
    """Read those levels of a variant that lie in the chosen columns."""
    levels = []
    for column in chosen:
        stamp = int(columns.stamps[row, column])
        if not stamp & LEVEL_EXISTS:
            continue
        told = zip(columns.states, columns.quantities[row, column].tolist(), strict=True)
        active = True if stamp & LEVEL_ACTIVE else False if stamp & LEVEL_INACTIVE else None
        levels.append(
            Level(
                location=slots[column].location,
                quantities={state: None if units == NULL else units for state, units in told if units != ABSENT},
                active=active,
                observed_at=from_us(stamp >> STAMP_SHIFT) if stamp & LEVEL_READ else None,
                source=slots[column].source,
            )
        )
    return tuple(levels)
