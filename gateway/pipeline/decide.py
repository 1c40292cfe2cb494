"""Stages three and four: what is due is decided by the policy in force, and committed with what must be told."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from gateway import metrics
from gateway.pipeline.destinations import VARIANTS
from gateway.policy_library import CompiledVersion
from gateway.services import Services
from gateway.store import DecisionBatch, Rows
from policies.columns import ABSENT, BLIND_UNITS, LevelColumns, to_us
from policies.conversion import columns_of
from policies.kernel import decide_many
from policies.values import Variant

LEASE_S = 15.0
BATCH = 1000
URGENT, RISE, DRIFT, NOTHING = 0, 1, 2, -1


def decide_due(services: Services, at: datetime) -> int:
    """Decide what is due now, at most one batch; return how many were claimed."""
    if services.policies.current() is None:
        return 0
    claims = services.store.due.claim(BATCH, at, LEASE_S)
    if not len(claims):
        return 0
    version = services.policies.current()  # read after the claim: a policy published before the mark is seen here
    if version is None:
        return 0
    rows = services.store.ledger.read(claims.variants)
    entries = services.store.catalog.entries(claims.variants)
    variants = [entries[name].variant if name in entries else Variant(name) for name in claims.variants]
    batch = _decided(rows, variants, version, at)
    committed = services.store.decisions.commit(
        DecisionBatch(
            rows=rows,
            claims=claims,
            pools=batch[0],
            due_us=batch[1],
            changed=batch[2],
            tell={VARIANTS: batch[3]},
            policy_version=version.number,
            at=at,
        )
    )
    for word, which in (("yes", batch[2]), ("no", ~batch[2])):
        metrics.DECISIONS.labels(word).inc(int((committed & which).sum()))
    return len(claims)


def _decided(
    rows: Rows, variants: Sequence[Variant], version: CompiledVersion, at: datetime
) -> tuple[npt.NDArray[Any], npt.NDArray[np.int64], npt.NDArray[np.bool_], npt.NDArray[np.int8]]:
    policy, columns = version.compiled, list(version.pool_columns)
    before = rows.pools[:, columns]
    decision = decide_many(
        policy, columns_of(policy, variants, at), as_wide_as(rows.levels, len(policy.slots)), before, to_us(at)
    )
    pools = rows.pools.copy()
    pools[:, columns] = decision.pools
    fresh = rows.sequences == 0
    moved = (decision.pools["promised"] != before["promised"]) | (decision.pools["band"] != before["band"])
    moved |= decision.pools["units"] != before["units"]
    changed = moved.any(axis=1) | fresh
    lanes = lanes_of(before[:, policy.default_pool], decision.pools[:, policy.default_pool], changed)
    return pools, decision.due_us, changed, lanes


def lanes_of(before: npt.NDArray[Any], after: npt.NDArray[Any], changed: npt.NDArray[np.bool_]) -> npt.NDArray[np.int8]:
    """Say how urgently each change is told: a fall to nothing first, then rises from nothing, then the rest."""
    lanes = np.where(changed, DRIFT, NOTHING).astype(np.int8)
    was, is_now = before["promised"], after["promised"]
    lanes[changed & (was <= 0) & (is_now != 0) & (is_now != was)] = RISE
    lanes[changed & (is_now == 0) & (was != 0)] = URGENT
    lanes[is_now == BLIND_UNITS] = np.where(changed, DRIFT, NOTHING)[is_now == BLIND_UNITS]
    return lanes


def as_wide_as(levels: LevelColumns, slots: int) -> LevelColumns:
    """Fit levels to the columns that a policy was compiled for."""
    have = levels.stamps.shape[1]
    if have >= slots:
        return LevelColumns(levels.states, levels.stamps[:, :slots], levels.quantities[:, :slots])
    more = ((0, 0), (0, slots - have))
    return LevelColumns(
        levels.states,
        np.pad(levels.stamps, more),
        np.pad(levels.quantities, (*more, (0, 0)), constant_values=ABSENT),
    )
