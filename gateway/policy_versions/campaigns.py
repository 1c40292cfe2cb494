"""What the guards of another document would hold or release now: every message judged under both, by foreseen bands."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import numpy as np

from gateway.guard.features import known_features
from gateway.guard.judging import Decisions, Judged, judge_one
from gateway.pipeline.widths import as_wide_as
from gateway.policy_library import CompiledVersion
from gateway.services import Services
from gateway.store.campaigns import FeatureLine
from policies.affected import Comparison, facts_of
from policies.columns import AWAITS_RESTOCK, AWAITS_RETURN, BLIND
from policies.conversion import units_from_number
from policies.guard import Featured, Phase
from policies.impact import GuardMoves
from policies.side_by_side import Pair, Side, Stock
from policies.values import Band, Variant


class Foreseen(Decisions):
    """The decisions that one of two documents would make of the featured variants."""

    def __init__(self, side: Side, places: Mapping[str, int]) -> None:
        self._side, self._rows = side, places

    def featured(self, line: FeatureLine, pool: str) -> Featured:
        """Put one featured variant together with its foreseen decision in a pool."""
        row = self._rows.get(line.variant)
        if row is None or pool not in self._side.policy.pools:
            return Featured(line.variant, line.role, cancels_alone=line.cancels_alone)
        state, told = self._side.of(pool)[row], int(self._side.default[row]["flags"])
        return Featured(
            line.variant,
            line.role,
            band=Band(int(state["band"])),
            blind=bool(int(state["flags"]) & BLIND),
            awaits_confirmation=bool(told & (AWAITS_RESTOCK | AWAITS_RETURN)),
            units=units_from_number(int(state["units"])),
            cancels_alone=line.cancels_alone,
        )

    def fresh(self, lines: Sequence[FeatureLine]) -> bool:
        """Foreseen decisions are of one document."""
        return True


def guard_moves(services: Services, comparison: Comparison, at: datetime) -> GuardMoves | None:
    """Count what only the new document's guards would hold, and what of the held they alone would let go."""
    if not comparison.before.document.guards and not comparison.after.document.guards:
        return None
    messages, known = services.store.campaigns.messages(), known_features(services.store)
    features = {id_: known.of(message) for id_, message in messages.items()}
    names = {line.variant for found in features.values() if found is not None for line in found.lines}
    pair, places = _pair(services, comparison, sorted(names), at)
    words: list[dict[str, tuple[bool, str]]] = []
    for side in (pair.before, pair.after):
        version = CompiledVersion(0, 0, side.policy.document, side.policy, ())
        seen = Foreseen(side, places)
        judged = {id_: judge_one(version, seen, message, features[id_], at) for id_, message in messages.items()}
        words.append({id_: _word(one) for id_, one in judged.items() if one is not None})
    before, after = words
    held = {id_ for id_, hold in services.store.holds.all().items() if hold.phase is Phase.HELD}
    return GuardMoves(
        held=sum(one == (True, "hold") and before.get(id_) != one for id_, one in after.items()),
        released=sum(
            id_ in held and one[1] == "release" and before.get(id_, (False, ""))[1] != "release"
            for id_, one in after.items()
        ),
        targets=sum(due for due, _ in after.values()),
    )


def _word(judged: Judged) -> tuple[bool, str]:
    """Give whether a message is judged now, and the word; a guard that only watches holds nothing."""
    watches = judged.guard.mode == "watch" and judged.verdict.word == "hold"
    return judged.due, "watch" if watches else judged.verdict.word


def _pair(
    services: Services, comparison: Comparison, names: Sequence[str], at: datetime
) -> tuple[Pair, dict[str, int]]:
    rows = services.store.ledger.read(names)
    entries = services.store.catalog.entries(names)
    facts = facts_of([entries[name].variant if name in entries else Variant(name) for name in names])
    levels = as_wide_as(rows.levels, len(comparison.after.slots))
    pools = services.store.pools.names()
    states = {pool: rows.pools[:, column] for column, pool in enumerate(pools) if column < rows.pools.shape[1]}
    stock = Stock(facts, comparison.kinds_of(facts), levels, states, np.ones(len(names), np.bool_))
    pair = Pair(comparison, stock)
    pair.decide(np.arange(len(names)), at)
    return pair, {name: row for row, name in enumerate(names)}
