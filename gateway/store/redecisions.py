"""What is still to be marked due after a publication: one piece of work a version, claimed under a lease.

The script that publishes puts the work here in the same step, so a crash after it loses nothing. Marks are made from
here little by little (`gateway.policy_versions.marking`), behind whatever changes live.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from gateway.store.connection import Connection
from gateway.store.keys import Keys
from gateway.store.leased import LeasedSets
from gateway.store.values import Lease
from policies.columns import to_us

AUDIT: Final = "audit"


@dataclass(frozen=True, slots=True)
class Redecision:
    """The variants that a version touches, from a row of every partition on; or telling the audit trail of it."""

    number: int
    row: int
    audit: bool
    lease: Lease


class Redecisions:
    """The leased set of that work, and how far each piece is."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self._connection, self._sets = connection, LeasedSets(connection)
        self.key, self._rows = keys.house("redecisions"), keys.house("redecisions:rows")

    def claim(self, at: datetime, lease_s: float) -> Redecision | None:
        """Claim the oldest piece of work."""
        for _, lease in self._sets.claim([self.key], 1, at, lease_s):
            number, _, what = lease.member.partition(":")
            row = int(self._connection.command("HGET", self._rows, lease.member) or 0)
            return Redecision(int(number), row, what == AUDIT, lease)
        return None

    def pause(self, work: Redecision, row: int, at: datetime) -> None:
        """Give work back that is done up to a row; what was wanted again meanwhile begins anew."""
        self._connection.script("pause", [self.key, self._rows], [work.lease.member, work.lease.token, to_us(at), row])

    def complete(self, work: Redecision) -> None:
        """Finish work; what was wanted again meanwhile stays."""
        self._connection.command("HDEL", self._rows, work.lease.member)
        self._sets.settle("complete", [(self.key, work.lease)], None)

    def waiting(self) -> int:
        """Count the pieces of work that are not done."""
        return int(self._connection.command("ZCARD", self.key))
