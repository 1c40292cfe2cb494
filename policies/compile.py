"""A document, made ready once for every decision under it.

Two readers use the compiled form: `policies.decision` explains one variant, `policies.kernel` decides many.
"""

from bisect import bisect_right
from collections.abc import Mapping
from datetime import datetime
from itertools import count

from policies.columns import Slot, to_us
from policies.document import Document, Pool, Rule
from policies.eligibility import location_objections
from policies.reasons import Reason
from policies.rules import Signature, index_rules, likeness_of
from policies.terms import PoolTerms, make_consistent, resolve, thresholds_of
from policies.values import LocationFacts, Variant

LocationsTold = Mapping[tuple[str, str], LocationFacts]
"""(source, location id) -> what that source says of the location."""


class CompiledPolicy:
    """A document with its scopes resolved into classes: variants of one class are treated alike during an epoch.

    An epoch is the time between two dates of any rule; a class id is only right within the epoch it was asked for.
    """

    def __init__(self, document: Document, slots: tuple[Slot, ...], locations: LocationsTold) -> None:
        authority = document.authority
        self.document = document
        self.slots = slots
        self.labels = _labels(document, locations)
        self.pools = tuple(document.pools)
        self.default_pool = self.pools.index(document.default_pool)
        self.authoritative = tuple(
            column for column, slot in enumerate(slots) if slot.source == authority.levels_source(slot.location)
        )
        """The columns of `slots` that count: each location's own authority."""
        self.uses_freshness = any(rule.set.get("fresh_for_minutes", "none") != "none" for rule in document.rules)
        """Whether the age of an unchanged reading can matter."""
        self._locations = locations
        self._index = index_rules(document.rules)
        self.likeness = likeness_of(self._index.asked)
        """What is equal for two variants that are surely of one class, publication and tracking included."""
        dates = (to_us(date) for rule in document.rules for date in (rule.starts_at, rule.ends_at) if date is not None)
        self._edges = sorted(set(dates))
        self._matching: dict[Signature, tuple[int, ...]] = {}
        self._ids: dict[tuple[int, tuple[int, ...]], int] = {}
        self._terms: dict[int, tuple[PoolTerms, ...]] = {}
        self._next_id = count()
        self._objections: dict[tuple[str, str], tuple[Reason, ...]] = {}

    def epoch_at(self, at: datetime) -> int:
        """Number the time between two dates of any rule that a moment lies in."""
        return bisect_right(self._edges, to_us(at))

    def class_of(self, variant: Variant, at: datetime) -> int:
        """Name the class of a variant at a moment."""
        signature = self._index.signature(variant)
        matching = self._matching.get(signature)
        if matching is None:
            matching = self._matching[signature] = self._index.matching(signature)
        epoch = self.epoch_at(at)
        class_id = self._ids.get((epoch, matching))
        if class_id is None:
            class_id = self._add_class(epoch, matching)
        return class_id

    def terms_of(self, class_id: int) -> tuple[PoolTerms, ...]:
        """Give what holds for a class, pool by pool in the order of `pools`."""
        return self._terms[class_id]

    def location_objections(self, location: str, pool: Pool) -> tuple[Reason, ...]:
        """List what speaks against a location in a pool under this policy."""
        key = (location, pool.name)
        known = self._objections.get(key)
        if known is None:
            facts = self._locations.get((self.document.authority.levels_source(location), location))
            purpose = self.document.locations.get(location)
            active = None if facts is None else facts.active
            known = self._objections[key] = location_objections(location, purpose, active, pool)
        return known

    def may_sell_uncounted(self, terms: PoolTerms) -> bool:
        """Tell whether any mapped location of the pool may sell what is not counted."""
        return any(
            not self.location_objections(location, terms.pool) and terms.at_location(location).excluded_by is None
            for location in self.document.locations
        )

    def _add_class(self, epoch: int, matching: tuple[int, ...]) -> int:
        rules = [self.document.rules[number] for number in matching]
        # Terms are filed before the id is handed out, so that two threads can at worst make one class twice.
        class_id = next(self._next_id)
        self._terms[class_id] = tuple(self._pool_terms(pool, rules, epoch) for pool in self.document.pools.values())
        return self._ids.setdefault((epoch, matching), class_id)

    def _pool_terms(self, pool: Pool, rules: list[Rule], epoch: int) -> PoolTerms:
        starts_us = self._edges[epoch - 1] if epoch else None
        here = [rule for rule in rules if pool.name in rule.when.get("pools", (pool.name,))]
        active = tuple(rule for rule in here if _holds(rule, starts_us))
        settings = resolve(active)
        changes = make_consistent(settings)
        edge_us, edges_at = self._coming_edges(here, starts_us)
        return PoolTerms(pool, settings, thresholds_of(settings), changes, active, edge_us, edges_at)

    def _coming_edges(self, rules: list[Rule], starts_us: int | None) -> tuple[int, dict[str, int]]:
        everywhere: list[int] = []
        at_levels: dict[str, int] = {}
        for rule in rules:
            dates = [to_us(date) for date in (rule.starts_at, rule.ends_at) if date is not None]
            coming = [date for date in dates if starts_us is None or date > starts_us]
            if not coming:
                continue
            places = rule.when.get("locations")
            if places is None or any(place in self.document.locations for place in places):
                everywhere.append(min(coming))
                continue
            for place in places:
                at_levels[place] = min(at_levels.get(place, coming[0]), *coming)
        return min(everywhere, default=0), at_levels


def _holds(rule: Rule, starts_us: int | None) -> bool:
    """Tell whether a rule is in its dates throughout an epoch that starts then (None: before any date)."""
    if starts_us is None:
        return rule.starts_at is None
    begun = rule.starts_at is None or to_us(rule.starts_at) <= starts_us
    return begun and (rule.ends_at is None or starts_us < to_us(rule.ends_at))


def _labels(document: Document, locations: LocationsTold) -> Mapping[str, str]:
    """Give each location the name that people read: the policy's, else what a source calls it, else its id."""
    told = {id_: facts.label or id_ for (_, id_), facts in sorted(locations.items())}
    return told | {id_: place.label or told.get(id_, id_) for id_, place in document.locations.items()}


def compile_document(document: Document, slots: tuple[Slot, ...], locations: LocationsTold) -> CompiledPolicy:
    """Make a checked document ready for deciding over these ledger columns and location facts."""
    return CompiledPolicy(document, slots, locations)
