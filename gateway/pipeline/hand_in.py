"""One bulk job handed in, and what each way to fail means for its entries. Called by `deliver` only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, cast

from gateway import metrics
from gateway.pipeline.destinations import ITEMS, VARIANTS
from gateway.pipeline.gate import NO_ACCESS, Gate
from gateway.pipeline.jobs_in_flight import remember
from gateway.pipeline.wanted import Wanted
from gateway.services import Services
from gateway.store.values import OutboxEntry, Told
from integrations.errors import AccessError, IntegrationError, PermanentError, TemporaryError
from integrations.ports import CatalogItem, CatalogJob, CatalogPublisher, CatalogVariant, JobKind

JOB_LEASE_S = 600.0
PAGE = 200


@dataclass(frozen=True, slots=True)
class Line:
    """An outbox entry with the record it should become."""

    entry: OutboxEntry
    wanted: Wanted


@dataclass(frozen=True, slots=True)
class HandIn:
    """One destination's hand-ins of one turn."""

    services: Services
    publisher: CatalogPublisher
    gate: Gate
    destination: str
    at: datetime

    def submit(self, verb: Literal["update", "create"], lines: Sequence[Line], *, urgent: bool = False) -> None:
        """Hand in one job, and remember it until its end is known."""
        entries = [line.entry for line in lines]
        urgent = urgent or any(entry.lane == 0 for entry in entries)
        try:
            job_id = self.publisher.submit(job_of(self.destination, verb, lines), urgent=urgent)
        except PermanentError as error:
            self._divide(verb, lines, error)
            return
        except IntegrationError as error:
            metrics.KLAVIYO_CALLS.labels("catalog.write", type(error).__name__).inc()
            self.failed(entries, error)
            return
        metrics.KLAVIYO_CALLS.labels("catalog.write", "accepted").inc()
        # Remembered first, under the tokens to come: a longer lease without a job would silence its targets.
        outbox = self.services.store.outbox
        later = outbox.extended(entries, self.at, JOB_LEASE_S)
        sent = [(entry, line.wanted) for entry, line in zip(later, lines, strict=True)]
        remember(self.services, self.destination, kind_of(self.destination, verb), job_id, sent, self.at)
        outbox.extend(self.destination, entries, self.at, JOB_LEASE_S)
        if self.gate.access_in_doubt:
            self._access_again()
        self.gate.passed()

    def failed(self, entries: Sequence[OutboxEntry], error: IntegrationError) -> None:
        """Give entries back after a failure that is not theirs: each kind of failure has its own next attempt."""
        outbox = self.services.store.outbox
        if isinstance(error, AccessError):
            outbox.park(self.destination, entries, f"{NO_ACCESS}{error}", self.at)
            self.services.store.doubts.raise_("access", "klaviyo", str(error), {}, self.at)
            self.gate.refused(self.at)
        elif (
            isinstance(error, TemporaryError) and error.retry_after_s is not None
        ):  # asked to wait: no attempt of theirs
            until = self.at + timedelta(seconds=error.retry_after_s)
            outbox.postpone(self.destination, entries, until, self.at, str(error))
            self.gate.asked_to_wait(self.at, error.retry_after_s)
        else:
            if isinstance(error, TemporaryError) and error.outcome_unknown:
                doubt(self.services, self.destination, entries, self.at)
            outbox.retry(self.destination, entries, self.at, str(error))
            self.gate.failed(self.at)

    def _divide(self, verb: Literal["update", "create"], lines: Sequence[Line], error: PermanentError) -> None:
        """Look for the record that made Klaviyo refuse all of them: it refuses a request whole for one bad record.

        The search is urgent: at the even pace of the rest it would not get past its first half within a turn.
        """
        if len(lines) == 1:
            entries = [line.entry for line in lines]
            self.services.store.outbox.park(self.destination, entries, str(error), self.at)
            return
        middle = len(lines) // 2
        for half in (lines[:middle], lines[middle:]):
            if self.gate.is_open(self.at):
                self.submit(verb, half, urgent=True)
            else:
                outbox = self.services.store.outbox
                outbox.postpone(self.destination, [line.entry for line in half], self.at, self.at, "Not sent yet.")

    def _access_again(self) -> None:
        """Try what was parked for want of access, now that a call was accepted."""
        for destination in (ITEMS, VARIANTS):
            while unpark_refused(self.services, destination, self.at, PAGE):
                pass
        self.services.store.doubts.clear("access", "klaviyo")


def unpark_refused(services: Services, destination: str, at: datetime, limit: int) -> int:
    """Try entries again that wait for access; return how many."""
    outbox, cursor, found = services.store.outbox, None, 0
    while found < limit:
        lines, cursor = outbox.page(destination, "parked", PAGE, cursor)
        for line in lines:
            if line.reason.startswith(NO_ACCESS) and found < limit:
                found += outbox.unpark(destination, line.target, at)
        if cursor is None:
            break
    return found


def doubt(services: Services, destination: str, entries: Sequence[OutboxEntry], at: datetime) -> None:
    """Forget what targets were told, though not that they exist: a request without an answer may have changed it."""
    told = services.store.told.get(destination, [entry.target for entry in entries])
    unsure = {target: Told("", None, at, exists=True) for target, last in told.items() if last.exists}
    services.store.told.put(destination, unsure)


def kind_of(destination: str, verb: Literal["update", "create"]) -> JobKind:
    """Name the kind of job."""
    return cast("JobKind", f"{verb}_{destination.removeprefix('klaviyo.')}")


def job_of(destination: str, verb: Literal["update", "create"], lines: Sequence[Line]) -> CatalogJob:
    """Write a job of lines."""
    records = [line.wanted.record for line in lines]
    return CatalogJob(
        kind=kind_of(destination, verb),
        items=tuple(record for record in records if isinstance(record, CatalogItem)),
        variants=tuple(record for record in records if isinstance(record, CatalogVariant)),
    )
