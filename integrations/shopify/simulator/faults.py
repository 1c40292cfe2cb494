"""Failing on demand: how many of the next requests or deliveries go wrong, and in which way."""

import threading
from dataclasses import dataclass, field, fields
from typing import Any

from integrations.shopify.simulator.model import RefusedError


@dataclass
class Faults:
    """Counters that run down to zero, and a delay that stays until changed."""

    throttle: int = 0  # answers THROTTLED
    server_error: int = 0  # answers 503
    slow_ms: int = 0  # added to every answer
    drop_webhooks: int = 0  # never sent
    duplicate_webhooks: int = 0  # sent twice under the same Webhook-Id
    reorder_webhooks: int = 0  # held back, then sent last first
    bulk_failed: int = 0  # operations that end with a part of their file
    bulk_expired: int = 0  # files that are gone
    bulk_cut_short: int = 0  # files whose transfer ends in the middle
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def set(self, changes: dict[str, Any]) -> dict[str, int]:
        """Change some counters; all or none."""
        names = {one.name for one in fields(self) if not one.name.startswith("_")}
        for name, value in changes.items():
            if name not in names or not isinstance(value, int) or isinstance(value, bool) or value < 0:
                raise RefusedError(f"faults are {', '.join(sorted(names))}, zero or more; got {name} = {value!r}")
        with self._lock:
            for name, value in changes.items():
                setattr(self, name, value)
        return self.told()

    def take(self, name: str) -> bool:
        """Use up one of a counter, if any is left."""
        with self._lock:
            left: int = getattr(self, name)
            if left > 0:
                setattr(self, name, left - 1)
            return left > 0

    def told(self) -> dict[str, int]:
        """Say what is set."""
        return {one.name: getattr(self, one.name) for one in fields(self) if not one.name.startswith("_")}
