"""What of the catalogue's number waits for a person after a restock or a return (policy language, section 6)."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Literal

from policies.causes import FIRST_SIGHT, Raises, may_alert
from policies.decision import PoolDecision
from policies.document import Document
from policies.reasons import Reason, ReasonCode
from policies.values import UNLIMITED, Band, Units

Kind = Literal["restock", "return"]


@dataclass(frozen=True, slots=True)
class StepUp:
    """What a step out of `out` in the default pool means for those who wait."""

    kind: Kind
    cause: str
    alerts: bool
    waits: bool


def step_up(kind: Kind, cause: str, document: Document) -> StepUp:
    """Judge a restock, or a return, by its cause."""
    alerts = kind == "restock" and may_alert(cause, document.restock.causes)
    if kind == "return" or cause == FIRST_SIGHT:
        return StepUp(kind, cause, alerts, document.catalog_return == "confirm")
    return StepUp(kind, cause, alerts, not alerts and document.catalog_restock == "confirm")


def releases(raises: Raises, causes: Collection[str]) -> bool:
    """Tell whether what raised the units meanwhile lets a waiting number go: any input by a cause that may alert."""
    return any(may_alert(cause, causes) for cause in raises)


def as_recorded(decision: PoolDecision, *, awaits_restock: bool, awaits_return: bool) -> PoolDecision:
    """Say of a recomputed decision what was decided about waiting, which causes and people had a part in."""
    if (decision.awaits_restock, decision.awaits_return) == (awaits_restock, awaits_return):
        return decision
    waits = awaits_restock or awaits_return
    others = tuple(reason for reason in decision.reasons if reason.code is not ReasonCode.AWAITS_CONFIRMATION)
    return replace(
        decision,
        awaits_restock=awaits_restock,
        awaits_return=awaits_return,
        promised_units=0 if waits else _unwaited(decision),
        reasons=(*others, Reason(ReasonCode.AWAITS_CONFIRMATION)) if waits else others,
    )


def _unwaited(decision: PoolDecision) -> Units:
    units, cap = decision.units, decision.settings["cap_units"].value
    if units is None or decision.band is Band.OUT:
        return None if units is None else 0
    if not isinstance(cap, int):
        return units
    return cap if units == UNLIMITED else min(int(units), cap)
