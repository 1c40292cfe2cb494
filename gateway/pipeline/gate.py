"""Whether Klaviyo may be called now, as far as one process knows. Forgetting it costs one request and nothing else."""

from datetime import datetime, timedelta
from typing import Final

NO_ACCESS: Final = "No access: "
"""How the reason of every entry begins that was parked because the key was refused."""

FIRST_WAIT_S, LONGEST_WAIT_S = 2.0, 60.0
LONGEST_PACE_S = 1.0
ACCESS_WAIT_S = 30.0


class Gate:
    """Closed while Klaviyo, or our allowance, asks us to wait; longer each time in a row that a call fails."""

    def __init__(self) -> None:
        self._until: datetime | None = None
        self._failures = 0
        self.access_in_doubt = True  # until a call is accepted: a key may have been changed between two processes

    def is_open(self, at: datetime) -> bool:
        """Tell whether to call."""
        return self._until is None or at >= self._until

    def close(self, at: datetime, seconds: float) -> None:
        """Call nobody for so long."""
        self._until = at + timedelta(seconds=seconds)

    def asked_to_wait(self, at: datetime, seconds: float) -> None:
        """Wait a little: how long each may not call is the account's budget's to say, and what is urgent may sooner."""
        self.close(at, min(seconds, LONGEST_PACE_S))

    def failed(self, at: datetime) -> None:
        """Wait after a failure that does not say how long."""
        self._failures += 1
        self.close(at, min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** min(self._failures - 1, 10)))

    def refused(self, at: datetime) -> None:
        """Wait for a person to mend the key; one call now and then finds out."""
        self.access_in_doubt = True
        self.close(at, ACCESS_WAIT_S)

    def passed(self) -> None:
        """Note that a call was accepted."""
        self._until, self._failures, self.access_in_doubt = None, 0, False
