"""What the sample shop's marketing plans: the messages of the next three days and two flows.

Each is planned anew once it was sent or cancelled, so that an account that is looked at for days never runs dry.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from integrations.klaviyo.simulator import sample_templates as templates
from integrations.klaviyo.simulator.campaigns import Messaging, Record
from integrations.klaviyo.simulator.sample_templates import Shown

OVER: Final = ("sent", "cancelled")
LOOK_EVERY: Final = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Shelf:
    """Products of the sample shop by how they sell: four of each at least."""

    gone: tuple[Shown, ...]
    low: tuple[Shown, ...]
    deep: tuple[Shown, ...]


@dataclass(frozen=True, slots=True)
class Plan:
    """One message that is planned again and again."""

    slot: str
    name: str
    hours: float  # from when it is planned to its first recipient
    channel: str
    write: Callable[[Shelf], Record]
    strategy: str = "static"
    tags: tuple[str, ...] = ()


PLANS: Final = (
    Plan("push-drop", "Last pairs", 3, "push", lambda shelf: templates.push(shelf.low[0])),
    Plan("weekender", "The bag is here", 5, "email", lambda shelf: templates.launch(shelf.gone[0], shelf.deep[:3])),
    Plan("sms-low", "Tonight only", 8, "sms", lambda shelf: templates.sms(shelf.low[1]), "throttled"),
    Plan("letter", "Letter from the harbour", 11, "email", lambda _: templates.letter(), tags=("stock-guard",)),
    Plan("sms-deep", "Free delivery", 20, "sms", lambda shelf: templates.sms(shelf.deep[3])),
    Plan("edit", "The edit", 33, "email", lambda shelf: templates.grid([shelf.gone[1], *shelf.deep[4:7]])),
    Plan("basics", "Basics", 42, "email", lambda shelf: templates.grid(shelf.deep[:6]), "smart"),
    Plan(
        "morning", "Good morning", 60, "email", lambda shelf: templates.grid([*shelf.low[2:4], shelf.deep[7]]), "local"
    ),
)
LABELS: Final = {"email": "E-mail", "sms": "SMS", "push": "Push"}
RATE: Final = 20
"""Percent an hour of a throttled message."""


class SampleCampaigns:
    """Keeps an account supplied with messages that are about to send."""

    def __init__(self, messaging: Messaging, shelf: Shelf) -> None:
        """Plan for an account; nothing is planned yet."""
        self._messaging, self._shelf = messaging, shelf
        self._looked_at: datetime | None = None

    def keep_up(self, at: datetime) -> None:
        """Plan what is missing."""
        if self._looked_at is not None and at - self._looked_at < LOOK_EVERY:
            return
        self._looked_at = at
        for plan in PLANS:
            of_slot = [one for id_, one in self._messaging.messages.items() if id_.rpartition("-")[0] == plan.slot]
            if all(one["status"] in OVER for one in of_slot):
                self._plan(plan, len(of_slot) + 1, at)
        if "browse" not in self._messaging.flows:
            self._messaging.add_flow(templates.back_in_stock())
            self._messaging.add_flow(templates.browse_abandonment(self._shelf.low[0], self._shelf.deep[0]))

    def _plan(self, plan: Plan, edition: int, at: datetime) -> None:
        message = {
            "id": f"{plan.slot}-{edition}",
            "name": LABELS[plan.channel],
            "channel": plan.channel,
            "send_options": _send_options(plan, at),
            **plan.write(self._shelf),
        }
        name = f"{plan.name}, again ({edition})" if edition > 1 else plan.name
        told: dict[str, Any] = {"id": f"{plan.slot}-campaign-{edition}", "messages": [message], "tags": plan.tags}
        self._messaging.add_campaign(told | {"name": name})


def _send_options(plan: Plan, at: datetime) -> Record:
    send_at = (at + timedelta(hours=plan.hours)).replace(minute=0, second=0, microsecond=0)
    match plan.strategy:
        case "smart":
            return {
                "send_strategy": "send_time_optimization",
                "send_date": (send_at + timedelta(days=1)).date().isoformat(),
            }
        case "local":
            return {"send_strategy": "local_timezone", "send_time": send_at.isoformat()}
        case "throttled":
            options = {"send_strategy": "throttled", "recipient_percentage": RATE, "throttle_unit": "hour"}
            return options | {"send_time": send_at.isoformat()}
    return {"send_strategy": "static", "send_time": send_at.isoformat()}
