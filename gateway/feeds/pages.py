"""One look at some ledger pages: what changed on them is remembered, and their parts of every form are written anew."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from gateway.feeds.fixed import FixedParts
from gateway.feeds.forms import facts_of
from gateway.feeds.layout import HEAD, MEMORY, PROVEN_OUT, Layout, read_memory
from gateway.feeds.member import Part, deflate
from gateway.feeds.splice import Splicer
from gateway.pipeline.pickup import offered_at
from gateway.policy_library import CompiledVersion
from gateway.services import Services
from gateway.store import Rows
from gateway.store.feed_parts import Place
from gateway.store.keys import PAGE_ROWS
from gateway.store.values import CatalogEntry
from policies.columns import BLIND_UNITS, PROVEN, from_us
from policies.values import Band

MEMORIES: Final = "memory"
"""The form under which memories are kept, beside the forms that are served."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A changed variant at this look, for the web feeds to judge."""

    variant: str
    entry: CatalogEntry | None
    state: npt.NDArray[Any]  # its row of pools
    memory: Any  # its record of MEMORY


class Look:
    """Some pages as they are now. Made, updated and written under the feeds' lease."""

    def __init__(self, services: Services, layout: Layout, version: CompiledVersion, places: Sequence[Place]) -> None:
        """Read the pages' variants, rows and memories in a few round trips."""
        self._services, self._layout, self._version = services, layout, version
        self._places = places
        self._names = services.store.feed_parts.variants(places)
        self.variants = [name for names in self._names for name in names]
        self.rows: Rows = services.store.ledger.read(self.variants)
        bodies = services.store.feed_parts.bodies(MEMORIES, places)
        self.memory = np.concatenate(
            [read_memory(body, len(names)) for body, names in zip(bodies, self._names, strict=True)]
            or [np.zeros(0, MEMORY)]
        )
        self._entries: dict[str, CatalogEntry] = {}

    def update(self, changed: frozenset[str] | None) -> list[Seen]:
        """Bring the memories of changed variants (None: of all) up to date, and return those variants."""
        indexes = [index for index, name in enumerate(self.variants) if changed is None or name in changed]
        self._read_entries([self.variants[index] for index in indexes])
        if not indexes:
            return []
        chosen = np.array(indexes)
        default = self.rows.pools[chosen, self._layout.default.column]
        memory = self.memory[chosen]
        seeing = default["promised"] != BLIND_UNITS
        decided = self.rows.sequences[chosen] != 0
        memory["told"] = np.where(seeing & decided, np.clip(default["promised"], -1, 2**31 - 1), memory["told"])
        back = (memory["was"] == Band.OUT | PROVEN_OUT) & (default["band"] > Band.OUT)
        memory["back_us"] = np.where(back, self.rows.decided_us[chosen], memory["back_us"])
        proven_out = (default["band"] == Band.OUT) & ((default["flags"] & PROVEN) != 0)
        memory["was"] = default["band"] | np.where(proven_out, PROVEN_OUT, 0).astype(np.uint8)
        if self._layout.places:
            memory["pickup"] = [self._pickup_bits(index) for index in indexes]
        self.memory[chosen] = memory
        return [
            Seen(self.variants[index], self._entries.get(self.variants[index]), self.rows.pools[index], record)
            for index, record in zip(indexes, memory, strict=True)
        ]

    def write(self, splicers: Mapping[str, tuple[Splicer, FixedParts]]) -> None:
        """Keep the memories and every form's part of each page; forms first, for a page is done once remembered."""
        live = {name: splicer.live(self.rows.pools, self.memory) for name, (splicer, _) in splicers.items()}
        parts: dict[str, list[tuple[Place, bytes, bytes]]] = {name: [] for name in (*splicers, MEMORIES)}
        start = 0
        for place, names in zip(self._places, self._names, strict=True):
            rows = slice(start, start + len(names))
            for name, (splicer, fixed) in splicers.items():
                texts = self._fixed(place, rows, splicer, fixed)
                raw, items = splicer.join(texts, live[name][rows])
                part = deflate(raw)
                parts[name].append((place, self._head(rows, part, items), part.deflated))
            parts[MEMORIES].append((place, self._head(rows, Part(b"", 0, 0), 0), self.memory[rows].tobytes()))
            start += len(names)
        for name, some in parts.items():
            self._services.store.feed_parts.put(name, some)

    def _fixed(self, place: Place, rows: slice, splicer: Splicer, fixed: FixedParts) -> list[bytes | None]:
        facts, names = self.rows.facts[rows], self.variants[rows]
        texts = fixed.load(place, facts)
        stale = [index for index, text in enumerate(texts) if text is ...]
        if stale:
            self._read_entries([names[index] for index in stale])
            for index in stale:
                texts[index] = self._fixed_text(names[index], splicer)
            fixed.keep(place, facts, texts)
        never = self.rows.sequences[rows] == 0
        return [None if unseen or text is ... else text for text, unseen in zip(texts, never, strict=True)]

    def _fixed_text(self, name: str, splicer: Splicer) -> bytes | None:
        entry = self._entries.get(name)
        facts = facts_of(entry) if entry is not None and entry.variant.published else None
        return None if facts is None else splicer.form.fixed(facts)

    def _head(self, rows: slice, part: Part, items: int) -> bytes:
        head = np.zeros(1, HEAD)
        counted = self.rows.sequences[rows].astype(np.int64) + self.rows.facts[rows]
        head["version"] = int(counted.sum())
        head["layout"] = np.frombuffer(self._layout.stamp, np.uint8)
        if items:  # an empty part has no place in the feed, and no digest
            digest = hashlib.sha256(part.deflated).digest()[:16]
            head["digest"] = np.frombuffer(digest, np.uint8)
        head["crc"], head["length"], head["deflated"] = part.crc, part.length, len(part.deflated)
        head["items"], head["left_out"] = items, (rows.stop - rows.start) - items
        return head.tobytes()

    def _pickup_bits(self, index: int) -> int:
        entry, decided_at = self._entries.get(self.variants[index]), from_us(self.rows.decided_us[index])
        offered = offered_at(self.rows, index, entry, self._version, decided_at)
        return sum(1 << bit for bit, place in enumerate(self._layout.places) if place in offered)

    def _read_entries(self, names: Sequence[str]) -> None:
        missing = [name for name in names if name not in self._entries]
        self._entries.update(self._services.store.catalog.entries(missing))


PAGES_AT_ONCE: Final = 1024 // PAGE_ROWS
