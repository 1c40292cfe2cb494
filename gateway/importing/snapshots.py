"""A full read of one source into the ledger: staged, checked, then merged partition by partition.

What the read lacks becomes unknown, never 0; what was observed after it was begun stays. Every step may be repeated:
a merge that dies is taken up by a worker and comes to the same end.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

import structlog

from gateway.pipeline.absent import absent, columns_of
from gateway.pipeline.read import accept_readings
from gateway.services import Services
from gateway.store.keys import PARTITIONS
from gateway.store.snapshots import LostLease, LostSnapshot, Sealed
from policies.values import Reading

BATCH: Final = 1000
TASK: Final = "snapshots"
RESUMED_AFTER: Final = timedelta(seconds=60)

log = structlog.get_logger(__name__)


class SnapshotRefused(Exception):  # noqa: N818
    """A complete snapshot that is not taken, in a sentence; nothing of it was kept."""


class SnapshotBusy(SnapshotRefused):
    """Another snapshot of the source is being merged: send this one again."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a snapshot says of itself."""

    source: str
    as_of: datetime
    rows: int
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Effect:
    """What a snapshot would take away: of the variants that its source knows, those with a level that it lacks."""

    source: str
    known_variants: int
    unknown_variants: int


Judge = Callable[[Effect], str | None]
"""Says why a snapshot is not to be swapped in, or None. The blast radius is judged here."""


@dataclass(slots=True)
class Swapped:
    """What became of a snapshot's rows, each counted once, and of the levels that it lacked."""

    counts: Counter[str] = field(default_factory=Counter)
    unknown_levels: int = 0


class Intake:
    """One snapshot while it comes in."""

    def __init__(self, services: Services, manifest: Manifest) -> None:
        self._services, self._manifest = services, manifest
        self.id = services.store.snapshots.new_id()
        self._pieces: Counter[int] = Counter()
        self._sealed = False

    def stage(self, readings: Sequence[Reading]) -> None:
        """Keep rows aside."""
        self._pieces.update(self._services.store.snapshots.stage(self.id, readings))

    def discard(self) -> None:
        """Forget everything, unless it is sealed: then the ledger may be half merged, and is merged to the end."""
        if not self._sealed:
            self._services.store.snapshots.drop(self.id)

    def swap(self, at: datetime, judge: Judge | None = None) -> Swapped:
        """Merge what was staged. Raises SnapshotRefused, and then everything is as before."""
        services, manifest = self._services, self._manifest
        pieces = tuple(self._pieces[partition] for partition in range(PARTITIONS))
        sealed = Sealed(self.id, manifest.source, manifest.as_of, pieces)
        try:
            with services.store.snapshots.merging(manifest.source) as keep:
                if keep is None:
                    raise SnapshotBusy(f"Another snapshot of {manifest.source} is being taken in; send this one again.")
                self._admit(sealed, judge)
                services.store.tasks.mark([TASK], at + RESUMED_AFTER)
                self._sealed = True  # also when the server takes it and its answer is lost
                services.store.snapshots.seal(sealed)
                return _merge(services, sealed, keep, at)
        except LostSnapshot:
            raise SnapshotRefused("The snapshot took more than an hour to come in; send it again.") from None
        except LostLease:
            raise SnapshotBusy(
                "The snapshot is complete and is being merged; send it again to see the outcome."
            ) from None

    def _admit(self, sealed: Sealed, judge: Judge | None) -> None:
        snapshots = self._services.store.snapshots
        newest = snapshots.newest(sealed.source)
        if newest is not None and newest > sealed.as_of:
            raise SnapshotRefused(f"A snapshot of {sealed.source} as of a later time was taken in already.")
        snapshots.check(sealed)
        if judge is not None and (why := judge(effect_of(self._services, sealed))):
            raise SnapshotRefused(why)


def effect_of(services: Services, sealed: Sealed) -> Effect:
    """Count the variants that a snapshot would make unknown somewhere, and all that its source knows of."""
    known, unknown = 0, 0
    slots = services.store.ledger.slots()
    for partition in range(PARTITIONS):
        told = {(one.variant, one.location) for one in services.store.snapshots.readings(sealed, partition)}
        for rows in services.store.ledger.sweep(partition):
            mine = columns_of(rows, slots, sealed.source)
            known += int((rows.levels.stamps[:, mine] != 0).any(axis=1).sum())
            unknown += len({one.variant for one in absent(rows, slots, sealed.source, sealed.as_of, told)})
    return Effect(sealed.source, known, unknown)


def resume_snapshots(services: Services, at: datetime) -> None:
    """Merge what was sealed and left, oldest first; a worker's task."""
    for sealed in services.store.snapshots.sealed():
        with services.store.snapshots.merging(sealed.source) as keep:
            try:
                if keep is not None:
                    _resume(services, sealed, keep, at)
                    continue
            except LostLease:
                log.warning("a snapshot took longer than its lease", source=sealed.source)
        services.store.tasks.mark([TASK], at + RESUMED_AFTER)


def _resume(services: Services, sealed: Sealed, keep: Callable[[], None], at: datetime) -> None:
    newest = services.store.snapshots.newest(sealed.source)
    try:
        if newest is None or newest <= sealed.as_of:  # else a later one says more, and this one would say it too late
            services.store.snapshots.check(sealed)
            counts = _merge(services, sealed, keep, at).counts
            log.info("snapshot merged after its request ended", source=sealed.source, counts=dict(counts))
    except LostSnapshot as error:
        sentence = f"A snapshot of {sealed.source} could not be merged. {error} Send it again."
        services.store.doubts.raise_("snapshot", sealed.source, sentence, {"id": sealed.id}, at)
    services.store.snapshots.drop(sealed.id)


def _merge(services: Services, sealed: Sealed, keep: Callable[[], None], at: datetime) -> Swapped:
    swapped = Swapped()
    for partition in range(PARTITIONS):
        keep()
        readings = services.store.snapshots.readings(sealed, partition)
        for start in range(0, len(readings), BATCH):
            swapped.counts.update(accept_readings(services, readings[start : start + BATCH], at).outcomes)
        told = {(one.variant, one.location) for one in readings}
        slots = services.store.ledger.slots()
        for rows in services.store.ledger.sweep(partition):
            if missing := list(absent(rows, slots, sealed.source, sealed.as_of, told)):
                outcomes = accept_readings(services, missing, at).outcomes
                swapped.unknown_levels += outcomes.count("accepted")
    services.store.snapshots.drop(sealed.id)
    return swapped
