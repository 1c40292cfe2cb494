"""Stage five: Klaviyo's catalogue is told what differs from what it was told last, and each answer is recorded.

An entry stays leased from the claim until its job has ended, so a target is never in two jobs at once. A crash lets the
lease run out and the latest wanted state is sent again. Retries happen here and nowhere else.

Sending a state twice is harmless, for it is absolute; sending a new one while an old one is still on its way is not,
for Klaviyo promises no order between jobs. So whatever may be on its way unseen (a request without an answer, a lease
that ran out) is waited for before its target is told again.

No more is claimed than the allowance has turns for, so that what waits keeps its order until the last moment; what is
urgent is claimed without a turn.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Literal, cast

from gateway.pipeline.destinations import ITEMS, VARIANTS
from gateway.pipeline.gate import Gate
from gateway.pipeline.hand_in import HandIn, Line, doubt, kind_of, unpark_refused
from gateway.pipeline.jobs_in_flight import targets_of
from gateway.pipeline.side_by_side import AT_ONCE, side_by_side
from gateway.pipeline.wanted import Wanted, wanted_items, wanted_variants
from gateway.services import Services
from gateway.store.values import OutboxEntry, Told
from integrations.errors import IntegrationError
from integrations.ports import CatalogPublisher, CatalogVariant

BATCH = 100
LEASE_S = 30.0


def deliver_due(services: Services, at: datetime, gate: Gate | None = None) -> int:
    """Hand in as many jobs as there are turns, and what is urgent; return how many entries were claimed."""
    publisher, version = services.publisher, services.policies.current()
    gate = gate or Gate()
    if publisher is None or version is None:
        return 0
    if gate.access_in_doubt and gate.is_open(at):
        # One batch finds out whether the key works again; the rest is tried once a call was accepted.
        tried_again = [unpark_refused(services, destination, at, BATCH) for destination in (ITEMS, VARIANTS)]
        gate.access_in_doubt = any(tried_again)
    claimed = 0
    for destination in (ITEMS, VARIANTS):
        if not gate.is_open(at):
            break
        entries = _claim(services, publisher, destination, at)
        if not entries:
            continue
        claimed += len(entries)
        targets = [entry.target for entry in entries]
        if destination == ITEMS:
            wanted = wanted_items(services, targets)
        else:
            wanted = wanted_variants(services, targets, version)
        _tell(HandIn(services, publisher, gate, destination, at), entries, wanted)
    return claimed


def _claim(services: Services, publisher: CatalogPublisher, destination: str, at: datetime) -> Sequence[OutboxEntry]:
    turns = min(publisher.turns(), AT_ONCE)
    if turns:
        return services.store.outbox.claim(destination, turns * BATCH, at, LEASE_S)
    if publisher.turns(urgent=True):
        return services.store.outbox.claim(destination, BATCH, at, LEASE_S, only_urgent=True)
    return ()


def _tell(hand_in: HandIn, entries: Sequence[OutboxEntry], wanted: dict[str, Wanted]) -> None:
    services, destination, at = hand_in.services, hand_in.destination, hand_in.at
    doubt(services, destination, [entry for entry in entries if entry.unknown_outcome], at)
    told = services.store.told.get(destination, [entry.target for entry in entries])
    lines = [Line(entry, wanted[entry.target]) for entry in entries if entry.target in wanted]
    silent = [entry for entry in entries if entry.target not in wanted]
    same = [line.entry for line in lines if _says_it(told.get(line.entry.target), line)]
    services.store.outbox.ack(destination, [*silent, *same], at)
    differing = [line for line in lines if not _says_it(told.get(line.entry.target), line)]
    if destination == VARIANTS:
        differing = _with_known_items(services, differing, at)
    differing = _settled(hand_in, differing, told)
    known = {target for target, last in told.items() if last.exists}
    verbs: tuple[Literal["update", "create"], ...] = ("update", "create")
    by_verb = {
        verb: [line for line in differing if (line.entry.target in known) == (verb == "update")] for verb in verbs
    }
    side_by_side(
        [
            partial(_hand_in, hand_in, verb, some[start : start + BATCH])
            for verb, some in by_verb.items()
            for start in range(0, len(some), BATCH)
        ]
    )


def _hand_in(hand_in: HandIn, verb: Literal["update", "create"], lines: Sequence[Line]) -> None:
    if hand_in.gate.is_open(hand_in.at):
        hand_in.submit(verb, lines)
    else:
        entries = [line.entry for line in lines]
        hand_in.services.store.outbox.postpone(hand_in.destination, entries, hand_in.at, hand_in.at, "Not sent yet.")


def _says_it(last: Told | None, line: Line) -> bool:
    return last is not None and last.exists and last.digest == line.wanted.digest


def _with_known_items(services: Services, lines: Sequence[Line], at: datetime) -> list[Line]:
    """Keep the variants whose item Klaviyo knows; the others wait for their item."""
    products = {cast("CatalogVariant", line.wanted.record).product for line in lines}
    items = services.store.told.get(ITEMS, sorted(products))
    missing = {product for product in products if not (product in items and items[product].exists)}
    if not missing:
        return list(lines)
    services.store.outbox.put(ITEMS, sorted(missing), 2, at)
    waiting = [line for line in lines if cast("CatalogVariant", line.wanted.record).product in missing]
    services.store.outbox.retry(VARIANTS, [line.entry for line in waiting], at, "Its item is not in Klaviyo yet.")
    return [line for line in lines if cast("CatalogVariant", line.wanted.record).product not in missing]


def _settled(hand_in: HandIn, lines: Sequence[Line], told: Mapping[str, Told]) -> list[Line]:
    """Keep the lines that no unseen job can overwrite; the others wait until Klaviyo has none such unfinished.

    Asked only where a request was left without an answer: two requests, whatever the number of lines. A create that
    comes late does no harm: it is refused once its record exists.
    """
    doubtful = [line for line in lines if (last := told.get(line.entry.target)) and last.exists and not last.digest]
    if not doubtful:
        return list(lines)
    services, destination, at = hand_in.services, hand_in.destination, hand_in.at
    entries = [line.entry for line in doubtful]
    try:
        unfinished = hand_in.publisher.unfinished(kind_of(destination, "update"))
    except IntegrationError as error:
        hand_in.failed(entries, error)
        return [line for line in lines if line not in doubtful]
    targets = {entry.target for entry in entries}
    others = {job.id for job in services.store.jobs.all(destination) if not targets & targets_of(job)}
    if not unfinished - others:
        return list(lines)
    services.store.outbox.retry(
        destination, entries, at, "An earlier job, whose answer was lost, may still be running."
    )
    return [line for line in lines if line not in doubtful]
