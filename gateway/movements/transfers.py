"""Transfers read again when they moved on: kept while they are open, what came short is said, hints are laid ready."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Final

from gateway.movements.received import forget_received, want_received, write_receipts
from gateway.services import Services
from gateway.store.movements import Hint
from gateway.store.rereads import Rereads
from integrations.errors import IntegrationError
from integrations.ports import ReceiptLine, Shipment, StockSource, Transfer
from policies.values import Reading

AT_ONCE: Final = 5
LEASE_S: Final = 60.0
RETRY_S: Final = 10.0
SHORT: Final = "short_receipt"


def marked(services: Services, source: str) -> Rereads:
    """Return the transfers of a source that are to be read again."""
    return services.store.rereads(f"{source}.transfers")


def look_for_open(services: Services, source: StockSource, at: datetime) -> None:
    """Have every transfer read again that is open there or here."""
    known = [transfer.id for transfer in services.store.movements.open(source.name)]
    marked(services, source.name).mark(sorted({*known, *source.open_transfers()}), at)
    forget_received(services, source.name, at)
    want_received(services, source.name, None, at)  # the policy may say otherwise of them than it did


def reread_transfers(services: Services, source: StockSource, at: datetime) -> int:
    """Ask the source about marked transfers; return how many were claimed."""
    rereads = marked(services, source.name)
    claims = rereads.claim(AT_ONCE, at, LEASE_S)
    for index, claim in enumerate(claims):
        try:
            _reread(services, source, claim.member, at)
        except IntegrationError as error:
            wait_s = getattr(error, "retry_after_s", None) or RETRY_S
            rereads.retry(claims[index:], at + timedelta(seconds=wait_s))
            raise
        rereads.complete([claim])
    return len(claims)


def short_lines(transfer: Transfer) -> Iterator[tuple[Shipment, ReceiptLine]]:
    """Yield what was received in part only: something came, and something is still to come."""
    for shipment in transfer.shipments:
        for line in shipment.lines:
            if line.remaining > 0 and line.accepted + line.rejected + line.canceled > 0:
                yield shipment, line


def reread_behind(services: Services, source: StockSource, receipts: Sequence[Reading], at: datetime) -> bool:
    """Read those open transfers again of which readings show a receipt, before they are kept; tell whether there were.

    The webhook of a level may come before that of its transfer, and until then nobody knows what waits.
    """
    items = services.store.catalog.entries([reading.variant for reading in receipts])
    places = {
        (entry.stock_item, reading.location)
        for reading in receipts
        if (entry := items.get(reading.variant)) is not None
    }
    found = [
        transfer.id
        for transfer in services.store.movements.open(source.name)
        if any((item, transfer.destination) in places for item in transfer.units)
    ]
    for transfer in found:
        _reread(services, source, transfer, at)
    return bool(found)


def _reread(services: Services, source: StockSource, transfer: str, at: datetime) -> None:
    """Keep what a transfer is now. Its items are read again: `reserved` and `incoming` may move without a webhook."""
    movements, name = services.store.movements, source.name
    before, now = movements.get(name, transfer), source.transfer(transfer)
    _lay_hints(services, name, _steps(before, now))
    write_receipts(services, name, now, at)
    if now is None:
        movements.forget(name, transfer)
    else:
        movements.put(name, now)
        services.store.rereads(name).mark(sorted(now.units), at)
    _tell_short(services, name, before, now, at)


def _steps(before: Transfer | None, now: Transfer | None) -> Counter[tuple[str, str, str]]:
    """Sum by (item, location, cause) what `available` moved by since a transfer was last read."""
    steps: Counter[tuple[str, str, str]] = Counter()
    if now is None:
        return steps
    if now.origin is not None:
        leaves = now.is_open and (before is None or not before.is_open)
        returns = now.status == "canceled" and before is not None and before.status == "ready"
        for item, units in now.units.items() if leaves or returns else ():
            steps[item, now.origin, "transfer"] += units if returns else -units
    if now.destination is not None and before is not None:  # at first sight nobody knows when it was received
        for sign, transfer in ((1, now), (-1, before)):
            for line in (line for shipment in transfer.shipments for line in shipment.lines):
                steps[line.item, now.destination, "receipt"] += sign * line.accepted
    return steps


def _lay_hints(services: Services, source: str, steps: Counter[tuple[str, str, str]]) -> None:
    behind = services.store.catalog.by_item(source, sorted({item for item, _, _ in steps}))
    hints = [
        (variant, location, Hint(cause, units))
        for (item, location, cause), units in steps.items()
        for variant in behind.get(item, ())
        if units
    ]
    services.store.movements.hint(source, hints)


def _tell_short(services: Services, source: str, before: Transfer | None, now: Transfer | None, at: datetime) -> None:
    """Say what came short; take back what has come since, or will never come."""
    short = _short(now) if now is not None and now.is_open else {}
    for key in (_short(before) if before is not None else {}).keys() - short.keys():
        services.store.doubts.clear(SHORT, f"{source}/{key}")
    for key, (shipment, line) in short.items():
        facts = {**asdict(line), "transfer": now.name if now else "", "shipment": shipment.name}
        sentence = (
            f"Of {line.expected} units in shipment {shipment.name or shipment.id}, {line.accepted} were accepted and"
            f" {line.rejected} rejected; {line.remaining} are still to come."
        )
        services.store.doubts.raise_(SHORT, f"{source}/{key}", sentence, facts, at)


def _short(transfer: Transfer) -> dict[str, tuple[Shipment, ReceiptLine]]:
    return {f"{transfer.id}/{part.id}/{line.item}": (part, line) for part, line in short_lines(transfer)}
