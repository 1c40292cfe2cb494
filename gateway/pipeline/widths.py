"""Levels and states as wide as a policy needs them: a location or a pool may be newer than a row."""

from typing import Any

import numpy as np
import numpy.typing as npt

from policies.columns import ABSENT, LevelColumns


def fitted(pools: npt.NDArray[Any], count: int) -> npt.NDArray[Any]:
    """Copy pool states, with room for so many pools at least."""
    copy = np.zeros((len(pools), max(count, pools.shape[1])), pools.dtype)
    copy[:, : pools.shape[1]] = pools
    return copy


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
