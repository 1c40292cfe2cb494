"""Look for what staff should know, and tell it to every channel. Called by the worker; correct however many call it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import structlog

from gateway import metrics
from gateway.alerts.alert import Alert
from gateway.alerts.message import message_of
from gateway.alerts.of_holds import alerts_of_holds
from gateway.alerts.of_the_house import DOUBT_KINDS, alerts_of_doubts
from gateway.pipeline.connection import SYSTEM
from gateway.pipeline.destinations import ALERTS
from gateway.pipeline.side_by_side import side_by_side
from gateway.services import Services
from gateway.store.values import OutboxEntry, Told
from integrations.errors import PermanentError, TemporaryError
from integrations.ports import AlertChannel
from policies.columns import EPOCH

LOOK_EVERY: Final = timedelta(seconds=10)
"""What comes about between two looks is told in one message."""
LEASE_S: Final = 60.0
"""Longer than a message takes; shorter, it would be told twice."""
PARKED_FOR: Final = timedelta(hours=1)
AT_ONCE: Final = 1_000
LANE: Final = 2  # no alert goes before its time
PAGE: Final = 200

log = structlog.get_logger(__name__)


@dataclass
class Rest:
    """What one process may forget: until when it does not look."""

    until: datetime = EPOCH


def alert_step(services: Services, at: datetime, *, rest: Rest) -> int:
    """Look and tell, every few seconds and one process at a time; return how many alerts were claimed."""
    if not services.alert_channels or at < rest.until:
        return 0
    rest.until = at + LOOK_EVERY
    lease = services.store.lease(ALERTS)
    if not lease.acquire(blocking=False):
        return 0
    try:
        return tell_staff(services, at)
    finally:
        if lease.owned():
            lease.release()


def tell_staff(services: Services, at: datetime) -> int:
    """Want told what is news, forget what is over, and tell what is due."""
    alerts = {alert.key: alert for alert in _alerts_now(services)}
    _want(services, alerts, at)
    _try_parked_again(services, at)
    entries = services.store.outbox.claim(ALERTS, AT_ONCE, at, LEASE_S)
    by_channel: dict[str, list[OutboxEntry]] = {}
    for entry in entries:
        by_channel.setdefault(_channel_of(entry.target), []).append(entry)
    channels = {channel.name: channel for channel in services.alert_channels}
    for name in by_channel.keys() - channels.keys():  # its address was taken away
        services.store.outbox.ack(ALERTS, by_channel[name], at)
    side_by_side(
        [
            partial(_tell, services, channels[name], some, alerts, at)
            for name, some in by_channel.items()
            if name in channels
        ]
    )
    return len(entries)


def _alerts_now(services: Services) -> list[Alert]:
    version = services.policies.current()
    guards = {} if version is None else {guard.name: guard for guard in version.document.guards}
    state = services.store.connections.state(SYSTEM)
    doubts = services.store.doubts.of(DOUBT_KINDS.keys())
    return [
        *alerts_of_holds(services.store.holds.all().values(), guards),
        *alerts_of_doubts(doubts, writable=state is not None and state.writable),
    ]


def _want(services: Services, alerts: Mapping[str, Alert], at: datetime) -> None:
    told = services.store.told.all(ALERTS)
    names = {channel.name for channel in services.alert_channels}
    news: dict[timedelta, list[str]] = {}
    for key, alert in alerts.items():
        targets = [_target(name, key) for name in names]
        news.setdefault(alert.lasts, []).extend(one for one in targets if alert.is_news(told.get(one), at))
    for lasts, targets in news.items():
        services.store.outbox.put(ALERTS, targets, LANE, at + lasts)
    over = [target for target in told if _key_of(target) not in alerts or _channel_of(target) not in names]
    services.store.told.forget(ALERTS, over)


def _try_parked_again(services: Services, at: datetime) -> None:
    """Ask a channel that refused again after a while: addresses are mended elsewhere, and nobody tells us."""
    cursor = None
    while True:
        lines, cursor = services.store.outbox.page(ALERTS, "parked", PAGE, cursor)
        for line in lines:
            if at - line.due_at >= PARKED_FOR:
                services.store.outbox.unpark(ALERTS, line.target, at)
        if cursor is None:
            return


def _tell(
    services: Services, channel: AlertChannel, entries: Sequence[OutboxEntry], alerts: Mapping[str, Alert], at: datetime
) -> None:
    """Send what is still so and still news to one channel as one message."""
    outbox = services.store.outbox
    told = services.store.told.get(ALERTS, [entry.target for entry in entries])
    found = [(entry, alerts[key]) for entry in entries if (key := _key_of(entry.target)) in alerts]
    lines = [(entry, alert) for entry, alert in found if alert.is_news(told.get(entry.target), at)]
    telling = [entry for entry, _ in lines]
    outbox.ack(ALERTS, [entry for entry in entries if entry not in telling], at)
    if not lines:
        return
    repeated = any(entry.unknown_outcome for entry in telling)
    title, text = message_of([alert for _, alert in lines], services.settings.public_url, repeated=repeated)
    outcome = "told"
    try:
        channel.tell(title, text)
        outbox.ack_told(ALERTS, [(entry, Told(alert.mark, None, at, exists=True)) for entry, alert in lines], at)
    except PermanentError as error:
        outcome = "refused"
        outbox.park(ALERTS, telling, str(error), at)
        log.warning("staff not told", reason=str(error), alerts=len(telling))
    except TemporaryError as error:
        outcome = "failed"
        outbox.retry(ALERTS, telling, at, str(error))
        log.warning("staff not told yet", reason=str(error), alerts=len(telling))
    metrics.STAFF_ALERTS.labels(channel.kind, outcome).inc()


def _target(channel: str, key: str) -> str:
    return f"{channel}|{key}"


def _channel_of(target: str) -> str:
    return target.partition("|")[0]


def _key_of(target: str) -> str:
    return target.partition("|")[2]
