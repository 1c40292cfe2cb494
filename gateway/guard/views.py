"""Verdicts and holds as the API and the console show them."""

from datetime import datetime
from typing import Any

from gateway.guard.judging import Judged
from gateway.store.campaigns import Features
from gateway.store.holds import Hold
from integrations.ports import FLOW_STEP, Message
from policies.guard import Schedule, send_window

FLOW_EFFECT = "People keep moving through the flow; while it is held this message waits in review and is not sent."


def verdict_view(judged: Judged, policy_version: int) -> dict[str, Any]:
    """Show a verdict with its numbers."""
    verdict = judged.verdict
    headroom = verdict.headroom
    return {
        "verdict": verdict.word,
        "guard": judged.guard.name,
        "mode": judged.guard.mode,
        "due": judged.due,
        "guarded": verdict.guarded,
        "at": time_text(verdict.at),
        "policy_version": policy_version,
        "reasons": [{"code": reason.code, "sentence": reason.sentence} for reason in verdict.reasons],
        "hold_share": {"matching": verdict.hold_share.matching, "of": verdict.hold_share.of},
        "release_share": {"matching": verdict.release_share.matching, "of": verdict.release_share.of},
        "headroom": None
        if headroom is None
        else {"expected_units": headroom.expected_units, "units": headroom.units, "short": headroom.short},
        "variants": [
            {
                "variant": one.variant,
                "role": one.role,
                "band": one.band.word,
                "units": one.units,
                "blind": one.blind,
                "awaits_confirmation": one.awaits_confirmation,
            }
            for one in verdict.judged
        ],
    }


def message_view(message: Message) -> dict[str, Any]:
    """Show a message as it was last read."""
    window = None if message.schedule is None else send_window(message.schedule)
    return {
        "id": message.id,
        "kind": "flow_step" if message.id.startswith(FLOW_STEP) else "campaign_message",
        "campaign": message.group,
        "name": message.name,
        "channel": message.channel,
        "status": message.status,
        "schedule": schedule_view(message.schedule),
        "first_send_at": time_text(window.first_at if window else None),
        "last_send_at": time_text(window.last_at if window else None),
        "restorable": message.restorable,
        "while_held": FLOW_EFFECT if message.id.startswith(FLOW_STEP) else None,
    }


def features_view(features: Features | None) -> dict[str, Any] | None:
    """Show what a message features and who says so."""
    if features is None:
        return None
    demand = features.demand
    return {
        "by": features.by,
        "actor": features.actor or None,
        "features": [
            {"variant": line.variant, "role": line.role, "why": line.why, "cancels_alone": line.cancels_alone}
            for line in features.lines
        ],
        "unresolved": list(features.unresolved),
        "per_person": list(features.per_person),
        "demand": None
        if demand is None
        else {
            "recipients": demand.recipients,
            "click_to_buy_percent": str(demand.click_to_buy_percent),
            "demand_share_percent": None if demand.hold_at_percent is None else str(demand.hold_at_percent),
        },
    }


def hold_view(hold: Hold) -> dict[str, Any]:
    """Show one hold."""
    return {
        "id": hold.message,
        "campaign": hold.group,
        "name": hold.name,
        "channel": hold.channel,
        "phase": hold.phase.value,
        "guard": hold.guard or None,
        "by": hold.by,
        "note": hold.note or None,
        "opened_at": time_text(hold.opened_at),
        "held_at": time_text(hold.held_at),
        "remind_at": time_text(hold.remind_at),
        "policy_version": hold.policy_version,
        "reasons": list(hold.reasons),
        "schedule": schedule_view(hold.schedule),
        "waits_for_a_person": waits_for_a_person(hold),
        "release_proposed": hold.release_proposed,
        "time_passed": hold.missed,
        "problem": hold.problem or None,
    }


def waits_for_a_person(hold: Hold) -> bool:
    """Tell whether a person is asked about a hold."""
    return hold.for_a_person or hold.release_proposed or hold.missed or hold.phase == "proposed"


def schedule_view(schedule: Schedule | None) -> dict[str, Any] | None:
    """Show when a message is to be sent."""
    if schedule is None:
        return None
    return {
        "strategy": schedule.strategy,
        "send_at": time_text(schedule.send_at),
        "send_on": None if schedule.send_on is None else schedule.send_on.isoformat(),
        "percent_per_period": schedule.percent_per_period,
        "period": schedule.period if schedule.strategy == "throttled" else None,
    }


def time_text(at: datetime | None) -> str | None:
    """Write a time as RFC 3339 in UTC."""
    return None if at is None else at.isoformat().replace("+00:00", "Z")
