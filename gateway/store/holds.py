"""Holds, one record per message and episode, changed only by who has seen the last change.

Every record carries a revision that is never given twice. Automatic holds and releases are counted in the same step
that writes their intent, so that no two guards together go beyond the cap.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final

import orjson

from gateway.store.connection import Connection
from gateway.store.keys import Keys
from policies.columns import to_us
from policies.guard import Episode, Phase, Schedule

CAP_WINDOW: Final = timedelta(seconds=3600)


@dataclass(frozen=True, slots=True)
class Hold:
    """What is known of one episode of one message."""

    message: str
    group: str
    name: str
    channel: str
    guard: str
    phase: Phase
    by: str  # "guard", or a person
    opened_at: datetime
    reasons: tuple[str, ...] = ()
    note: str = ""
    policy_version: int = 0
    schedule: Schedule | None = None  # as it was when we held
    fingerprint: str = ""  # of content and audience then; "": nothing was looked at yet
    seen: str = ""  # what the listing showed right after the hold
    restorable: bool = True  # the interface can schedule it again exactly as it was
    cancels: bool = False  # this intent is to cancel what sends
    attempts: int = 0  # effects begun whose outcome is not settled
    claimed_until: datetime | None = None  # somebody is at it
    held_at: datetime | None = None
    remind_at: datetime | None = None
    new_schedule: Schedule | None = None  # a person's other time to release to
    released_by: str = ""
    for_a_person: bool = False
    release_proposed: bool = False
    missed: bool = False
    tagged: bool = False
    problem: str = ""  # why the last attempt did not do
    revision: int = 0

    @property
    def episode(self) -> Episode:
        """Return what deciding needs of it."""
        return Episode(self.phase, self.by == GUARD, self.for_a_person, self.release_proposed, self.missed)


GUARD: Final = "guard"


class HoldConflict(Exception):  # noqa: N818  (a state of the world)
    """The record was changed by another since it was read."""


class CapReached(Exception):  # noqa: N818
    """As many holds and releases as an hour allows have happened by themselves."""


class Holds:
    """The records, by message."""

    def __init__(self, connection: Connection, keys: Keys) -> None:
        self._connection = connection
        self._keys = [keys.house(name) for name in ("holds", "holds:revision", "holds:effects")]
        self._turn = keys.house("guard:turn")

    def get(self, message: str) -> Hold | None:
        """Return a message's record."""
        raw = self._connection.command("HGET", self._keys[0], message)
        return None if raw is None else _unpack(raw)

    def all(self) -> dict[str, Hold]:
        """Return every record."""
        return {hold.message: hold for hold in map(_unpack, self._connection.command("HVALS", self._keys[0]))}

    def write(self, hold: Hold, at: datetime, *, cap: int | None = None, **changes: Any) -> Hold:
        """Change a record as it was read (revision 0: make one); with `cap` it is counted as an automatic effect.

        Raises HoldConflict or CapReached; then nothing was written.
        """
        changed = replace(hold, **changes)
        return replace(changed, revision=self._swap(hold, orjson.dumps(changed), at, cap))

    def forget(self, hold: Hold, at: datetime) -> None:
        """Delete a record as it was read. Raises HoldConflict."""
        self._swap(hold, b"", at, None)

    def take_turn(self, every: timedelta) -> bool:
        """Tell whether it is this process's turn to look at the outside; nobody else has one until the time is over."""
        return bool(
            self._connection.command("SET", self._turn, 1, "NX", "PX", max(1, every // timedelta(milliseconds=1)))
        )

    def _swap(self, hold: Hold, record: bytes, at: datetime, cap: int | None) -> int:
        window_us = CAP_WINDOW // timedelta(microseconds=1)
        arguments = [hold.message, hold.revision, record, -1 if cap is None else cap, to_us(at), window_us]
        revision = int(self._connection.script("hold", self._keys, arguments))
        if revision == 0:
            raise HoldConflict(hold.message)
        if revision < 0:
            raise CapReached(hold.message)
        return revision


def schedule_from(fields: Mapping[str, Any] | None) -> Schedule | None:
    """Read a schedule that was written as JSON."""
    if fields is None:
        return None
    told = dict(fields)
    told["send_at"] = time_from(told["send_at"])
    told["send_on"] = None if told["send_on"] is None else date.fromisoformat(told["send_on"])
    told["variation_times"] = tuple(datetime.fromisoformat(text) for text in told["variation_times"])
    return Schedule(**told)


def time_from(text: str | None) -> datetime | None:
    """Read a time that was written as JSON."""
    return None if text is None else datetime.fromisoformat(text)


def _unpack(raw: bytes) -> Hold:
    revision, _, record = raw.partition(b":")
    fields = orjson.loads(record)
    fields["phase"], fields["revision"] = Phase(fields["phase"]), int(revision)
    fields["reasons"] = tuple(fields["reasons"])
    for key in ("opened_at", "claimed_until", "held_at", "remind_at"):
        fields[key] = time_from(fields[key])
    for key in ("schedule", "new_schedule"):
        fields[key] = schedule_from(fields[key])
    return Hold(**fields)
