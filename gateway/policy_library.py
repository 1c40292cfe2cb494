"""The policy in force, compiled once per version, ledger width and change of location facts."""

from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Final

from gateway.documents import load_document
from gateway.store import Store
from gateway.store.values import Standing
from policies.affected import Comparison
from policies.columns import Slot
from policies.compile import CompiledPolicy, LocationsTold, compile_document
from policies.document import Document

KEPT: Final = 8
"""Compiled policies held at once: the one in force, and those that past decisions are explained by."""


@dataclass(frozen=True, slots=True)
class CompiledVersion:
    """A published policy, ready to decide with."""

    number: int
    locations_revision: int  # of the location facts it is compiled with
    document: Document
    compiled: CompiledPolicy
    pool_columns: tuple[int, ...]  # where each pool of the policy lies in the store

    @property
    def uses_freshness(self) -> bool:
        """Tell whether a renewed reading can change a decision."""
        return self.compiled.uses_freshness

    @property
    def default_column(self) -> int:
        """Return the store's column of the pool that the catalogue promises from."""
        return self.pool_columns[self.compiled.default_pool]


@dataclass(frozen=True, slots=True)
class Ground:
    """What any document is compiled over: the ledger's columns and what is told of locations."""

    slots: tuple[Slot, ...]
    locations: LocationsTold

    def compile(self, document: Document) -> CompiledPolicy:
        """Make a document ready for deciding."""
        return compile_document(document, self.slots, self.locations)


class PolicyLibrary:
    """Hands out compiled policies; compiles again only when something one depends on has moved."""

    def __init__(self, store: Store) -> None:
        self._store, self._lock = store, Lock()
        self._kept: dict[Standing, CompiledVersion] = {}
        self._ground: tuple[tuple[int, int], Ground] | None = None
        self._documents: dict[int, Document] = {}
        self._comparisons: dict[tuple[int, int], tuple[Ground, Comparison]] = {}

    def current(self) -> CompiledVersion | None:
        """Return the policy in force, or None when none was ever published."""
        return self._at(self._store.standing())

    def past(self, number: int, locations_revision: int) -> CompiledVersion | None:
        """Return a policy as it was with earlier location facts, over today's ledger columns."""
        return self._at(Standing(number, self._store.ledger.width, locations_revision))

    def ground(self) -> Ground:
        """Return what documents are compiled over now; writes nothing."""
        standing = self._store.standing()
        stamp, known = (standing.slots, standing.locations), self._ground
        if known is None or known[0] != stamp:
            told = self._told(standing.locations)
            known = self._ground = (stamp, Ground(self._store.ledger.slots(), told))
        return known[1]

    def document(self, number: int) -> Document | None:
        """Return the document of any version."""
        if number not in self._documents:
            published = self._store.policies.get(number)
            if published is None:
                return None
            self._documents = {
                **dict(list(self._documents.items())[1 - KEPT :]),
                number: load_document(published.document),
            }
        return self._documents[number]

    def comparison(self, before: int, after: int, at: datetime) -> Comparison | None:
        """Return one version beside another, as from a time on; None where either was never published."""
        ground = self.ground()
        with self._lock:
            known = self._comparisons.get((before, after))
            if known is not None and known[0] is ground:
                return known[1]
            documents = self.document(before), self.document(after)
            if documents[0] is None or documents[1] is None:
                return None
            comparison = Comparison(ground.compile(documents[0]), ground.compile(documents[1]), at)
            self._comparisons = {
                **dict(list(self._comparisons.items())[1 - KEPT :]),
                (before, after): (ground, comparison),
            }
            return comparison

    def _at(self, standing: Standing) -> CompiledVersion | None:
        with self._lock:
            version = self._kept.get(standing)
            if version is None and standing.policy and (version := self._compiled(standing)):
                self._kept = {**dict(list(self._kept.items())[1 - KEPT :]), standing: version}
            return version

    def _compiled(self, standing: Standing) -> CompiledVersion | None:
        published = self._store.policies.get(standing.policy)
        if published is None:
            return None
        document = load_document(published.document)
        compiled = Ground(self._store.ledger.slots(), self._told(standing.locations)).compile(document)
        columns = self._store.pools.intern(compiled.pools)
        return CompiledVersion(standing.policy, standing.locations, document, compiled, tuple(columns))

    def _told(self, revision: int) -> LocationsTold:
        return {(facts.source, facts.id): facts for facts in self._store.catalog.locations_at(revision)}
