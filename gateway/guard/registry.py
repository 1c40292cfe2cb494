"""What is about to send, who tagged it, and what it shows: read from outside within its budget, remembered here."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import structlog

from gateway.guard.catalogue import ProductIndex, read_index
from gateway.guard.features import GROUP_TAG, GUARD_TAG, as_features
from gateway.guard.held_tags import HELD_TAG
from gateway.services import Services
from gateway.store.campaigns import Features
from integrations.errors import IntegrationError, PermanentError
from integrations.ports import Desks, Inspection, Message
from policies.columns import EPOCH
from policies.guard import send_window

FLOWS_EVERY: Final = timedelta(hours=1)
INDEX_LASTS: Final = timedelta(minutes=10)
GROWN: Final = 1.1
"""A catalogue of so many times the variants is indexed at once: it was being read when it was indexed last."""
READ_AT_ONCE: Final = 40
"""Contents read in one turn, those that send first before the others: the rest waits for the next."""

log = structlog.get_logger(__name__)


@dataclass
class Memory:
    """What one process may forget: the catalogue's index, and the decisions it has judged by."""

    index: ProductIndex | None = None
    indexed_at: datetime | None = None
    variants: int = 0  # in the index
    unfound: dict[str, tuple[int, datetime]] = field(default_factory=dict)  # of contents: variants known then, and when
    sequences: dict[str, int] = field(default_factory=dict)
    rests_until: datetime = EPOCH

    def catalogue(self, services: Services, at: datetime) -> ProductIndex:
        """Return the index, built again when it is old or the catalogue has grown."""
        old = self.indexed_at is None or at - self.indexed_at > INDEX_LASTS
        variants = variants_known(services)
        if self.index is None or old or _has_grown(self.variants, variants):
            self.index, self.indexed_at, self.variants = read_index(services.store), at, variants
        return self.index

    def may_find(self, message: str, variants: int, at: datetime) -> bool:
        """Tell whether what was not found in a content may be known by now."""
        before, read_at = self.unfound.get(message, (0, EPOCH))
        return variants != before and (at - read_at > INDEX_LASTS or _has_grown(before, variants))


def refresh(services: Services, desks: Desks, memory: Memory, at: datetime) -> dict[str, str]:
    """Read all that is due from outside; return the held tags found there, by name."""
    own = services.store.campaigns
    own.put_messages("campaigns", desks.campaigns.upcoming(), at)
    read_at = own.read_at("flows")
    if read_at is None or at - read_at >= FLOWS_EVERY:
        own.put_messages("flows", desks.flows.upcoming(), at)
    held = _read_tags(services, desks)
    _read_contents(services, desks, memory, at)
    return held


def _read_tags(services: Services, desks: Desks) -> dict[str, str]:
    """Read who carries which guard tag: one request, and one for each group."""
    found = desks.tags.tags("stock-")
    wanted = {name: id_ for name, id_ in found.items() if name == GUARD_TAG or name.startswith(GROUP_TAG)}
    services.store.campaigns.put_tagged({name: sorted(desks.tags.campaigns(id_)) for name, id_ in wanted.items()})
    return {name: id_ for name, id_ in found.items() if name.startswith(HELD_TAG)}


def _read_contents(services: Services, desks: Desks, memory: Memory, at: datetime) -> None:
    """Read what changed since it was last read; a message that cannot be read stops no other."""
    own = services.store.campaigns
    messages, readings, chosen = own.messages(), own.readings(), own.chosen()
    own.keep_readings([*messages, *services.store.holds.all()])
    variants = variants_known(services)
    stale = [
        one
        for one in messages.values()
        if one.id not in chosen
        and (
            (reading := readings.get(one.id)) is None
            or reading.digest != one.digest
            or (not _found_all(reading) and memory.may_find(one.id, variants, at))
        )
    ]
    found: dict[str, Features] = {}
    for message in sorted(stale, key=lambda one: (first_send(one) or at, one.id))[:READ_AT_ONCE]:
        try:
            inspected = desks.of(message.id).inspect(message.id)
        except PermanentError as error:
            log.warning("content not read", message=message.id, reason=str(error))
            continue
        except IntegrationError as error:
            log.warning("contents not read", message=message.id, reason=str(error))
            break  # the budget is spent, or Klaviyo is in trouble: the others would fare no better
        if inspected is not None:
            found[message.id] = read_features(services, desks, memory, inspected, at)
    own.put_readings(found)


def read_features(services: Services, desks: Desks, memory: Memory, inspected: Inspection, at: datetime) -> Features:
    """Read what an inspected message features."""
    index = memory.catalogue(services, at)
    found = as_features([desks.read(content, index) for content in inspected.contents], inspected.message.digest)
    if _found_all(found):
        memory.unfound.pop(inspected.message.id, None)
    else:
        memory.unfound[inspected.message.id] = memory.variants, at
    return found


def first_send(message: Message) -> datetime | None:
    """Tell when a message's first recipient is due."""
    window = None if message.schedule is None else send_window(message.schedule)
    return None if window is None else window.first_at


def variants_known(services: Services) -> int:
    """Count the variants of the catalogue."""
    return sum(services.store.catalog_columns.counts())


def _has_grown(before: int, now: int) -> bool:
    return now > before * GROWN


def _found_all(reading: Features) -> bool:
    return bool(reading.lines) and not reading.unresolved
