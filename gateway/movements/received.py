"""Units received that do not count yet: written down when a transfer is read again, put into readings of their levels.

Of a place whose policy says nothing of them nothing is looked up, and its readings are as its source told them.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from gateway.services import Services
from integrations.ports import Transfer
from policies.receiving import Receipt, waiting
from policies.values import Reading

KEPT: Final = timedelta(days=7)
"""How long a receipt may still matter: the most minutes that a policy can say."""
AT_ONCE: Final = "as_accepted"

Place = tuple[str, str]
"""Stock item and location."""


def write_receipts(services: Services, source: str, now: Transfer | None, at: datetime) -> None:
    """Write down what a transfer brought since that was last done, and which of its shipments are complete.

    Units that are first heard of after they were accepted count as accepted now.
    """
    if now is None or now.destination is None:
        return
    receipts = services.store.movements.receipts(source)
    open_parts = {part.id for part in now.shipments if now.is_open and part.moving}
    changed: dict[Place, tuple[Receipt, ...]] = {}
    for (shipment, item), units in _accepted(now).items():
        place = item, now.destination
        listed = changed.get(place, receipts.get(place, ()))
        mine, others = _parted(listed, shipment)
        if (more := units - sum(one.units for one in mine)) > 0:
            mine = [*mine, Receipt(shipment, more, at, False)]
        elif more < 0:  # put right at the source: it was fewer
            mine = [Receipt(shipment, units, mine[0].at, False)] if units else []
        told = [replace(one, complete=shipment not in open_parts) for one in mine]
        changed[place] = _kept((*others, *told), at)
    services.store.movements.put_receipts(source, changed)
    want_received(services, source, changed, at)


def want_received(services: Services, source: str, places: Iterable[Place] | None, at: datetime) -> None:
    """Have the stock items read again of which received units may count otherwise now.

    `places`: None for all where any were received lately.
    """
    found = services.store.movements.receipts(source) if places is None else places
    if items := sorted({item for item, _ in found}):
        services.store.rereads(source).mark(items, at)


def wake_for_received(services: Services, source: str, items: Iterable[str], at: datetime) -> None:
    """Have items read again at the moment when time alone lets some of their units count."""
    receiving = Receiving(services, source)
    for item, until in receiving.ends(frozenset(items), at):
        services.store.rereads(source).mark([item], until)


def forget_received(services: Services, source: str, at: datetime) -> None:
    """Forget what no policy can ask for any more."""
    receipts = services.store.movements.receipts(source)
    kept = {place: _kept(listed, at) for place, listed in receipts.items()}
    services.store.movements.put_receipts(
        source, {place: kept[place] for place in kept if kept[place] != receipts[place]}
    )


class Receiving:
    """What was received lately of one source, as a batch of its readings is made."""

    def __init__(self, services: Services, source: str) -> None:
        version = services.policies.current()
        places = version.document.locations if version is not None else {}
        self._terms = {id_: place.receiving for id_, place in places.items() if place.receiving != AT_ONCE}
        self._receipts = services.store.movements.receipts(source) if self._terms else {}

    def asked(self, location: str) -> bool:
        """Tell whether the policy lets received units wait at a location."""
        return location in self._terms

    def of(self, item: str, reading: Reading) -> Reading:
        """Put into a reading how many of its units do not count yet."""
        terms, receipts = self._terms.get(reading.location), self._receipts.get((item, reading.location))
        if terms is None or receipts is None:
            return reading
        units = waiting(terms, receipts, reading.observed_at).units
        return replace(reading, quantities={**reading.quantities, "receiving": units})

    def ends(self, items: frozenset[str], at: datetime) -> Iterator[tuple[str, datetime]]:
        """Give the items of which some units will count by time alone, and when."""
        for (item, location), receipts in self._receipts.items():
            terms = self._terms.get(location)
            if terms is None or item not in items:
                continue
            until = waiting(terms, receipts, at).until
            if until is not None:
                yield item, until


def _accepted(transfer: Transfer) -> Counter[tuple[str, str]]:
    """Sum by (shipment, item) what was accepted."""
    found: Counter[tuple[str, str]] = Counter()
    for part in transfer.shipments:
        for line in part.lines:
            found[part.id, line.item] += line.accepted
    return found


def _parted(receipts: Iterable[Receipt], shipment: str) -> tuple[list[Receipt], list[Receipt]]:
    listed = list(receipts)
    return [one for one in listed if one.shipment == shipment], [one for one in listed if one.shipment != shipment]


def _kept(receipts: Iterable[Receipt], at: datetime) -> tuple[Receipt, ...]:
    return tuple(one for one in receipts if not one.complete or at < one.at + KEPT)
