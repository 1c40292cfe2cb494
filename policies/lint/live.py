"""The document held against a shop: a bounded number of its variants, decided once for every check."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from functools import cached_property
from itertools import zip_longest
from typing import Final

from policies.compile import CompiledPolicy, compile_document
from policies.decision import FIRST_SIGHT, Decision, LocationStep, PoolDecision, decide
from policies.document import Document
from policies.lint.shop import ShopView
from policies.lint.subject import Subject
from policies.values import Level, PoolState, Variant

MOST_DECIDED: Final = 300
"""Variants decided by the scalar reader, those of different rules first: well under a tenth of a second."""
ENOUGH: Final = 5
"""Products that must agree before something is said of all of them."""


class Live:
    """A shop under a document at a moment."""

    def __init__(self, document: Document, shop: ShopView, at: datetime) -> None:
        self.document, self.shop, self.at = document, shop, at
        self.subject = Subject(document, at, shop.variants)

    @cached_property
    def matching(self) -> dict[str, tuple[int, ...]]:
        """Variant id -> the rules that match it, dates, pools and locations not yet asked."""
        ids = (variant.id for variant in self.shop.variants)
        return dict(zip(ids, self.subject.matching, strict=True))

    @cached_property
    def chosen(self) -> tuple[Variant, ...]:
        """The variants that are decided: one of each kind, then a second of each, and so on."""
        kinds: dict[tuple[int, ...], list[Variant]] = defaultdict(list)
        for variant in self.shop.variants:
            if variant.id in self.shop.levels:
                kinds[self.matching[variant.id]].append(variant)
        turns = zip_longest(*kinds.values())
        return tuple(variant for turn in turns for variant in turn if variant is not None)[:MOST_DECIDED]

    @cached_property
    def decisions(self) -> tuple[tuple[Variant, Decision], ...]:
        """The chosen variants as they would be decided if they were seen for the first time."""
        policy = self.compile(self.document)
        return tuple((variant, self.decide(policy, variant)) for variant in self.chosen)

    def pools(self) -> Iterator[tuple[Variant, PoolDecision]]:
        """Go through what every pool says of every variant chosen that is published and not blocked."""
        for variant, decision in self.decisions:
            if variant.published and not variant.blocked:
                for of_pool in decision.pools.values():
                    yield variant, of_pool

    def compile(self, document: Document) -> CompiledPolicy:
        """Make a document ready for deciding over what sources say of the shop's locations."""
        return compile_document(document, (), {(facts.source, facts.id): facts for facts in self.shop.locations})

    def decide(self, policy: CompiledPolicy, variant: Variant, before: PoolState = FIRST_SIGHT) -> Decision:
        """Decide one variant, every pool of it having been so before."""
        states = dict.fromkeys(policy.pools, before)
        return decide(policy, variant, self.levels_of(policy.document, variant), states, self.at)

    def levels_of(self, document: Document, variant: Variant) -> tuple[Level, ...]:
        """Give a variant's levels as a document's authorities tell them."""
        source_of = document.authority.levels_source
        return tuple(
            level for level in self.shop.levels.get(variant.id, ()) if level.source == source_of(level.location)
        )


def stock_of(steps: tuple[LocationStep, ...]) -> int:
    """Add up what counts before anything is kept back."""
    return sum(step.counted for step in steps)
