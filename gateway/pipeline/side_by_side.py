"""Calls to an outside system, side by side: one after the other, the time an answer takes would set the pace."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final, TypeVar

R = TypeVar("R")

AT_ONCE: Final = 6
"""Requests on their way at one time: 12.5 a second, answered within half a second, need no more."""


def side_by_side(calls: Sequence[Callable[[], R]]) -> list[R]:
    """Make calls at the same time, at most `AT_ONCE`; return their results in order, or raise the first failure."""
    if len(calls) < 2:  # noqa: PLR2004  (nothing to do beside it)
        return [call() for call in calls]
    with ThreadPoolExecutor(min(len(calls), AT_ONCE)) as pool:
        return [future.result() for future in [pool.submit(call) for call in calls]]
