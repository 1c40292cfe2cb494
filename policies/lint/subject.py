"""The document under the lens: which rules meet on which variants, where and when, worked out once for every check.

Variants are infinitely many, and their kinds are few: whatever makes a rule win makes it win for a variant that has
just what the rule asks for and nothing else, since more attributes only let more rules match. Such a variant is a
*witness*. Values of one key that the same rules list are alike, so one of them stands for all.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import islice, product
from typing import Final

from policies.document import Document, Pool, Rule
from policies.eligibility import location_objections
from policies.rules import VARIANT_KEYS, RuleIndex, Signature, fold, index_rules
from policies.terms import PoolTerms, make_consistent, resolve, thresholds_of
from policies.values import Variant

MOST_KINDS: Final = 300
"""Kinds of variants of a shop, told apart by the rules that match them, whose numbers are looked at."""
MOST_WITNESSES: Final = 256
"""Witnesses per rule; a rule with more is not said to be beaten, since not all of its variants were looked at."""


@dataclass(frozen=True, slots=True)
class Cell:
    """The rules that hold for the variants of one kind in one pool from one moment on, and what they come to."""

    pool: Pool
    at: datetime
    rules: tuple[int, ...]  # in document order, dates and pools asked
    terms: PoolTerms


class Subject:
    """A document at a moment; what has passed by then is not looked at."""

    def __init__(self, document: Document, at: datetime, variants: Sequence[Variant] = ()) -> None:
        """Look at a document, and at how its rules meet on these variants."""
        self.document = document
        self.at = at
        self._variants = variants
        self.numbers = {rule.name: number for number, rule in enumerate(document.rules)}
        self._cells_of: dict[tuple[int, ...], tuple[Cell, ...]] = {}

    @cached_property
    def index(self) -> RuleIndex:
        """The rules by the values that they list."""
        return index_rules(self.document.rules)

    @cached_property
    def witnesses(self) -> tuple[tuple[Signature, ...], ...]:
        """For each rule, the kinds of variants that it matches; empty where there are too many to look at."""
        return tuple(self._witnesses(rule) for rule in self.document.rules)

    @cached_property
    def cells(self) -> tuple[Cell, ...]:
        """Every meeting of rules that a witness, or a variant without any attribute, brings about."""
        kinds = {self.index.matching(()): None}
        kinds |= {self.index.matching(witness): None for of_rule in self.witnesses for witness in of_rule}
        kinds |= dict.fromkeys(islice(dict.fromkeys(self.matching), MOST_KINDS))
        return tuple(cell for matching in kinds for cell in self.cells_of(matching))

    @cached_property
    def counting_cells(self) -> tuple[Cell, ...]:
        """The cells in which the variant counts at all."""
        return tuple(cell for cell in self.cells if not cell.terms.thresholds.excluded)

    @cached_property
    def matching(self) -> tuple[tuple[int, ...], ...]:
        """For each of the variants looked at, the rules that match it, dates, pools and locations not yet asked."""
        return tuple(self.index.matching(self.index.signature(variant)) for variant in self._variants)

    @cached_property
    def plain_cells(self) -> tuple[Cell, ...]:
        """The cells of a variant without any attribute."""
        return self.cells_of(self.index.matching(()))

    @cached_property
    def places(self) -> dict[str, tuple[str, ...]]:
        """Pool name -> the mapped locations that may serve it, closed ones included."""
        return {
            pool.name: tuple(
                place
                for place, purpose in self.document.locations.items()
                if not location_objections(place, purpose, None, pool)
            )
            for pool in self.document.pools.values()
        }

    def pools_of(self, rule: Rule) -> tuple[str, ...]:
        """Name the pools that a rule speaks of."""
        return tuple(pool for pool in self.document.pools if pool in rule.when.get("pools", (pool,)))

    def is_over(self, rule: Rule) -> bool:
        """Tell whether a rule will never hold again."""
        return rule.ends_at is not None and rule.ends_at <= self.at

    def terms(self, pool: Pool, rules: Sequence[int]) -> PoolTerms:
        """Work out what these rules come to in a pool."""
        active = tuple(self.document.rules[number] for number in rules)
        settings = resolve(active)
        changes = make_consistent(settings)
        return PoolTerms(pool, settings, thresholds_of(settings), changes, active, 0, {})

    def holding(self, matching: Sequence[int], pool: str, at: datetime) -> tuple[int, ...]:
        """Choose those of the matching rules that hold in a pool at a moment."""
        return tuple(number for number in matching if self._holds(self.document.rules[number], pool, at))

    def latest(self, cell: Cell, *settings: str) -> tuple[str, str]:
        """Find the path and rule of that of these settings which was set last: its rule met what stood before it."""
        rules = {name: cell.terms.settings[name].rule for name in settings}
        number, name = max((self.numbers[rule], name) for name, rule in rules.items() if rule is not None)
        return f"rules[{number}].set.{name}", self.document.rules[number].name

    def _holds(self, rule: Rule, pool: str, at: datetime) -> bool:
        begun = rule.starts_at is None or rule.starts_at <= at
        return begun and (rule.ends_at is None or at < rule.ends_at) and pool in rule.when.get("pools", (pool,))

    def cells_of(self, matching: tuple[int, ...]) -> tuple[Cell, ...]:
        """Give the cells of the variants that exactly these rules match, dates, pools and locations not yet asked."""
        if matching not in self._cells_of:
            self._cells_of[matching] = tuple(self._cells(matching))
        return self._cells_of[matching]

    def _cells(self, matching: tuple[int, ...]) -> Iterator[Cell]:
        rules = [self.document.rules[number] for number in matching]
        dates = {date for rule in rules for date in (rule.starts_at, rule.ends_at) if date is not None}
        for at in (self.at, *sorted(date for date in dates if date > self.at)):
            for pool in self.document.pools.values():
                held = self.holding(matching, pool.name, at)
                yield Cell(pool, at, held, self.terms(pool, held))

    @cached_property
    def _listing(self) -> dict[tuple[str, str], frozenset[int]]:
        """(key, value) -> the rules that list it."""
        found: dict[tuple[str, str], set[int]] = {}
        for number, rule in enumerate(self.document.rules):
            for key in VARIANT_KEYS:
                for value in rule.when.get(key, ()):
                    found.setdefault((key, fold(key, value)), set()).add(number)
        return {pair: frozenset(numbers) for pair, numbers in found.items()}

    def _witnesses(self, rule: Rule) -> tuple[Signature, ...]:
        choices = []
        total = 1
        for key in VARIANT_KEYS:
            if key not in rule.when:
                continue
            pairs = [(key, fold(key, value)) for value in rule.when[key]]
            alike = {self._listing[pair]: pair for pair in reversed(pairs)}
            choices.append(tuple(alike.values()))
            total *= len(alike)
        if total > MOST_WITNESSES:
            return ()
        return tuple(tuple(sorted(chosen)) for chosen in product(*choices))
