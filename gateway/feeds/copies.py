"""The finished files on this host's disk: one folder per feed, swapped whole, and the last good one kept.

`current.json` names the file to serve; it is replaced by rename after the file is complete, so a kill at any moment
leaves the old bytes being served. The file's size is checked against it, for after a power cut a file may be short.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final

import orjson

from policies.columns import from_us, to_us

CURRENT: Final = "current.json"


@dataclass(frozen=True, slots=True)
class Copy:
    """A finished file, gzipped, and what is known of it."""

    path: Path
    etag: str
    built_at: datetime
    checked_at: datetime
    items: int
    length: int  # bytes before compression
    size: int  # bytes on disk


class Copies:
    """The feeds' folders below one root."""

    def __init__(self, root: Path) -> None:
        """Use a root that need not exist yet."""
        self._root = root

    def current(self, feed: str) -> Copy | None:
        """Return the copy to serve, None where there is none or it is damaged."""
        folder = self._folder(feed)
        try:
            stored = orjson.loads((folder / CURRENT).read_bytes())
            copy = Copy(
                folder / f"{stored['etag']}.gz",
                stored["etag"],
                from_us(stored["built_at"]),
                from_us(stored["checked_at"]),
                stored["items"],
                stored["length"],
                stored["size"],
            )
            return copy if copy.path.stat().st_size == copy.size else None
        except (OSError, orjson.JSONDecodeError, KeyError, TypeError):
            return None

    def index(self, feed: str, copy: Copy) -> bytes:
        """Return what was kept beside a copy about its insides; nothing where nothing was."""
        try:
            return (self._folder(feed) / f"{copy.etag}.index").read_bytes()
        except OSError:
            return b""

    def swap(
        self,
        feed: str,
        etag: str,
        write: Callable[[BinaryIO], bytes],
        at: datetime,
        *,
        checked_at: datetime,
        items: int,
        length: int,
    ) -> Copy:
        """Write a new file with `write`, which returns its index, and put it in place.

        The file before stays until the next swap, for somebody may be about to open it.
        """
        folder, before = self._folder(feed), self.current(feed)
        folder.mkdir(parents=True, exist_ok=True)
        draft, path = folder / f"{etag}.draft", folder / f"{etag}.gz"
        with draft.open("wb") as file:
            index = write(file)
        (folder / f"{etag}.index").write_bytes(index)
        draft.replace(path)
        copy = Copy(path, etag, at, checked_at, items, length, path.stat().st_size)
        self._point_at(feed, copy)
        kept = {etag, CURRENT.partition(".")[0], before.etag if before else etag}
        for old in folder.iterdir():
            if old.name.partition(".")[0] not in kept:
                old.unlink(missing_ok=True)
        return copy

    def touch(self, feed: str, copy: Copy, checked_at: datetime) -> None:
        """Note that a copy is still true."""
        self._point_at(feed, replace(copy, checked_at=checked_at))

    def note(self, name: str, facts: object) -> None:
        """Keep a small fact for the time when the store is away."""
        self._root.mkdir(parents=True, exist_ok=True)
        draft = self._root / f"{name}.draft"
        draft.write_bytes(orjson.dumps(facts))
        draft.replace(self._root / name)

    def noted(self, name: str) -> object:
        """Return such a fact, None where there is none."""
        try:
            return orjson.loads((self._root / name).read_bytes())
        except (OSError, orjson.JSONDecodeError):
            return None

    def _point_at(self, feed: str, copy: Copy) -> None:
        facts = asdict(copy) | {"built_at": to_us(copy.built_at), "checked_at": to_us(copy.checked_at)}
        del facts["path"]
        draft = self._folder(feed) / f"{CURRENT}.draft"
        draft.write_bytes(orjson.dumps(facts))
        draft.replace(self._folder(feed) / CURRENT)

    def _folder(self, feed: str) -> Path:
        return self._root / feed.replace("/", ".")
