"""The policy in force, compiled once per version, ledger width and change of location facts."""

from dataclasses import dataclass
from threading import Lock

from gateway.documents import load_document
from gateway.store import Store
from policies.compile import CompiledPolicy, compile_document
from policies.document import Document


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


class PolicyLibrary:
    """Hands out the current version; compiles again only when something it depends on has moved."""

    def __init__(self, store: Store) -> None:
        self._store, self._lock = store, Lock()
        self._stamp: tuple[int, int, int] | None = None
        self._version: CompiledVersion | None = None

    def current(self) -> CompiledVersion | None:
        """Return the policy in force, or None when none was ever published."""
        number = self._store.policies.current_number()
        if not number:
            return None
        slots = self._store.ledger.slots()
        stamp = (number, len(slots), self._store.catalog.revision())
        with self._lock:
            if stamp != self._stamp:
                published = self._store.policies.get(number)
                if published is None:
                    return None
                document = load_document(published.document)
                locations = {(facts.source, facts.id): facts for facts in self._store.catalog.locations()}
                compiled = compile_document(document, slots, locations)
                columns = self._store.pools.intern(compiled.pools)
                self._version, self._stamp = CompiledVersion(number, document, compiled, tuple(columns)), stamp
            return self._version
