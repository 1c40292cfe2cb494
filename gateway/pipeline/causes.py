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


def raises_since(
    services: Services, version: CompiledVersion, variant: str, last: Recorded, at: datetime
) -> dict[str, int]:
    """Return the largest rise of the default pool's units by cause, between the last decision and this one."""
    record = last.record
    earlier = services.policies.past(record.policy, record.locations) or version
    moved = services.policies.past(record.policy, version.locations_revision) or version
    pool = version.document.default_pool
    if pool not in earlier.document.pools:
        return {POLICY: _units(version, pool, variant, last.present, at)}
    if not last.exact:
        return {UNKNOWN: max(1, _units(version, pool, variant, last.present, at))}

    def steps() -> Iterator[tuple[str, int]]:
        yield POLICY, _units(earlier, pool, variant, last.inputs, record.at)
        yield POLICY, _units(earlier, pool, variant, last.inputs, at)  # a dated rule began or ended
        for move, inputs in _replayed(last):
            yield _cause(move), _units(earlier, pool, variant, inputs, at)
        yield LOCATION, _units(moved, pool, variant, last.present, at)
        yield POLICY, _units(version, pool, variant, last.present, at)

    walked = list(steps())
    return raises_of((cause, walked[n][1], units) for n, (cause, units) in enumerate(walked[1:]))


def _replayed(last: Recorded) -> Iterator[tuple[Move, Inputs]]:
    """Give each move with the inputs as they were right after it."""
    after = [last.present]
    for move in reversed(last.record.moves.listed[1:]):
        after.append(after[-1].before(move))
    yield from zip(last.record.moves.listed, reversed(after), strict=False)


def _cause(move: Move) -> str:
    match move:
        case CatalogMove() | RateMove():
            return CATALOG
        case BlockMove():
            return BLOCK
        case _:
            return move.cause if move.old.ever_figured else FIRST_SIGHT


def _units(version: CompiledVersion, pool: str, variant: str, inputs: Inputs, at: datetime) -> int:
    policy, entry = version.compiled, inputs.entry
    levels = levels_from_columns(policy, inputs.levels(len(policy.slots)), 0)
    units = decide(policy, entry.variant if entry else Variant(variant), levels, {}, at).pools[pool].units
    return 0 if units is None or units == UNLIMITED else int(units)
