"""Carrying a wave out, some people at a time: write what is begun, tell, write who was told.

Each message goes by an id that is always the same for its episode, variant and person. Klaviyo records only the first
event of an id (Create Event), so that telling again after a failure or a death is the same message and no second one.
A request for many is refused whole when one of them went before (Bulk Create Events), so it is tried once; from then on
each is told alone.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import structlog

from gateway import metrics
from gateway.services import Services
from gateway.store.values import CatalogEntry
from gateway.store.waitlist import Entry, ToldPerson
from gateway.store.waves import Intent, RestockWaves, Wave
from gateway.waves.sealing import Sealer, SealError
from integrations.errors import IntegrationError, PermanentError, TemporaryError
from integrations.ports import StockAlert, StockMessenger, StockNews
from policies.restock import LastTold
from policies.values import UNLIMITED

TOGETHER: Final = 500
ALONE: Final = 50
"""People told in one turn: a lease must not run out before its turn is over."""

log = structlog.get_logger(__name__)


class Sending:
    """One turn of one wave."""

    def __init__(
        self,
        services: Services,
        messenger: StockMessenger,
        variant: str,
        record: RestockWaves,
        entry: CatalogEntry | None,
    ) -> None:
        """Work on a record with an intent, under the lease of its variant."""
        self._services, self._messenger, self._variant, self._entry = services, messenger, variant, entry
        self._sealer = Sealer.of(services.settings)
        self._waves = services.store.waves
        self.record = record

    @property
    def _intent(self) -> Intent:
        intent = self.record.intent
        if intent is None:
            raise ValueError("A record without an intent has nobody to tell.")
        return intent

    def carry_on(self, reserved: dict[str, bool]) -> None:
        """Tell some of the people reserved; who was begun goes first, each alone. Raises IntegrationError."""
        begun = sorted(person for person, tried in reserved.items() if tried)
        if begun:
            self._alone(begun[:ALONE])
        else:
            self._together(sorted(reserved)[:TOGETHER])

    def give_up(self, reserved: dict[str, bool]) -> None:
        """End a wave that may not go on: who was begun may have been told, the others were not. All go on waiting."""
        begun = [person for person, tried in reserved.items() if tried]
        entries = self._services.store.waitlist.entries(self._variant, begun)
        waves = self.record.counted(unknown=len(begun)) if begun else self.record.waves
        if self._settle(ended(replace(self.record, waves=waves)), self._told(entries, "unknown"), stay=True):
            self._waves.unreserve(self._variant, list(reserved))

    def _together(self, people: Sequence[str]) -> None:
        alerts, entries = self._alerts(people)
        if not alerts:
            return
        self._waves.attempt(self._variant, list(alerts))
        try:
            self._messenger.tell_many(list(alerts.values()))
        except PermanentError:  # one is no good, or went before: each alone from here on
            metrics.ALERTS.labels("divided").inc()
            return
        except TemporaryError as error:
            if not error.outcome_unknown:
                self._waves.withdraw(self._variant, list(alerts))
            raise
        except IntegrationError:  # refused at the door
            self._waves.withdraw(self._variant, list(alerts))
            raise
        self._count("told", {person: entries[person] for person in alerts})

    def _alone(self, people: Sequence[str]) -> None:
        alerts, entries = self._alerts(people)
        told: dict[str, Entry] = {}
        refused: dict[str, Entry] = {}
        failure: IntegrationError | None = None
        for person, alert in alerts.items():
            try:
                self._messenger.tell(alert)
                told[person] = entries[person]
            except PermanentError:
                refused[person] = entries[person]
            except IntegrationError as error:
                failure = error
                break
        self._count("told", told)
        self._count("refused", refused)
        if failure is not None:
            raise failure

    def _count(self, outcome: str, entries: dict[str, Entry]) -> None:
        """Write down whom it was told, or was refused for; these go on waiting, for the fault may be in the message."""
        if entries:
            record = replace(self.record, waves=self.record.counted(**{outcome: len(entries)}))
            self._settle(record, self._told(entries, outcome), stay=outcome == "refused")
            metrics.ALERTS.labels(outcome).inc(len(entries))

    def _settle(self, record: RestockWaves, told: dict[str, ToldPerson], *, stay: bool = False) -> bool:
        settled = self._waves.settle(self._variant, record, told, stay=stay)
        if settled is not None:
            self.record = settled
        return settled is not None

    def _told(self, entries: dict[str, Entry], outcome: str) -> dict[str, ToldPerson]:
        intent = self._intent
        last = LastTold(self.record.episode, intent.at, outcome != "unknown")
        return {person: ToldPerson(last, intent.number, outcome, entry.sealed) for person, entry in entries.items()}

    def _alerts(self, people: Sequence[str]) -> tuple[dict[str, StockAlert], dict[str, Entry]]:
        """Write the message of each who still waits; who left since is let go."""
        entries = self._services.store.waitlist.entries(self._variant, people)
        self._waves.unreserve(self._variant, [person for person in people if person not in entries])
        alerts: dict[str, StockAlert] = {}
        unreadable: dict[str, Entry] = {}
        for person, entry in entries.items():
            try:
                contact, _ = self._sealer.open(entry.sealed)
            except SealError as error:
                log.warning("one who waits cannot be told", variant=self._variant, reason=str(error))
                unreadable[person] = entry
                continue
            alerts[person] = StockAlert(self._id_of(person), contact, self._intent.at, self._news())
        self._count("refused", unreadable)
        return alerts, entries

    def _id_of(self, person: str) -> str:
        (digest, *_) = self._sealer.digests(f"{self.record.episode} {self._variant} {person}")
        return f"restock:{digest}"

    def _news(self) -> StockNews:
        entry, units = self._entry, self._intent.units
        return StockNews(
            variant=self._variant,
            product=entry.variant.product if entry else None,
            product_title=entry.product_title if entry else self._variant,
            variant_title=entry.title if entry else "",
            sku=entry.variant.sku if entry else None,
            url=entry.url if entry else None,
            image_url=entry.image_url if entry else None,
            price=entry.price if entry else None,
            units=None if units == UNLIMITED else int(units),
            episode=self.record.episode,
            wave=self._intent.number,
        )


def begun(record: RestockWaves, intent: Intent) -> RestockWaves:
    """Return a record with a new wave to go."""
    wave = Wave(intent.number, intent.at, intent.units, intent.policy_version)
    return replace(record, waves=(*record.waves, wave), intent=intent, why=None, over=False, next_at=intent.at)


def ended(record: RestockWaves) -> RestockWaves:
    """Return a record whose wave is over; one that told nobody was none, and the next need not wait for its time."""
    waves = record.waves
    if waves and not waves[-1].told + waves[-1].refused + waves[-1].unknown:
        waves = waves[:-1]
    return replace(record, waves=waves, intent=None)
