"""Readings and decision batches with sensible defaults."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from gateway.store import Claims, DecisionBatch
from policies.columns import POOL_STATE
from policies.values import Reading

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)


def after(seconds: float) -> datetime:
    """The time so many seconds past noon."""
    return NOON + timedelta(seconds=seconds)


def reading(variant: str = "v1", location: str = "l1", seconds: float = 0, **changes: Any) -> Reading:
    """A reading of 5 available pieces, observed so many seconds past noon."""
    fields: dict[str, Any] = {"source": "shop", "quantities": {"available": 5}, "observed_at": after(seconds)}
    return Reading(variant=variant, location=location, **{**fields, **changes})


def decisions(claims: Claims, **changes: Any) -> DecisionBatch:
    """Decisions that change nothing, ask for no wake-up and tell nobody."""
    rows, count = claims.rows, len(claims)
    fields: dict[str, Any] = {
        "pools": np.zeros((count, rows.pools.shape[1]), POOL_STATE),
        "due_us": np.zeros(count, np.int64),
        "changed": np.zeros(count, np.bool_),
        "tell": {},
        "policy_version": 1,
        "at": NOON,
    }
    return DecisionBatch(rows=rows, token=claims.token, **{**fields, **changes})
