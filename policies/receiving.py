"""When units that were received begin to count (policy language, section "Received units").

Called by `gateway.movements.received` for every level that a transfer's units came to lately.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from policies.document import Receiving


@dataclass(frozen=True, slots=True)
class Receipt:
    """Units of one variant that were accepted at one place."""

    shipment: str
    units: int
    at: datetime
    complete: bool  # nothing of its shipment is to come any more


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many of the units received do not count yet, and when the first of them will by time alone."""

    units: int = 0
    until: datetime | None = None


def waiting(terms: Receiving, receipts: Sequence[Receipt], at: datetime) -> Waiting:
    """Sum what waits of some receipts at a moment."""
    if terms == "on_complete":
        return Waiting(sum(receipt.units for receipt in receipts if not receipt.complete))
    if isinstance(terms, str):
        return Waiting()
    ends = [(receipt.at + timedelta(minutes=terms), receipt.units) for receipt in receipts]
    left = [(end, units) for end, units in ends if end > at]
    return Waiting(sum(units for _, units in left), min((end for end, _ in left), default=None))
