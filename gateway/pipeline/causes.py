"""What raised a variant's units since it was last decided: each input by itself, in the order it came."""

from collections.abc import Iterator
from datetime import datetime

from gateway.policy_library import CompiledVersion
from gateway.services import Services
from gateway.store.journal import Recorded
from gateway.store.moves import BlockMove, CatalogMove, Inputs, Move, RateMove
from policies.causes import BLOCK, CATALOG, FIRST_SIGHT, LOCATION, POLICY, UNKNOWN, raises_of
from policies.conversion import levels_from_columns
from policies.decision import decide
from policies.values import UNLIMITED, Variant


def raise_of_one(move: Move, before: int, after: int, *, began_us: int) -> dict[str, int]:
    """Return what the only input that moved raised, where nothing else can have: units before and after it."""
    return raises_of([(_cause(move, began_us), before, after)])


def raises_since(
    services: Services, version: CompiledVersion, variant: str, last: Recorded, at: datetime, *, before: int, now: int
) -> dict[str, int]:
    """Return the largest rise of the default pool's units by cause, between the last decision and this one.

    `before` and `now` are the units of both; what lies between is decided once more, input by input.
    """
    record, pool = last.record, version.document.default_pool
    policies, began_us = services.policies, services.store.epoch.began_us()
    earlier = policies.past(record.policy, record.locations) or version
    if pool not in earlier.document.pools:
        return {POLICY: now}
    if not last.exact:
        return {UNKNOWN: max(1, now - before)}

    def steps() -> Iterator[tuple[str, int]]:
        yield POLICY, before
        if earlier.compiled.epoch_at(record.at) != earlier.compiled.epoch_at(at):  # a dated rule began or ended
            yield POLICY, _units(earlier, pool, variant, last.inputs, at)
        replayed = list(_replayed(last))
        for move, inputs in replayed[:-1]:
            yield _cause(move, began_us), _units(earlier, pool, variant, inputs, at)
        if earlier is version:
            yield (_cause(replayed[-1][0], began_us) if replayed else POLICY), now
            return
        if replayed:
            yield _cause(replayed[-1][0], began_us), _units(earlier, pool, variant, last.present, at)
        if record.locations != version.locations_revision:
            opened = policies.past(record.policy, version.locations_revision) or version
            yield LOCATION, _units(opened, pool, variant, last.present, at)
        yield POLICY, now

    walked = list(steps())
    return raises_of((cause, walked[n][1], units) for n, (cause, units) in enumerate(walked[1:]))


def _replayed(last: Recorded) -> Iterator[tuple[Move, Inputs]]:
    """Give each move with the inputs as they were right after it."""
    after = [last.present]
    for move in reversed(last.record.moves.listed[1:]):
        after.append(after[-1].before(move))
    yield from zip(last.record.moves.listed, reversed(after), strict=False)


def _cause(move: Move, began_us: int) -> str:
    """Name why an input moved. What a source observed before this filling of the store is told again, by whomever."""
    match move:
        case CatalogMove() | RateMove():
            return CATALOG
        case BlockMove():
            return BLOCK
        case _:
            known = move.old.ever_figured and move.new.observed_us >= began_us
            return move.cause if known else FIRST_SIGHT


def _units(version: CompiledVersion, pool: str, variant: str, inputs: Inputs, at: datetime) -> int:
    policy, entry = version.compiled, inputs.entry
    levels = levels_from_columns(policy, inputs.levels(len(policy.slots)), 0)
    units = decide(policy, entry.variant if entry else Variant(variant), levels, {}, at).pools[pool].units
    return 0 if units is None or units == UNLIMITED else int(units)
