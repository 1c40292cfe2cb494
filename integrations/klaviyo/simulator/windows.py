"""Klaviyo's rate limits: fixed windows of a second and of a minute, per endpoint."""

import math
from collections.abc import Callable
from typing import Final

BURST_S: Final = 1.0
STEADY_S: Final = 60.0


class Windows:
    """Counts the requests of every endpoint; not thread-safe, the server locks."""

    def __init__(self, elapsed: Callable[[], float]) -> None:
        """Count by a monotonic clock in seconds."""
        self._elapsed = elapsed
        self._counts: dict[tuple[str, float], tuple[int, int]] = {}

    def admit(self, endpoint: str, burst: int, steady: int) -> tuple[bool, dict[str, str]]:
        """Count one request; return whether it may pass, and the headers that say so."""
        at = self._elapsed()
        used = {}
        for window_s, limit in ((BURST_S, burst), (STEADY_S, steady)):
            number = int(at // window_s)
            last, count = self._counts.get((endpoint, window_s), (number, 0))
            used[window_s] = (number, count if last == number else 0)
            if used[window_s][1] >= limit:
                return False, {"Retry-After": str(max(1, math.ceil((number + 1) * window_s - at)))}
        for window_s, (number, count) in used.items():
            self._counts[endpoint, window_s] = (number, count + 1)
        number, count = used[STEADY_S]
        return True, {
            "RateLimit-Limit": str(steady),
            "RateLimit-Remaining": str(steady - count - 1),
            "RateLimit-Reset": str(math.ceil((number + 1) * STEADY_S - at)),
        }
