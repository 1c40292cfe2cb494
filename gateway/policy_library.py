"""The policy in force, compiled once per version, ledger width and change of location facts."""

from dataclasses import dataclass
from threading import Lock
from typing import Final

from gateway.documents import load_document
from gateway.store import Store
from gateway.store.values import Standing
from policies.compile import CompiledPolicy, compile_document
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


class PolicyLibrary:
    """Hands out compiled policies; compiles again only when something one depends on has moved."""

    def __init__(self, store: Store) -> None:
        self._store, self._lock = store, Lock()
        self._kept: dict[Standing, CompiledVersion] = {}

    def current(self) -> CompiledVersion | None:
        """Return the policy in force, or None when none was ever published."""
        return self._at(self._store.standing())

    def past(self, number: int, locations_revision: int) -> CompiledVersion | None:
        """Return a policy as it was with earlier location facts, over today's ledger columns."""
        return self._at(Standing(number, self._store.standing().slots, locations_revision))

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
        told = self._store.catalog.locations_at(standing.locations)
        locations = {(facts.source, facts.id): facts for facts in told}
        compiled = compile_document(document, self._store.ledger.slots(), locations)
        columns = self._store.pools.intern(compiled.pools)
        return CompiledVersion(standing.policy, standing.locations, document, compiled, tuple(columns))
