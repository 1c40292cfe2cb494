"""Stages three and four: what is due is decided by the policy in force, and committed with what must be told."""

from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from gateway import metrics
from gateway.pipeline.destinations import VARIANTS
from gateway.pipeline.held_back import judge_sources, settle_freed, take_flags
from gateway.pipeline.pickup import offered_elsewhere
from gateway.pipeline.restocks import steps_judged
from gateway.pipeline.widths import as_wide_as, fitted
from gateway.policy_library import CompiledVersion
from gateway.services import Services
from gateway.store import Claims, DecisionBatch, Rows
from policies.columns import BLIND_UNITS, VariantColumns, to_us
from policies.kernel import decide_many

LEASE_S = 15.0
BATCH = 4096
URGENT, RISE, DRIFT, NOTHING = 0, 1, 2, -1


def decide_due(services: Services, at: datetime) -> int:
    """Decide what is due now, at most one batch; return how many were claimed."""
    if not services.store.standing().policy:
        return 0
    claims = services.store.due.claim(BATCH, at, LEASE_S)
    if not len(claims):
        return 0
    version = services.policies.current()  # read after the claim: a policy published before the mark is seen here
    if version is not None:
        decide_claimed(services, version, claims, at)
    return len(claims)


def decide_claimed(services: Services, version: CompiledVersion, claims: Claims, at: datetime) -> int:
    """Decide variants as they were when they were claimed, and keep what still holds; return how many were kept."""
    rows = claims.rows
    columns = services.known.columns(services.store, version, rows, to_us(at))
    before, default = fitted(rows.pools, 1 + max(version.pool_columns)), version.default_column
    flagged = take_flags(before, default)
    pools, due_us = decided(rows, before, columns, version, at)
    freed = before.copy()
    notes = steps_judged(services, version, rows, freed[:, default], pools[:, default], at)
    if (freed["flags"] != before["flags"]).any():  # a number that waited for a person may go
        again, _ = decided(rows, freed, columns, version, at)
        released = (freed["flags"] != before["flags"]).any(axis=1)
        pools[released] = again[released]
    levels = as_wide_as(rows.levels, len(version.compiled.slots))
    judged = judge_sources(
        services, version, rows, columns=columns, levels=levels, before=before, after=pools, flagged=flagged, at=at
    )
    changed = moved(before, pools) | (rows.sequences == 0)
    lanes = lanes_of(before[:, default], pools[:, default], changed)
    lanes[offered_elsewhere(services, version, rows, pools, ~changed & ~judged.held)] = DRIFT
    kept = services.store.decisions.commit(
        DecisionBatch(
            rows=rows,
            token=claims.token,
            pools=pools,
            due_us=due_us,
            changed=changed,
            tell={VARIANTS: lanes},
            policy_version=version.number,
            locations_revision=version.locations_revision,
            at=at,
            notes=tuple(note for note in notes if not judged.held[note.index]),
            held=judged.held,
        )
    )
    settle_freed(services, rows, judged.freed & kept)
    for word, which in (("yes", changed), ("no", ~changed)):
        metrics.DECISIONS.labels(word).inc(int((kept & which).sum()))
    return int(kept.sum())


def decided(
    rows: Rows, was: npt.NDArray[Any], variants: VariantColumns, version: CompiledVersion, at: datetime
) -> tuple[npt.NDArray[Any], npt.NDArray[np.int64]]:
    """Decide in the store's columns from the states before: pool states and wake-ups."""
    policy, columns = version.compiled, list(version.pool_columns)
    pools, before = was.copy(), was[:, columns]
    decision = decide_many(policy, variants, as_wide_as(rows.levels, len(policy.slots)), before, to_us(at))
    pools[:, columns] = decision.pools
    return pools, decision.due_us


def moved(before: npt.NDArray[Any], after: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """Tell which variants changed in any pool."""
    changed = (after["promised"] != before["promised"]) | (after["band"] != before["band"])
    return np.asarray((changed | (after["units"] != before["units"])).any(axis=1))


def lanes_of(before: npt.NDArray[Any], after: npt.NDArray[Any], changed: npt.NDArray[np.bool_]) -> npt.NDArray[np.int8]:
    """Say how urgently each change is told: a fall to nothing first, then rises from nothing, then the rest."""
    lanes = np.where(changed, DRIFT, NOTHING).astype(np.int8)
    was, is_now = before["promised"], after["promised"]
    lanes[changed & (was <= 0) & (is_now != 0) & (is_now != was)] = RISE
    lanes[changed & (is_now == 0) & (was != 0)] = URGENT
    lanes[is_now == BLIND_UNITS] = np.where(changed, DRIFT, NOTHING)[is_now == BLIND_UNITS]
    return lanes
