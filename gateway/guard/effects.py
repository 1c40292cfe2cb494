"""What a decision does in Klaviyo, in plain sentences, for a person who is about to take it. Does nothing itself.

Facts of Klaviyo: `revert` sends a scheduled message back to draft and forgets its schedule (API, Update Campaign
Message Schedule); a flow's message that is set to manual waits in "Needs review" while people keep moving, and turning
it live later does not send what waits there (help, "Understanding flow statuses").
"""

from datetime import UTC, datetime, tzinfo
from typing import Final

from gateway.store.holds import Hold
from integrations.ports import FLOW_STEP, Message
from policies.guard import Schedule

STEP_HELD: Final = (
    "Only this step of the flow is set to manual; the flow and its other steps go on.",
    "Whoever comes to the step while it is held keeps moving through the flow. Their message waits under Needs review "
    "in Klaviyo and is not sent by itself, nor when the step is released: somebody has to send it there.",
    "A tag on the flow says that we hold the step, and goes with the hold.",
)
STEP_RELEASED: Final = (
    "The step is set to live again: whoever comes to it from now on gets the message.",
    "Those who came while it was held are not sent to by this. Their messages wait under Needs review in Klaviyo: "
    "send or discard them there.",
)
LET_BE: Final = "The guard leaves it alone until its stock is well again or it has sent."
LET_STEP_BE: Final = "The guard leaves it alone until its stock is well again."


def of_hold(message: Message, zone: tzinfo = UTC) -> tuple[str, ...]:
    """Say what holding a message does."""
    if message.id.startswith(FLOW_STEP):
        return STEP_HELD
    back = "Klaviyo takes it back to draft, so nobody gets it; whoever works on it there finds it under drafts."
    if message.schedule is None or not message.restorable:
        when = "" if message.schedule is None else f" It was to be sent {schedule_words(message.schedule, zone)}."
        return back, f"Klaviyo's interface cannot schedule it again as it is: you do that yourself, in Klaviyo.{when}"
    kept = f"Klaviyo forgets its schedule. We keep it: {schedule_words(message.schedule, zone)}."
    return back, kept, "A tag on the campaign says that we hold it, and goes with the hold. Nothing of it is changed."


def of_release(hold: Hold, schedule: Schedule | None, zone: tzinfo = UTC) -> tuple[str, ...]:
    """Say what releasing a held message to a schedule does."""
    if hold.message.startswith(FLOW_STEP):
        return *STEP_RELEASED, LET_STEP_BE
    when = "at the time that you choose" if schedule is None else schedule_words(schedule, zone)
    return f"Klaviyo schedules it again: {when}. Content and audience are as they stand in Klaviyo now.", LET_BE


def of_override(hold: Hold) -> tuple[str, ...]:
    """Say what dismissing a proposal does."""
    if hold.message.startswith(FLOW_STEP):
        return "Nothing is changed in Klaviyo: it goes on sending.", LET_STEP_BE
    return "Nothing is changed in Klaviyo: it stays scheduled as it is.", LET_BE


def schedule_words(schedule: Schedule, zone: tzinfo = UTC) -> str:
    """Say when and how a message sends, in a zone's time."""
    match schedule.strategy:
        case "smart" if schedule.send_on is not None:
            return f"on {schedule.send_on:%-d %B}, at each recipient's own best hour"
        case "local" if schedule.send_at is not None:
            late = "the next day" if schedule.passed_zones_tomorrow else "at once"
            at = f"{schedule.send_at.astimezone(UTC):%-d %B, %H:%M}"  # a wall clock, told as if it were UTC
            return f"on {at} in each recipient's own time zone; where that has passed, {late}"
        case "throttled" if schedule.send_at is not None and schedule.percent_per_period:
            pace = f"{schedule.percent_per_period} % of the recipients each {schedule.period}"
            return f"from {_time(schedule.send_at, zone)}, {pace}"
        case "ab_test":
            return "as its test of variations says"
    return "at once" if schedule.send_at is None else f"on {_time(schedule.send_at, zone)}"


def _time(at: datetime, zone: tzinfo) -> str:
    return f"{at.astimezone(zone):%-d %B, %H:%M %Z}"
