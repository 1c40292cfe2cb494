"""A merge that dies anywhere after the promise is taken up by a worker and comes to the same end."""

from datetime import UTC, datetime, timedelta

import pytest

from gateway.importing.snapshots import Effect, Intake, Manifest, SnapshotBusy, SnapshotRefused, resume_snapshots
from gateway.store import StoreUnavailable
from gateway.store.keys import PARTITIONS
from gateway.store.snapshots import Sealed
from gateway.worker import task_step
from policies.columns import NULL
from policies.values import Reading
from tests.builders.snapshots import known
from tests.builders.web import AT, House, row

AS_OF = datetime(2026, 11, 23, 11, 55, tzinfo=UTC)
BEFORE = "2026-11-23T11:50:00Z"
NAMES = [f"v{n}" for n in range(300)]


def reading(variant: str, available: int = 7) -> Reading:
    return Reading("wms", variant, "wh", {"available": available}, AS_OF)


def intake(house: House, *readings: Reading) -> Intake:
    taken = Intake(house.services, Manifest("wms", AS_OF, len(readings)))
    taken.stage(readings)
    return taken


class _Dying:
    """The catalogue's bell, which fails after a number of batches: a kill between two writes."""

    def __init__(self, house: House, after: int) -> None:
        self._ring, self._left = house.store.wake.ring, after

    def ring(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise StoreUnavailable("The store does not answer: ConnectionError.")
        self._ring()


@pytest.mark.parametrize("batches", [0, 1, 17, 60])
def test_a_worker_finishes_what_a_request_began(house: House, batches: int) -> None:
    house.send(*(row(variant=name, observed_at=BEFORE) for name in [*NAMES, "gone-1", "gone-2"]))
    alive = house.store.wake
    house.store.wake = _Dying(house, batches)  # type: ignore[assignment]
    taken = intake(house, *map(reading, NAMES))
    with pytest.raises(StoreUnavailable):
        taken.swap(AT)
    taken.discard()
    house.store.wake = alive

    assert task_step(house.services, AT) == 0, "not before the request had its time"
    assert task_step(house.services, AT + timedelta(minutes=2)) == 1
    levels = known(house, *NAMES, "gone-1", "gone-2")
    assert {levels[name, "wh"]["available"] for name in NAMES} == {7}
    assert levels["gone-1", "wh"]["available"] == levels["gone-2", "wh"]["available"] == NULL
    assert house.store.snapshots.sealed() == []


def test_a_sealed_snapshot_whose_rows_are_lost_is_not_merged(house: House) -> None:
    house.send(row(observed_at=BEFORE))
    sealed = Sealed("lost", "wms", AS_OF, tuple([1] * PARTITIONS))
    house.store.snapshots.seal(sealed)
    resume_snapshots(house.services, AT)
    assert known(house, "tee-m")["tee-m", "wh"]["available"] == 14
    assert "could not be merged" in house.store.doubts.open(5)[0][0].sentence
    assert house.store.snapshots.sealed() == []


def test_a_worker_waits_while_a_request_merges(house: House) -> None:
    house.store.snapshots.seal(Sealed("busy", "wms", AS_OF, tuple([0] * PARTITIONS)))
    lease = house.store.lease("snapshot:wms")
    assert lease.acquire(blocking=False)
    resume_snapshots(house.services, AT)
    assert [one.id for one in house.store.snapshots.sealed()] == ["busy"]
    assert [task.name for task in house.store.tasks.all() if task.due_at] == ["snapshots"]
    lease.release()


def test_a_judge_sees_what_would_become_unknown_and_may_refuse(house: House) -> None:
    house.send(*(row(variant=name, observed_at=BEFORE) for name in NAMES))
    seen: list[Effect] = []

    def judge(effect: Effect) -> str | None:
        seen.append(effect)
        return "That would blind too much."

    taken = intake(house, *map(reading, NAMES[:20]))
    with pytest.raises(SnapshotRefused, match="blind too much"):
        taken.swap(AT, judge)
    taken.discard()
    assert seen == [Effect("wms", known_variants=300, unknown_variants=280)]
    assert known(house, "v0")["v0", "wh"]["available"] == 14
    assert house.store.snapshots.sealed() == []


def test_a_request_that_lost_its_lease_stops_and_a_worker_goes_on(house: House) -> None:
    class _Sleepy:
        """The bell again: at its first stroke the lease runs out, as while a machine sleeps."""

        def ring(self) -> None:
            import redis

            client = redis.Redis.from_url(house.store._connection.url)
            client.delete("none", *client.scan_iter("*lease:snapshot*"))
            client.close()

    alive = house.store.wake
    house.store.wake = _Sleepy()  # type: ignore[assignment]
    taken = intake(house, *map(reading, NAMES))
    with pytest.raises(SnapshotBusy, match="is being merged"):
        taken.swap(AT)
    taken.discard()
    house.store.wake = alive
    resume_snapshots(house.services, AT)
    assert {figures["available"] for figures in known(house, *NAMES).values()} == {7}
    assert len(known(house, *NAMES)) == len(NAMES)
