"""Guards, featured variants and messages with sensible defaults."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from policies.document import Guard, GuardCondition
from policies.guard import Featured
from policies.values import Band

AT = datetime(2026, 11, 25, 12, tzinfo=UTC)


def guard(**changes: Any) -> Guard:
    """The guard of the policy language's own example, acting by itself where told."""
    fields: dict[str, Any] = {
        "name": "House",
        "pool": "ship",
        "hold_when": condition("low", 50),
        "release_when": condition("healthy", 100),
    }
    return Guard(**{**fields, **changes})


def condition(band: str, share_percent: Any) -> GuardCondition:
    return GuardCondition(band, Decimal(share_percent))


def featured(variant: str = "tee-m", band: str = "healthy", **changes: Any) -> Featured:
    return Featured(variant, **{"band": Band[band.upper()], **changes})
