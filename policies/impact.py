"""What another document would change on today's stock: counted, with examples, and judged large or not.

Called by `gateway.policy_versions` for a preview and before publishing; `policies.side_by_side` decides.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Final

import numpy as np
import numpy.typing as npt

from policies.affected import Comparison
from policies.columns import AWAITS_RESTOCK, AWAITS_RETURN, BLIND, BLIND_UNITS
from policies.document import Limits
from policies.side_by_side import MOST_EXAMPLES, Example, Pair, Rank, Stock
from policies.values import Band

LEAST_LARGE_MOVES: Final = 10
LEAST_LARGE_HOLDS: Final = 2
BANDS: Final = len(Band)


@dataclass(frozen=True, slots=True)
class BandChange:
    """The variants of a pool that go from one band to another."""

    pool: str
    before: str
    after: str
    variants: int
    examples: tuple[Example, ...]


@dataclass(slots=True)
class Restocks:
    """Steps up of the default pool that only one of the documents brings, or whose alert the new one decides."""

    would_alert: int = 0
    told_at_most: int = 0  # people in the first wave
    would_not_alert: int = 0  # caused by the policy, or by what may not alert
    await_confirmation: int = 0  # of those: keep promising 0 until a person confirms
    no_longer: int = 0  # would step up under the policy in force, and will not
    returns: int = 0
    returns_await_confirmation: int = 0


@dataclass(slots=True)
class CatalogNumbers:
    """Catalogue numbers (the default pool's promise) that change."""

    raised: int = 0
    lowered: int = 0
    to_zero: int = 0  # of the lowered
    from_zero: int = 0  # of the raised

    @property
    def changed(self) -> int:
        """How many change at all."""
        return self.raised + self.lowered


@dataclass(frozen=True, slots=True)
class GuardMoves:
    """What the guards of the new document would do beyond those in force. Counted by the guard, when there is one."""

    held: int
    released: int
    targets: int


@dataclass(frozen=True, slots=True)
class MomentImpact:
    """The difference between the documents at one moment."""

    at: datetime
    why: tuple[str, ...]  # empty: now
    changes: tuple[BandChange, ...]
    moves: int  # distinct variants that enter or leave `out` in any pool
    restocks: Restocks
    catalog: CatalogNumbers


@dataclass(frozen=True, slots=True)
class Impact:
    """All that a preview tells."""

    at: datetime
    variants: int
    looked_at: int  # variants that any rule, pool or location treats otherwise: only these were decided
    now: MomentImpact
    later: tuple[MomentImpact, ...]
    first_sight: Mapping[str, Mapping[str, int]]  # pool -> band -> variants without a state yet; counts nowhere else
    blind: Mapping[str, tuple[int, int]]  # pool -> variants that would become blind, and that would see again
    guards: GuardMoves | None
    reasons: tuple[str, ...]  # why it is large

    @property
    def large(self) -> bool:
        """Whether publishing needs an explicit confirmation."""
        return bool(self.reasons)


@dataclass(slots=True)
class _Tally:
    """What was counted at one moment, over all chunks."""

    changes: dict[tuple[str, int, int], int] = field(default_factory=dict)
    examples: dict[tuple[str, int, int], list[tuple[Rank, Example]]] = field(default_factory=dict)
    moves: int = 0
    restocks: Restocks = field(default_factory=Restocks)
    catalog: CatalogNumbers = field(default_factory=CatalogNumbers)


class ImpactCounter:
    """Adds up the impact over chunks of stock; holds counts and a few examples, never the stock."""

    def __init__(self, comparison: Comparison) -> None:
        self._comparison = comparison
        self._moments = (comparison.at, *comparison.moments)
        self._tallies = {moment: _Tally() for moment in self._moments}
        self._first_sight: dict[str, list[int]] = {}
        self._blind: dict[str, tuple[int, int]] = {}
        self._looked_at = 0

    def add(self, stock: Stock) -> None:
        """Decide one chunk under both documents at every moment that matters to it, and count the differences."""
        if not len(stock.kinds):
            return
        self._looked_at += len(stock.kinds)
        pair = Pair(self._comparison, stock)
        everything = np.arange(len(stock.kinds))
        for moment in self._moments:
            rows = everything if moment == self._comparison.at else pair.touched_at(moment)
            pair.decide(rows, moment)
            tally = self._tallies[moment]
            self._count_changes(pair, tally, moment)
            if len(rows):
                _count_restocks(pair, tally.restocks, rows)
            _count_catalog(pair, tally.catalog)
            if moment == self._comparison.at:
                self._count_sight(pair)

    def result(self, variants: int, limits: Limits, guards: GuardMoves | None = None) -> Impact:
        """Return the impact on a house of so many variants under the limits in force."""
        now, *later = (self._moment(moment) for moment in self._moments)
        return Impact(
            at=self._comparison.at,
            variants=variants,
            looked_at=self._looked_at,
            now=now,
            later=tuple(later),
            first_sight={
                pool: {Band(band).word: count for band, count in enumerate(counts) if count}
                for pool, counts in self._first_sight.items()
            },
            blind=self._blind,
            guards=guards,
            reasons=tuple(_why_large((now, *later), variants, limits, guards, self._comparison.moments_left_out)),
        )

    def _moment(self, moment: datetime) -> MomentImpact:
        tally = self._tallies[moment]
        changes = tuple(
            BandChange(
                pool, Band(was).word, Band(becomes).word, count, _best(tally.examples.get((pool, was, becomes), ()))
            )
            for (pool, was, becomes), count in sorted(tally.changes.items())
        )
        why = () if moment == self._comparison.at else self._comparison.why(moment)
        return MomentImpact(moment, why, changes, tally.moves, tally.restocks, tally.catalog)

    def _count_changes(self, pair: "Pair", tally: _Tally, moment: datetime) -> None:
        crossing = np.zeros(len(pair.stock.kinds), np.bool_)
        for pool in pair.common:
            was, becomes = pair.before.of(pool), pair.after.of(pool)
            moved = (was["band"] != becomes["band"]) & pair.seen(pool)
            crossing |= moved & ((was["band"] == Band.OUT) | (becomes["band"] == Band.OUT))
            codes = was["band"].astype(np.int64) * BANDS + becomes["band"]
            for code in np.unique(codes[moved]).tolist():
                rows = np.flatnonzero(moved & (codes == code))
                change = (pool, *divmod(code, BANDS))
                tally.changes[change] = tally.changes.get(change, 0) + len(rows)
                found = tally.examples.setdefault(change, [])
                found.extend(pair.examples(pool, rows, moment))
                found.sort(key=lambda one: (one[0], one[1].variant))
                del found[MOST_EXAMPLES:]
        tally.moves += int((crossing | pair.default_crossing()).sum())

    def _count_sight(self, pair: "Pair") -> None:
        for pool in pair.after.policy.pools:
            fresh = pair.after.of(pool)["band"][~pair.seen(pool)]
            counts = np.bincount(fresh, minlength=BANDS).tolist()
            if sum(counts):
                before = self._first_sight.get(pool, [0] * BANDS)
                self._first_sight[pool] = [one + other for one, other in zip(before, counts, strict=True)]
        for pool in pair.common:
            blind = [(side.of(pool)["flags"] & BLIND) != 0 for side in (pair.before, pair.after)]
            more, fewer = int((~blind[0] & blind[1]).sum()), int((blind[0] & ~blind[1]).sum())
            if more or fewer:
                known = self._blind.get(pool, (0, 0))
                self._blind[pool] = (known[0] + more, known[1] + fewer)


def _count_restocks(pair: Pair, counts: Restocks, rows: npt.NDArray[np.intp]) -> None:
    terms = pair.after.policy.document.restock
    new, old = pair.after, pair.before
    alerting, restocked = pair.alerting[rows], new.restocks[rows]
    caused = restocked & ~alerting
    counts.would_alert += int(alerting.sum())
    promised = np.maximum(new.default["promised"][rows][alerting], 0)
    counts.told_at_most += int(np.minimum(promised * terms.customers_per_unit, terms.max_wave).sum())
    counts.would_not_alert += int(caused.sum())
    counts.await_confirmation += int((caused & ((new.default["flags"][rows] & AWAITS_RESTOCK) != 0)).sum())
    counts.no_longer += int((old.restocks[rows] & ~restocked).sum())
    returned = new.returns[rows] & ~old.returns[rows]
    counts.returns += int(returned.sum())
    waiting = returned & ((new.default["flags"][rows] & AWAITS_RETURN) != 0)
    counts.returns_await_confirmation += int(waiting.sum())


def _count_catalog(pair: Pair, counts: CatalogNumbers) -> None:
    """Count the promises that differ; a blind decision tells nothing, so what was told stays."""
    was, becomes = pair.before.default["promised"], pair.after.default["promised"]
    seen = pair.seen(pair.after.policy.document.default_pool)
    moved = (was != becomes) & (becomes != BLIND_UNITS) & seen
    amount = _amounts(becomes) - _amounts(was)
    raised = moved & (amount > 0)
    lowered = moved & (amount < 0)
    counts.raised += int(raised.sum())
    counts.lowered += int(lowered.sum())
    counts.to_zero += int((lowered & (becomes == 0)).sum())
    counts.from_zero += int((raised & (was == 0)).sum())


def _amounts(promised: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Order promises: nothing known, then counts, then unlimited."""
    return np.where(promised == BLIND_UNITS, -1, np.where(promised < 0, np.int64(2**62), promised))


def _best(found: Iterable[tuple[Rank, Example]]) -> tuple[Example, ...]:
    return tuple(example for _, example in found)


def _why_large(
    moments: Sequence[MomentImpact], variants: int, limits: Limits, guards: GuardMoves | None, left_out: int
) -> Iterable[str]:
    for moment in moments:
        if moment.moves > LEAST_LARGE_MOVES and moment.moves * 100 > limits.source_moves_percent * variants:
            when = f"when {' and '.join(moment.why)}" if moment.why else "now"
            share = Decimal(moment.moves * 100) / variants
            yield (
                f"{moment.moves:,} of {variants:,} variants ({share:.1f} %) would enter or leave out {when}; "
                f"more than {limits.source_moves_percent} % needs a confirmation."
            )
    if (
        guards
        and guards.held > LEAST_LARGE_HOLDS
        and guards.held * 100 > limits.holds_per_hour_percent * guards.targets
    ):
        yield (
            f"{guards.held} of {guards.targets} campaigns and flows would be held; "
            f"more than {limits.holds_per_hour_percent} % needs a confirmation."
        )
    if left_out:
        yield f"Dated rules begin or end at {left_out} more moments than a preview looks at."
