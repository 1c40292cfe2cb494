"""What the store's smaller parts hand out: frozen, comparable, plain."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from policies.values import Variant


@dataclass(frozen=True, slots=True)
class PutCounts:
    """How many variants (listed or delisted) a catalogue write changed."""

    changed: int
    unchanged: int


@dataclass(frozen=True, slots=True)
class CatalogEntry:
    """A variant with all that is known of it beside stock."""

    variant: Variant
    title: str
    product_title: str
    description: str
    url: str | None
    image_url: str | None
    price: Decimal | None
    barcode: str | None
    stock_item: str | None
    source: str


@dataclass(frozen=True, slots=True)
class OutboxEntry:
    """One target that a destination should hear of, leased."""

    target: str
    lane: int
    attempts: int
    token: int  # the lease's end, microseconds
    unknown_outcome: bool  # an earlier lease ran out: it may have been told already


@dataclass(frozen=True, slots=True)
class OutboxLine:
    """One entry as people see it."""

    target: str
    lane: int
    attempts: int
    reason: str
    since: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Depth:
    """How much a destination has still to hear."""

    waiting: int
    leased: int
    parked: int
    oldest_s: float | None  # since the oldest waiting or leased entry was first put


@dataclass(frozen=True, slots=True)
class Told:
    """What a destination was last told of a target."""

    digest: str
    units: int | None
    at: datetime
    exists: bool


@dataclass(frozen=True, slots=True)
class OutsideJob:
    """A job handed to an outside system, not yet known to be finished."""

    id: str
    payload: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class Lease:
    """A member of a leased set, claimed."""

    member: str
    token: int  # the lease's end, microseconds


@dataclass(frozen=True, slots=True)
class TaskState:
    """A named piece of house-wide work and how far it is."""

    name: str
    due_at: datetime | None  # None: done
    done: int | None = None
    total: int | None = None
    progress_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class TaskRun:
    """The last time that a worker took up a piece of house-wide work."""

    begun_at: datetime
    took_s: float | None = None  # None: under way, or its worker died
    failure: str | None = None  # a sentence; None: it went well


@dataclass(frozen=True, slots=True)
class PausedJob:
    """A job of the timetable that the clock does not mark."""

    by: str
    at: datetime


JournalKind = Literal["told", "input"]


@dataclass(frozen=True, slots=True)
class PolicyVersion:
    """A published policy."""

    number: int
    document: dict[str, Any]
    author: str
    note: str
    published_at: datetime
    confirmed: bool = False  # a person has seen that it moves much: it is not held back later
    request: str | None = None  # the request that published it
    restores: int | None = None  # the older version whose document this is


@dataclass(frozen=True, slots=True)
class Standing:
    """What a compiled policy depends on: equal standings compile to the same."""

    policy: int  # the number in force; 0: none was published
    slots: int  # ledger columns
    locations: int  # how often location facts changed


@dataclass(frozen=True, slots=True)
class Token:
    """Who an API token speaks for."""

    name: str
    role: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Session:
    """One sign-in to the console; `id` is a digest and opens nothing."""

    id: str
    device: str
    opened_at: datetime


@dataclass(frozen=True, slots=True)
class ConnectionState:
    """What the last check of an outside account found."""

    account: str  # its id; empty: the key opens none
    name: str
    fingerprint: str  # of the key that was checked
    checked_at: datetime
    problems: tuple[str, ...] = ()
    writable: bool = False
    revision: str = ""  # of the API that was asked


@dataclass(frozen=True, slots=True)
class Watching:
    """Whether a source tells us of every change that bears on stock."""

    checked_at: datetime
    repaired: tuple[str, ...] = ()  # topics that were missing when some last were
    repaired_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AllowanceUse:
    """How much of one family's minute is used."""

    family: str
    used: int
    per_minute: int
    held_s: float  # 0: the vendor takes requests


@dataclass(frozen=True, slots=True)
class FeedToken:
    """Who may fetch feeds; only the secret's SHA-256 is known."""

    digest: str
    name: str
    created_at: datetime
    ends_at: datetime | None  # None: until it is rotated or revoked

    def live(self, at: datetime) -> bool:
        """Tell whether it still opens feeds."""
        return self.ends_at is None or at < self.ends_at


@dataclass(frozen=True, slots=True)
class FeedState:
    """What is newest of a feed."""

    etag: str
    built_at: datetime  # when these bytes were made
    checked_at: datetime  # when they were last known to be true
    items: int
    length: int  # bytes before compression
    left_out: int = 0  # variants that lack what a feed must carry
    trouble: str | None = None  # why nothing may be served now


@dataclass(frozen=True, slots=True)
class Stored:
    """An answer given before to the same request; status 0: it is still being answered."""

    status: int
    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Conflict:
    """The same key was used for another request."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """Something a person should look at."""

    id: str
    kind: str
    key: str
    sentence: str
    facts: dict[str, Any]
    first_at: datetime
    last_at: datetime
    count: int
    owner: str | None = None


DoubtState = Literal["confirmed", "dismissed"]


@dataclass(frozen=True, slots=True)
class SettledDoubt:
    """A doubt that a person gave a word on."""

    id: str
    kind: str
    key: str
    sentence: str
    state: DoubtState
    by: str
    note: str
    at: datetime


@dataclass(frozen=True, slots=True)
class SourceState:
    """When a source was last heard, and what it said in sum."""

    name: str
    last_heard_at: datetime
    newest_observed_at: datetime | None
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One thing that a person or a policy did; each entry's hash covers the one before it."""

    id: str
    actor: str
    action: str
    target: str
    facts: dict[str, Any]
    at: datetime
    hash: str


@dataclass(frozen=True, slots=True)
class ServerFacts:
    """What must be known of the server before it is trusted."""

    engine: str
    version: str
    maxmemory_policy: str
    aof: bool
    used_memory_bytes: int
