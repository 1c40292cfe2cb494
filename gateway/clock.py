"""The only place that reads or waits on the clock. Called by processes and edges, which pass times on as `at`."""

import time
from datetime import UTC, datetime


def now() -> datetime:
    """Tell the time: aware, UTC."""
    return datetime.now(UTC)  # noqa: TID251


def elapsed() -> float:
    """Read seconds on a clock that never goes back; only differences mean anything."""
    return time.monotonic()  # noqa: TID251


def pause(seconds: float) -> None:
    """Wait that long."""
    time.sleep(seconds)
