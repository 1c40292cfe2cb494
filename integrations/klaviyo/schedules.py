"""Klaviyo's words for when a message sends, in ours and back."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Final, Literal, cast

from policies.guard.dueness import Schedule, Strategy

STRATEGIES: Final[Mapping[str, Strategy]] = {
    "static": "static",
    "local_timezone": "local",
    "content_variation_local_timezone": "local",
    "throttled": "throttled",
    "variation_per_second_throttled": "throttled",
    "send_time_optimization": "smart",
    "personalized_send_time_optimization": "smart",
    "smart_send_time": "smart",
    "ab_send_time_test": "ab_test",
    "content_variation": "ab_test",
}
"""`send_options.send_strategy` as read (SDK 25.0.0, MessageSendOptions)."""

SCHEDULABLE: Final = ("static", "local_timezone", "throttled", "send_time_optimization", "smart_send_time")
"""Those that the schedule endpoint takes: the others are tests of variations, or throttled by the second."""

PERCENTAGES: Final = frozenset({1, 2, 5, 10, 11, 13, 14, 17, 20, 25, 33, 50})
"""What a throttled send may be scheduled with (SDK 25.0.0, ThrottledOptions)."""


def schedule_of(options: Mapping[str, Any], settings: Mapping[str, Any]) -> Schedule | None:
    """Read a message's send options, with the send settings of its campaign; None where nothing is scheduled."""
    word = options.get("send_strategy")
    send_at, times = instant(options.get("send_time")), options.get("send_times") or {}
    if word is None and send_at is None:
        return None
    strategy = STRATEGIES.get(str(word), "immediate" if word in (None, "immediate") else "ab_test")
    variation_times = tuple(sorted(at for value in times.values() if (at := instant(value)) is not None))
    smart = strategy == "smart"
    day = options.get("send_date") or (send_at.date().isoformat() if smart and send_at else None)
    percent = options.get("recipient_percentage")
    return Schedule(
        strategy,
        send_at=None if smart else send_at,
        send_on=_day(day) if smart else None,
        percent_per_period=percent if strategy == "throttled" and percent in PERCENTAGES else None,
        period=cast(Literal["hour", "minute"], options.get("throttle_unit") or "hour"),
        passed_zones_tomorrow=strategy == "local" and settings.get("send_passed_rltz_immediately") is False,
        variation_times=variation_times,
    )


def restorable(word: object, schedule: Schedule | None) -> bool:
    """Tell whether the schedule endpoint can say all of it; tests of variations it cannot."""
    return word in SCHEDULABLE and schedule is not None and schedule.can_be_said_again


def attributes_of(schedule: Schedule) -> dict[str, Any]:
    """Write a schedule for the schedule endpoint (Klaviyo, Schedule Campaign Message)."""
    if not schedule.can_be_said_again:
        raise ValueError(f"A schedule of strategy {schedule.strategy} cannot be said again.")
    match schedule.strategy:
        case "smart" if schedule.send_on is not None:
            return {"strategy": "smart_send_time", "send_date": schedule.send_on.isoformat()}
        case "local":
            told: dict[str, Any] = {"strategy": "local_timezone"}
            told["timezone_options"] = {"send_past_timezones_tomorrow": schedule.passed_zones_tomorrow}
        case "throttled":
            told = {"strategy": "throttled"}
            told["throttled_options"] = {
                "throttling_percentage": schedule.percent_per_period,
                "throttle_unit": schedule.period,
            }
        case _:
            told = {"strategy": "static"}
    return told | {"send_time": None if schedule.send_at is None else schedule.send_at.isoformat()}


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(str(text)) if text else None
    except ValueError:
        return None


def instant(text: object) -> datetime | None:
    """Read a time of Klaviyo's; one without an offset is UTC."""
    if isinstance(text, datetime):
        return text if text.tzinfo else text.replace(tzinfo=UTC)
    if not isinstance(text, str) or not text:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
