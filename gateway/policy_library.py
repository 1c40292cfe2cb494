"""The policy in force, compiled once per version, ledger width and change of location facts."""

from dataclasses import dataclass
from datetime import datetime
from threading import Lock

from gateway.documents import load_document
from gateway.store import Store
from policies.affected import Comparison
from policies.columns import Slot
from policies.compile import CompiledPolicy, LocationsTold, compile_document
from policies.document import Document

MOST_PAST_VERSIONS = 8


@dataclass(frozen=True, slots=True)
class CompiledVersion:
    """A published policy, ready to decide with."""

    number: int
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
    """Hands out the current version; compiles again only when something it depends on has moved."""

    def __init__(self, store: Store) -> None:
        self._store, self._lock = store, Lock()
        self._stamp: tuple[int, int, int] | None = None
        self._version: CompiledVersion | None = None
        self._ground: tuple[tuple[int, int], Ground] | None = None
        self._past: dict[int, Document] = {}
        self._comparisons: dict[tuple[int, int], tuple[Ground, Comparison]] = {}

    def current(self) -> CompiledVersion | None:
        """Return the policy in force, or None when none was ever published."""
        number = self._store.policies.current_number()
        if not number:
            return None
        ground_stamp, ground = self._look()
        stamp = (number, *ground_stamp)
        with self._lock:
            if stamp != self._stamp:
                published = self._store.policies.get(number)
                if published is None:
                    return None
                document = load_document(published.document)
                compiled = ground.compile(document)
                columns = self._store.pools.intern(compiled.pools)
                self._version, self._stamp = CompiledVersion(number, document, compiled, tuple(columns)), stamp
            return self._version

    def ground(self) -> Ground:
        """Return what documents are compiled over now."""
        return self._look()[1]

    def document(self, number: int) -> Document | None:
        """Return the document of any version."""
        if number not in self._past:
            published = self._store.policies.get(number)
            if published is None:
                return None
            if len(self._past) >= MOST_PAST_VERSIONS:
                self._past = {}
            self._past[number] = load_document(published.document)
        return self._past[number]

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
            if len(self._comparisons) >= MOST_PAST_VERSIONS:
                self._comparisons = {}
            self._comparisons[before, after] = ground, comparison
            return comparison

    def _look(self) -> tuple[tuple[int, int], Ground]:
        slots = self._store.ledger.slots()
        stamp = (len(slots), self._store.catalog.revision())
        known = self._ground
        if known is None or known[0] != stamp:
            locations = {(facts.source, facts.id): facts for facts in self._store.catalog.locations()}
            known = self._ground = (stamp, Ground(slots, locations))
        return known
