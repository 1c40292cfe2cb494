"""Joins the catalogue's parts into one file on this host: what did not change is copied from the file before.

The builder does it after a look, and a web process on another host when it is asked for what it has not got. Both get
the same bytes, for parts are the same everywhere and the ETag covers every part's digest.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Final

import numpy as np
import numpy.typing as npt

from gateway.feeds.copies import Copies, Copy
from gateway.feeds.forms import FORMS
from gateway.feeds.layout import HEAD
from gateway.feeds.member import HEAD as MEMBER_HEAD
from gateway.feeds.member import deflate, tail
from gateway.store.feed_parts import FeedParts, Place
from gateway.store.keys import PARTITIONS

LARGEST_BYTES: Final = 100_000_000
"""Of one file before compression (Klaviyo, "Sync a custom catalog feed": 100 MB)."""
BODIES_AT_ONCE: Final = 64
COPY_BYTES: Final = 1 << 20
ENTRY: Final = np.dtype([("digest", "u1", (16,)), ("offset", "<u8"), ("deflated", "<u4")])
"""A line of the index beside a file: where a part lies in it."""


@dataclass(frozen=True, slots=True)
class CatalogFeed:
    """The whole catalogue, or one of `of` files that it is split into, in one form."""

    form: str
    part: int = 1
    of: int = 1

    @property
    def name(self) -> str:
        """The feed's name in the store and on disk."""
        return f"catalog.{self.form}" if self.of == 1 else f"catalog.{self.form}.{self.part}of{self.of}"

    @property
    def partitions(self) -> Sequence[int]:
        """The ledger's partitions in this file."""
        return range(self.part - 1, PARTITIONS, self.of)

    @classmethod
    def named(cls, name: str) -> "CatalogFeed":
        """Read a name back."""
        _, form, *rest = name.split(".")
        part, of = rest[0].split("of") if rest else ("1", "1")
        return cls(form, int(part), int(of))


@dataclass(frozen=True, slots=True)
class Plan:
    """The parts of a file, in order, empty ones left out."""

    feed: CatalogFeed
    places: tuple[Place, ...]
    heads: npt.NDArray[Any]  # of HEAD
    left_out: int

    @property
    def items(self) -> int:
        """How many items the file has."""
        return int(self.heads["items"].sum())

    @property
    def length(self) -> int:
        """The file's bytes before compression."""
        form = FORMS[self.feed.form]
        between = len(form.between) * max(0, len(self.heads) - 1)
        return len(form.opening) + int(self.heads["length"].sum()) + between + len(form.closing)

    @property
    def etag(self) -> str:
        """A digest of everything in the file."""
        return hashlib.sha256(self.feed.name.encode() + self.heads["digest"].tobytes()).hexdigest()[:32]


def plan_of(parts: FeedParts, feed: CatalogFeed) -> Plan:
    """Look at what there is."""
    found = parts.heads(feed.form, feed.partitions)
    heads = np.frombuffer(b"".join(found.values()), HEAD)
    filled = heads["items"] > 0
    places = tuple(place for place, kept in zip(found, filled, strict=True) if kept)
    return Plan(feed, places, heads[filled], int(heads["left_out"].sum()))


def assemble(parts: FeedParts, copies: Copies, plan: Plan, at: datetime, checked_at: datetime) -> Copy | None:
    """Put the file in place; None where the parts have moved since the plan was made."""
    feed = plan.feed.name
    old = copies.current(feed)
    if old is not None and old.etag == plan.etag:
        copies.touch(feed, old, checked_at)
        return copies.current(feed)
    kept = {} if old is None else _kept(old, copies.index(feed, old))

    def write(file: BinaryIO) -> bytes:
        return _Writer(parts, plan, old.path if old else None, kept).write(file)

    try:
        return copies.swap(feed, plan.etag, write, at, checked_at=checked_at, items=plan.items, length=plan.length)
    except PartsMovedError:
        return None


class PartsMovedError(Exception):
    """A part is not the one that was planned."""


