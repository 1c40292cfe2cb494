"""Two compiled documents side by side: whom the second one treats otherwise, found from rules and without stock.

A kind is all variants that no rule of either document tells apart. Called by `policies.impact`, for a preview, and when
a version is published, so that only what it touches is decided again.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from policies.columns import LEVEL_EXISTS, VariantColumns
from policies.compile import CompiledPolicy
from policies.conversion import BLOCKED_BIT, UNPUBLISHED_BIT
from policies.rules import Signature, fold, index_rules, values_of
from policies.terms import PoolTerms
from policies.values import Variant

MOST_MOMENTS: Final = 100
"""Beginnings and ends of dated rules that are looked at, the nearest first."""

Kinds = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class FactColumns:
    """What rules and the kernel may know of n variants; many variants share their attributes."""

    ids: Sequence[str]
    skus: Sequence[str | None]
    groups: npt.NDArray[np.int32]  # (n,) index into `attributes`
    attributes: Sequence[Variant]  # product, vendor, type, tags and collections; no id, no SKU. May grow, never changes
    objections: npt.NDArray[np.uint8]  # these four as in `VariantColumns`
    untracked: Mask
    continues: Mask
    units_per_day: npt.NDArray[Any]

    def take(self, rows: npt.NDArray[np.intp]) -> "FactColumns":
        """Return some of the variants."""
        return FactColumns(
            ids=[self.ids[row] for row in rows.tolist()],
            skus=[self.skus[row] for row in rows.tolist()],
            groups=self.groups[rows],
            attributes=self.attributes,
            objections=self.objections[rows],
            untracked=self.untracked[rows],
            continues=self.continues[rows],
            units_per_day=self.units_per_day[rows],
        )


def facts_of(variants: Sequence[Variant]) -> FactColumns:
    """Write a few variants as columns, each with attributes of its own."""
    rates = np.empty(len(variants), dtype=object)
    rates[:] = [variant.units_per_day for variant in variants]
    objections = [
        (0 if variant.published else UNPUBLISHED_BIT) | (BLOCKED_BIT if variant.blocked else 0) for variant in variants
    ]
    return FactColumns(
        ids=[variant.id for variant in variants],
        skus=[variant.sku for variant in variants],
        groups=np.arange(len(variants), dtype=np.int32),
        attributes=[replace(variant, id="", sku=None) for variant in variants],
        objections=np.array(objections, np.uint8),
        untracked=np.array([variant.tracked is False for variant in variants], np.bool_),
        continues=np.array([variant.inventory_policy == "continue" for variant in variants], np.bool_),
        units_per_day=rates,
    )


@dataclass(frozen=True, slots=True)
class Treatment:
    """How differently a kind is treated: as a whole, or only what lies at some ledger columns."""

    whole: bool = False
    columns: frozenset[int] = frozenset()
    wakes: bool = False  # decided alike, but woken at other times


@dataclass(frozen=True, slots=True)
class Reach:
    """Which of n variants a document treats otherwise than another."""

    everywhere: Mask
    at_columns: Mask  # only if they have levels at some columns: see `Comparison.lies_there`


class Comparison:
    """Compares the documents kind by kind, each kind once. Both must be compiled over the same columns and facts."""

    def __init__(self, before: CompiledPolicy, after: CompiledPolicy, at: datetime) -> None:
        self.before, self.after, self.at = before, after, at
        self._rules = (*before.document.rules, *after.document.rules)
        self._index = index_rules(self._rules)
        self._shared_keys = [key for key in self._index.asked if key not in ("variants", "skus")]
        edges = {date for rule in self._rules for date in (rule.starts_at, rule.ends_at) if date and date > at}
        self.moments = tuple(sorted(edges)[:MOST_MOMENTS])
        self.moments_left_out = len(edges) - len(self.moments)
        self._kinds: dict[Signature, int] = {}
        self._examples: list[Variant] = []
        self._attributes: Sequence[Variant] = ()
        self._of_group: list[int] = []
        self._of_values: dict[tuple[tuple[str, ...], ...], int] = {}
        self._treatments: dict[tuple[int, datetime], Treatment] = {}
        self._moments_of: dict[int, tuple[datetime, ...]] = {}
        self._reached: dict[tuple[int, bool], tuple[bool, bool]] = {}
        self._classes: dict[tuple[bool, datetime], list[int]] = {}
        self._fit = {side: _fit_columns(side) for side in (before, after)}
        self._other_pools = (
            set(before.pools) != set(after.pools) or before.document.default_pool != after.document.default_pool
        )
        self._other_restocks = _restock_terms(before) != _restock_terms(after)
        self._other_authority = frozenset(before.authoritative) ^ frozenset(after.authoritative)

    def kinds_of(self, facts: FactColumns) -> Kinds:
        """Sort variants into kinds."""
        if facts.attributes is not self._attributes:
            self._attributes, self._of_group = facts.attributes, []
        for variant in facts.attributes[len(self._of_group) :]:
            asked = tuple(values_of(variant, key) for key in self._shared_keys)
            if asked not in self._of_values:
                self._of_values[asked] = self._kind(variant)
            self._of_group.append(self._of_values[asked])
        kinds = np.array(self._of_group, np.int32)[facts.groups] if self._of_group else np.zeros(0, np.int32)
        ids, skus = self._index.asked.get("variants", frozenset()), self._index.asked.get("skus", frozenset())
        if ids or skus:
            for row, (name, sku) in enumerate(zip(facts.ids, facts.skus, strict=True)):
                if name in ids or (sku is not None and fold("skus", sku) in skus):
                    kinds[row] = self._kind(_named(facts.attributes[facts.groups[row]], name, sku))
        return kinds

    def moments_of(self, kind: int) -> tuple[datetime, ...]:
        """List when a dated rule that matches the kind begins or ends, as far as moments are looked at."""
        if kind not in self._moments_of:
            signature = self._index.signature(self._examples[kind])
            rules = (self._rules[number] for number in self._index.matching(signature))
            dates = {date for rule in rules for date in (rule.starts_at, rule.ends_at) if date is not None}
            self._moments_of[kind] = tuple(moment for moment in self.moments if moment in dates)
        return self._moments_of[kind]

    def treatment(self, kind: int, moment: datetime) -> Treatment:
        """Tell how differently a kind is treated at a moment."""
        known = self._treatments.get((kind, moment))
        if known is None:
            known = self._treatments[kind, moment] = self._compare(kind, moment)
        return known

    def reach(self, kinds: Kinds, *, ever: bool) -> Reach:
        """Tell which rows are treated otherwise: now, so that they must be decided again, or (`ever`) at any moment.

        Other terms of restocks matter to whoever steps up later, so they are a difference only when looking ahead.
        """
        answers = np.zeros((len(self._examples), 2), np.bool_)
        for kind in np.unique(kinds).tolist():
            answers[kind] = self._reach_of(kind, ever)
        return Reach(answers[kinds, 0], answers[kinds, 1])

    def lies_there(self, kinds: Kinds, stamps: npt.NDArray[np.uint64], *, ever: bool) -> Mask:
        """Tell which rows of kinds treated otherwise only at some columns have levels there."""
        there = np.zeros(len(kinds), np.bool_)
        for kind in np.unique(kinds).tolist():
            rows = np.flatnonzero(kinds == kind)
            treatments = self._ever(kind) if ever else (self.treatment(kind, self.at),)
            columns = sorted({column for one in treatments for column in one.columns})
            there[rows] = ((stamps[rows][:, columns] & np.uint64(LEVEL_EXISTS)) != 0).any(axis=1)
        return there

    def columns_at(self, side: CompiledPolicy, facts: FactColumns, kinds: Kinds, moment: datetime) -> VariantColumns:
        """Give variants to the kernel as one of the documents sees them at a moment."""
        classes = self._classes.setdefault((side is self.after, moment), [])
        for example in self._examples[len(classes) :]:
            classes.append(side.class_of(example, moment))
        return VariantColumns(
            classes=np.array(classes, np.int32)[kinds] if classes else np.zeros(0, np.int32),
            objections=facts.objections,
            untracked=facts.untracked,
            continues=facts.continues,
            units_per_day=facts.units_per_day,
        )

    def terms_at(self, side: CompiledPolicy, kind: int, moment: datetime) -> dict[str, PoolTerms]:
        """Give what one of the documents says of a kind, by pool."""
        return _by_pool(side.terms_of(side.class_of(self._examples[kind], moment)))

    def why(self, moment: datetime) -> tuple[str, ...]:
        """Say in words what happens at a moment, once where both documents say it."""
        began = [f"'{rule.name}' begins" for rule in self._rules if rule.starts_at == moment]
        ended = [f"'{rule.name}' ends" for rule in self._rules if rule.ends_at == moment]
        return tuple(dict.fromkeys([*began, *ended]))

    def _ever(self, kind: int) -> tuple[Treatment, ...]:
        return tuple(self.treatment(kind, moment) for moment in (self.at, *self.moments_of(kind)))

    def _reach_of(self, kind: int, ever: bool) -> tuple[bool, bool]:
        if (kind, ever) not in self._reached:
            treatments = self._ever(kind) if ever else (self.treatment(kind, self.at),)
            everywhere = any(one.whole or (one.wakes and not ever) for one in treatments)
            everywhere = everywhere or (ever and self._other_restocks)
            at_columns = not everywhere and any(one.columns for one in treatments)
            self._reached[kind, ever] = everywhere, at_columns
        return self._reached[kind, ever]

    def _kind(self, variant: Variant) -> int:
        signature = self._index.signature(variant)
        if signature not in self._kinds:
            self._kinds[signature] = len(self._examples)
            self._examples.append(variant)
        return self._kinds[signature]

    def _compare(self, kind: int, moment: datetime) -> Treatment:
        if self._other_pools:
            return Treatment(whole=True)
        was, becomes = self.terms_at(self.before, kind, moment), self.terms_at(self.after, kind, moment)
        columns, whole, wakes = set(self._other_authority), False, False
        for name, old in was.items():
            new = becomes[name]
            whole |= self._whole(old, new)
            columns |= self._columns(old, new)
            wakes |= (old.edge_us, old.edges_at) != (new.edge_us, new.edges_at)
        return Treatment(whole, frozenset(columns), wakes)

    def _whole(self, old: PoolTerms, new: PoolTerms) -> bool:
        if old.thresholds != new.thresholds or set(old.pool.states) != set(new.pool.states):
            return True
        return self.before.may_sell_uncounted(old) != self.after.may_sell_uncounted(new)

    def _columns(self, old: PoolTerms, new: PoolTerms) -> set[int]:
        was, becomes = self._fit[self.before][old.pool.name], self._fit[self.after][new.pool.name]
        differing = set(was ^ becomes)
        if old.active != new.active:
            for column in was & becomes:
                place = self.before.slots[column].location
                here, there = old.at_location(place), new.at_location(place)
                excluded = (here.excluded_by is None) != (there.excluded_by is None)
                if excluded or here.reserve != there.reserve:
                    differing.add(column)
        return differing


def _named(attributes: Variant, name: str, sku: str | None) -> Variant:
    return Variant(
        id=name,
        sku=sku,
        product=attributes.product,
        vendor=attributes.vendor,
        product_type=attributes.product_type,
        tags=attributes.tags,
        collections=attributes.collections,
    )


def _restock_terms(policy: CompiledPolicy) -> tuple[object, ...]:
    document = policy.document
    return document.restock, document.catalog_restock, document.catalog_return


def _by_pool(terms: tuple[PoolTerms, ...]) -> dict[str, PoolTerms]:
    return {one.pool.name: one for one in terms}


def _fit_columns(policy: CompiledPolicy) -> dict[str, frozenset[int]]:
    """Give the ledger columns that may count in each pool, as far as location and authority go."""
    return {
        name: frozenset(
            column
            for column in policy.authoritative
            if not policy.location_objections(policy.slots[column].location, pool)
        )
        for name, pool in policy.document.pools.items()
    }
