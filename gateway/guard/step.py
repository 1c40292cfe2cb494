"""One turn of the guard. Called by the worker; correct however many call it, the lease only saves requests."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

import structlog

from gateway.guard.check import Check, act_on, look
from gateway.guard.features import GUARD_TAG, Known, known_features
from gateway.guard.held import find_again, look_after
from gateway.guard.judging import Judged, judge_messages
from gateway.guard.registry import Memory, read_features, refresh
from gateway.guard.settle import Settling
from gateway.pipeline.connection import may_write
from gateway.policy_library import CompiledVersion
from gateway.services import Services
from gateway.store import StoreUnavailable
from gateway.store.campaigns import Features
from gateway.store.holds import Hold
from integrations.errors import IntegrationError
from integrations.ports import Desks, Inspection
from policies.guard import Phase

LEASE: Final = "guard"
LOOK_EVERY: Final = timedelta(seconds=1)
UNGUARDED: Final = "unguarded"

log = structlog.get_logger(__name__)


def guard_step(services: Services, at: datetime, *, epoch: str | None, memory: Memory) -> int:
    """Look outside when the interval has passed, else only at what changed here; return how many were touched.

    Does nothing while the store is not the one that this process began with: an emptied one knows no stock.
    """
    if services.desks is None or at < memory.rests_until or services.policies.current() is None:
        return 0
    memory.rests_until = at + LOOK_EVERY
    if epoch is None or services.store.epoch.read() != epoch:
        raise StoreUnavailable("The store was emptied or replaced: run `gateway release`, then restart the worker.")
    if not may_write(services):
        return 0  # the key was not seen to open the account that this house belongs to
    lease = services.store.lease(LEASE)
    if not lease.acquire(blocking=False):
        return 0
    try:
        whole = services.store.holds.take_turn(timedelta(seconds=services.settings.guard_interval_s))
        return guard_turn(services, services.desks, memory, at, whole=whole)
    finally:
        if lease.owned():
            lease.release()


def guard_turn(services: Services, desks: Desks, memory: Memory, at: datetime, *, whole: bool) -> int:
    """Carry out what is meant, judge all, and carry out what follows; `whole`: also look at what is outside."""
    touched = settle_all(services, desks, memory, at)
    if whole:
        try:
            tags = refresh(services, desks, memory, at)
            find_again(services, desks, tags, at)
        except IntegrationError as error:
            log.warning("Klaviyo not read, judging by what is known", reason=str(error))
    version = services.policies.current()
    if version is None or not (whole or _moved(services, memory)):
        return touched
    known = known_features(services.store)
    check = look(services, version, known, at)
    memory.sequences = dict(check.sequences)
    meant = act_on(services, version, check, at)
    try:
        meant += look_after(services, desks, check, at)
    except IntegrationError as error:
        log.warning("held messages not looked at", reason=str(error))
    _ask_about_unguarded(services, known, check, at)
    return touched + settle_all(services, desks, memory, at, only=meant)


def _moved(services: Services, memory: Memory) -> bool:
    """Tell whether a person changed what is featured, or any featured variant was decided since the last look."""
    if services.store.campaigns.woken():
        return True
    variants = list(memory.sequences)
    if not variants:
        return False
    sequences = services.store.ledger.read(variants).sequences
    return [int(number) for number in sequences] != list(memory.sequences.values())


def settle_all(
    services: Services, desks: Desks, memory: Memory, at: datetime, *, only: Sequence[str] | None = None
) -> int:
    """Carry out every intent, or those of some messages; one that fails stops no other."""
    touched = 0
    for hold in services.store.holds.all().values():
        if hold.phase in (Phase.HOLDING, Phase.RELEASING) and (only is None or hold.message in only):
            touched += Settling(services, desks, hold, _Rejudge(services, desks, memory, hold)).run()
    return touched


class _Rejudge:
    """Judges one message anew at the moment before it is touched: stock, policy and content as they are then."""

    def __init__(self, services: Services, desks: Desks, memory: Memory, hold: Hold) -> None:
        self._services, self._desks, self._memory, self._hold = services, desks, memory, hold

    def __call__(self, inspected: Inspection) -> Judged | None:
        version: CompiledVersion | None = self._services.policies.current()
        if version is None:
            return None
        at = self._services.now()
        known = known_features(self._services.store)
        features = known.of(inspected.message)
        if features is None or features.by == "content":
            read: Features = read_features(self._services, self._desks, self._memory, inspected, at)
            known = replace(known, readings={**known.readings, inspected.message.id: read})
        group = inspected.message.group or self._hold.group
        message = replace(inspected.message, group=group, schedule=inspected.message.schedule or self._hold.schedule)
        judged, _ = judge_messages(self._services, version, [message], known, at)
        return judged.get(message.id)


def _ask_about_unguarded(services: Services, known: Known, check: Check, at: datetime) -> None:
    """Ask a person what a message features that must be guarded and shows nothing we know."""
    for id_, judged in check.judged.items():
        if not known.must_be_guarded(judged.message):
            continue
        if judged.verdict.guarded:
            services.store.doubts.clear(UNGUARDED, id_)
        else:
            sentence = f"{judged.message.name} carries the tag {GUARD_TAG}, and no product of it is known. Name them."
            services.store.doubts.raise_(UNGUARDED, id_, sentence, {"campaign": judged.message.group}, at)