def _kept(old: Copy, index: bytes) -> dict[bytes, tuple[int, int]]:
    """Return where each part lies in the old file, by its digest."""
    if not index or len(index) % ENTRY.itemsize:
        return {}
    entries = np.frombuffer(index, ENTRY)
    if len(entries) and int(entries["offset"][-1]) + int(entries["deflated"][-1]) > old.size:
        return {}
    spans = zip(entries["offset"].tolist(), entries["deflated"].tolist(), strict=True)
    return dict(zip((digest.tobytes() for digest in entries["digest"]), spans, strict=True))


class _Writer:
    """Writes one member. Neighbours that were neighbours before are copied in one go."""

    def __init__(self, parts: FeedParts, plan: Plan, old: Path | None, kept: dict[bytes, tuple[int, int]]) -> None:
        self._parts, self._plan, self._old, self._kept = parts, plan, old, kept
        form = FORMS[plan.feed.form]
        self._opening, self._between = deflate(form.opening), deflate(form.between)
        self._closing = deflate(form.closing, last=True)
        self._digests = [digest.tobytes() for digest in plan.heads["digest"]]

    def write(self, file: BinaryIO) -> bytes:
        """Write the member; return the index of its parts."""
        file.write(MEMBER_HEAD + self._opening.deflated)
        bodies = self._bodies()
        old = self._old.open("rb") if self._old else None
        try:
            for first, last in self._runs():
                if first:
                    file.write(self._between.deflated)
                span = self._kept.get(self._digests[first])
                if old is None or span is None:
                    file.write(next(bodies))
                else:
                    last_offset, last_size = self._kept[self._digests[last]]
                    _copy(old, file, span[0], last_offset + last_size)
        finally:
            if old:
                old.close()
        file.write(self._closing.deflated + self._tail())
        return self._index()

    def _runs(self) -> Iterator[tuple[int, int]]:
        """Yield (first, last) of parts that lie in the old file in this order, side by side; a new part is alone."""
        first, end = 0, None
        for number, digest in enumerate(self._digests):
            span = self._kept.get(digest)
            follows = span is not None and end is not None and span[0] == end + len(self._between.deflated)
            if number and not follows:
                yield first, number - 1
                first = number
            end = None if span is None else span[0] + span[1]
        if self._digests:
            yield first, len(self._digests) - 1

    def _bodies(self) -> Iterator[bytes]:
        """Yield the parts that the old file has not got, in order."""
        new = [number for number, digest in enumerate(self._digests) if digest not in self._kept]
        for start in range(0, len(new), BODIES_AT_ONCE):
            some = new[start : start + BODIES_AT_ONCE]
            found = self._parts.bodies(self._plan.feed.form, [self._plan.places[number] for number in some])
            for number, body in zip(some, found, strict=True):
                if body is None or hashlib.sha256(body).digest()[:16] != self._digests[number]:
                    raise PartsMovedError
                yield body

    def _tail(self) -> bytes:
        crcs, lengths = self._plan.heads["crc"].tolist(), self._plan.heads["length"].tolist()
        ends = (self._opening, self._closing)
        return tail(
            [ends[0].crc, *_between(crcs, self._between.crc), ends[1].crc],
            [ends[0].length, *_between(lengths, self._between.length), ends[1].length],
        )

    def _index(self) -> bytes:
        heads = self._plan.heads
        index = np.zeros(len(heads), ENTRY)
        steps = heads["deflated"].astype(np.int64) + len(self._between.deflated)
        begin = len(MEMBER_HEAD) + len(self._opening.deflated)
        index["offset"] = begin + np.cumsum(steps) - steps
        index["digest"], index["deflated"] = heads["digest"], heads["deflated"]
        return index.tobytes()


def _between(values: Sequence[int], value: int) -> list[int]:
    """Put a value between every two."""
    mixed = [value] * max(0, 2 * len(values) - 1)
    mixed[::2] = values
    return mixed


def _copy(source: BinaryIO, target: BinaryIO, start: int, end: int) -> None:
    source.seek(start)
    while start < end:
        piece = source.read(min(COPY_BYTES, end - start))
        if not piece:
            raise PartsMovedError
        target.write(piece)
        start += len(piece)
