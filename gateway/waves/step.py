"""Looking after one waitlist at a time. Called by the worker; any number may, for each list is claimed under a lease.

A list is due when somebody joined it, when its variant came back, and when its next wave may go.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import structlog

from gateway.pipeline.connection import may_write
from gateway.services import Services
from gateway.store import StoreUnavailable
from gateway.store.waves import Intent, RestockWaves
from gateway.waves.choosing import choose
from gateway.waves.native import hand_over
from gateway.waves.sealing import NoSecretKey
from gateway.waves.sending import Sending, begun, ended
from gateway.waves.standing import Looked, look
from integrations.errors import AccessError, IntegrationError, TemporaryError
from integrations.ports import StockMessenger
from policies.restock import Send, Step, Stop, Wait, Why, fitness, next_wave, quiet_until

LISTS: Final = 8
LEASE_S: Final = 120.0
LOOK_AGAIN: Final = timedelta(minutes=1)
RETRY: Final = timedelta(seconds=10)
NO_ACCESS_RETRY: Final = timedelta(minutes=1)
EXPIRY: Final = timedelta(hours=1)
"""A wave that did not go by then is planned anew. Klaviyo's flows skip events that come 4 hours late (Klaviyo help): a
message much older would reach nobody anyway."""
TOLD_KEPT: Final = timedelta(days=35)

log = structlog.get_logger(__name__)


def wave_step(services: Services, at: datetime, *, epoch: str | None) -> int:
    """Look after some lists that are due; return how many.

    Tells nobody while the store is not the one that this process began with: an emptied one knows no stock.
    """
    messenger = services.messenger
    if messenger is None:
        return 0
    if epoch is None or services.store.epoch.read() != epoch:
        raise StoreUnavailable("The store was emptied or replaced: run `gateway release`, then restart the worker.")
    if not may_write(services):
        return 0
    claimed = services.store.waitlist.claim(LISTS, at, LEASE_S)
    for variant, lease in claimed:
        services.store.waitlist.settle(lease, look_after(services, messenger, variant, at))
    return len(claimed)


def look_after(services: Services, messenger: StockMessenger, variant: str, at: datetime) -> datetime | None:
    """Do what a list needs now; return when it is to be looked after again, None: when something happens."""
    try:
        if services.settings.klaviyo_back_in_stock == "native":
            return hand_over(services, messenger, variant, at)
        return _wave(services, messenger, variant, at)
    except NoSecretKey as error:
        log.warning("nobody can be told", reason=str(error))
        return at + NO_ACCESS_RETRY
    except AccessError as error:
        log.warning("nobody can be told", variant=variant, reason=str(error))
        return at + NO_ACCESS_RETRY
    except TemporaryError as error:
        log.info("telling put off", variant=variant, reason=str(error))
        return at + timedelta(seconds=error.retry_after_s or RETRY.total_seconds())
    except IntegrationError as error:
        log.warning("telling failed", variant=variant, reason=str(error))
        return at + RETRY


def _wave(services: Services, messenger: StockMessenger, variant: str, at: datetime) -> datetime | None:
    looked = look(services, variant, at)
    if looked is None:
        return at + LOOK_AGAIN
    for record in services.store.waves.all(variant):
        if record.intent is not None:
            return _go_on(services, messenger, variant, record, looked, at)
    return _begin(services, variant, looked, at)


def _go_on(
    services: Services,
    messenger: StockMessenger,
    variant: str,
    record: RestockWaves,
    looked: Looked,
    at: datetime,
) -> datetime | None:
    """Carry a wave on, or end it: it is judged anew right before its messages go."""
    sending = Sending(services, messenger, variant, record, looked.entry)
    reserved = services.store.waves.reserved(variant)
    if not reserved:
        services.store.waves.write(variant, ended(record))
        return at
    if not _still_meant(record, looked, at):
        sending.give_up(reserved)
        return at
    sending.carry_on(reserved)
    return at


def _still_meant(record: RestockWaves, looked: Looked, at: datetime) -> bool:
    intent, standing = record.intent, looked.standing
    return (
        intent is not None
        and at < intent.expires_at
        and intent.policy_version == looked.version.number
        and standing.restock_episode == record.episode
        and fitness(standing) is None
    )


def _begin(services: Services, variant: str, looked: Looked, at: datetime) -> datetime | None:
    """Begin the next wave where one may go, else write down why none does."""
    standing, terms = looked.standing, looked.version.document.restock
    if standing.restock is None:
        return None
    record = services.store.waves.get(variant, standing.restock_episode)
    quiet = quiet_until(services.settings.waves_quiet_hours, ZoneInfo(looked.version.document.time_zone), at)
    step: Step = next_wave(terms, standing, record.last_at, quiet, at)
    if not isinstance(step, Send):
        return _explained(services, variant, record, step, at)
    if not services.store.waitlist.waiting(variant):
        return _explained(services, variant, record, Stop(Why.NOBODY_WAITS), at)
    people = choose(services, variant, record.episode, terms, step.most, at)
    if not people:
        return _explained(services, variant, record, Stop(Why.TOLD_RECENTLY), at)
    units = standing.units if isinstance(standing.units, str) else int(standing.units or 0)
    intent = Intent(len(record.waves) + 1, at, at + EXPIRY, looked.version.number, units)
    services.store.waves.write(variant, begun(record, intent), people)
    kept = max(TOLD_KEPT, timedelta(hours=terms.again_after_hours))
    services.store.waitlist.purge(variant, at - kept)
    return at


def _explained(
    services: Services, variant: str, record: RestockWaves, step: Wait | Stop, at: datetime
) -> datetime | None:
    over = isinstance(step, Stop)
    next_at = None if isinstance(step, Stop) else (step.until or at + LOOK_AGAIN)
    shown = step.until if isinstance(step, Wait) else None
    if (record.why, record.over, record.next_at) != (step.why, over, shown):
        services.store.waves.write(variant, replace(record, why=step.why, over=over, next_at=shown))
    return next_at
