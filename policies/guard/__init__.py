"""Guards: what a message features is judged, when it sends is understood, and the next step is chosen. All pure."""

from policies.guard.dueness import Schedule, SendWindow, is_due, left_to_save, send_window
from policies.guard.judge import judge
from policies.guard.steps import Episode, Phase, Situation, Status, Step, effects_per_hour, next_step
from policies.guard.values import Demand, Featured, Share, Verdict

__all__ = [
    "Demand",
    "Episode",
    "Featured",
    "Phase",
    "Schedule",
    "SendWindow",
    "Share",
    "Situation",
    "Status",
    "Step",
    "Verdict",
    "effects_per_hour",
    "is_due",
    "judge",
    "left_to_save",
    "next_step",
    "send_window",
]
