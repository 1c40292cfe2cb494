"""Handing those who wait to Klaviyo's own back-in-stock list, which tells them by the number we publish."""

from datetime import datetime
from typing import Final

from gateway import metrics
from gateway.services import Services
from gateway.waves.sealing import Sealer, SealError
from integrations.errors import PermanentError
from integrations.ports import StockMessenger, Subscription
from policies.values import Band

AT_ONCE: Final = 50
REFUSED: Final = "Klaviyo did not take somebody who waits for this variant. Is the variant in Klaviyo's catalogue?"


def hand_over(services: Services, messenger: StockMessenger, variant: str, at: datetime) -> datetime | None:
    """Subscribe some who wait; return when to go on. Doing it twice is harmless: it is the same wish.

    Once the variant is back, Klaviyo alone looks after those whom it knows, and we forget them.
    """
    waitlist = services.store.waitlist
    people = waitlist.unsent(variant, AT_ONCE)
    if people:
        _subscribe(services, messenger, variant, people, at)
        return at
    rows = services.store.ledger.read([variant])
    version = services.policies.current()
    if version is not None and rows.sequences[0] and rows.pools[0, version.default_column]["band"] > Band.OUT:
        waitlist.handed_over(variant)
    return None


def _subscribe(services: Services, messenger: StockMessenger, variant: str, people: list[str], at: datetime) -> None:
    waitlist, sealer = services.store.waitlist, Sealer.of(services.settings)
    entries = waitlist.entries(variant, people)
    for person in people:
        if person in entries:
            try:
                contact, channels = sealer.open(entries[person].sealed)
                messenger.subscribe(Subscription(contact, variant, channels))
                metrics.ALERTS.labels("subscribed").inc()
            except (PermanentError, SealError) as error:
                metrics.ALERTS.labels("refused").inc()
                services.store.doubts.raise_("waitlist", variant, REFUSED, {"reason": str(error)}, at)
        waitlist.sent(variant, [person])
