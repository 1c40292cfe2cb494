"""Which rules match a variant, found by the variant's values: the cost does not grow with the number of rules."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from policies.document import FOLDED_KEYS, WHEN_KEYS, Rule
from policies.values import Variant

VARIANT_KEYS = tuple(key for key in WHEN_KEYS if key not in ("pools", "locations"))

Signature = tuple[tuple[str, str], ...]
"""A variant's values that any rule asks for; variants of one signature match the same rules."""


def fold(key: str, value: str) -> str:
    """Bring a value of `when` or of a variant into the form that is compared."""
    return value.strip().casefold() if key in FOLDED_KEYS else value


def values_of(variant: Variant, key: str) -> tuple[str, ...]:
    """Give a variant's values under a key of `when`; an attribute it lacks has none."""
    match key:
        case "tags":
            return variant.tags
        case "collections":
            return variant.collections
        case "variants":
            value: str | None = variant.id
        case "skus":
            value = variant.sku
        case "products":
            value = variant.product
        case "vendors":
            value = variant.vendor
        case _:
            value = variant.product_type
    return () if value is None else (value,)


@dataclass(frozen=True, slots=True)
class RuleIndex:
    """The rules of a document, each filed under the values of one of its keys."""

    asked: Mapping[str, frozenset[str]]  # key -> every value any rule lists
    _anywhere: tuple[int, ...]  # rules that ask nothing of the variant
    _by_value: Mapping[tuple[str, str], Sequence[int]]
    _conditions: tuple[tuple[tuple[str, frozenset[str]], ...], ...]

    def signature(self, variant: Variant) -> Signature:
        """Reduce a variant to what rules can tell apart."""
        found = {
            (key, folded)
            for key, listed in self.asked.items()
            for value in values_of(variant, key)
            if (folded := fold(key, value)) in listed
        }
        return tuple(sorted(found))

    def matching(self, signature: Signature) -> tuple[int, ...]:
        """Find the rules whose `when` matches, dates, pools and locations not yet asked, in document order."""
        has: dict[str, set[str]] = defaultdict(set)
        candidates = set(self._anywhere)
        for key, value in signature:
            has[key].add(value)
            candidates.update(self._by_value.get((key, value), ()))
        return tuple(
            number
            for number in sorted(candidates)
            if all(not listed.isdisjoint(has.get(key, ())) for key, listed in self._conditions[number])
        )


def index_rules(rules: Sequence[Rule]) -> RuleIndex:
    """File every rule under the values of its first key about the variant."""
    asked: dict[str, set[str]] = defaultdict(set)
    by_value: dict[tuple[str, str], list[int]] = defaultdict(list)
    anywhere = []
    conditions = []
    for number, rule in enumerate(rules):
        wanted = tuple(
            (key, frozenset(fold(key, value) for value in rule.when[key])) for key in VARIANT_KEYS if key in rule.when
        )
        conditions.append(wanted)
        for key, values in wanted:
            asked[key].update(values)
        if not wanted:
            anywhere.append(number)
            continue
        key, values = wanted[0]
        for value in values:
            by_value[key, value].append(number)
    frozen = {key: frozenset(values) for key, values in asked.items()}
    return RuleIndex(frozen, tuple(anywhere), dict(by_value), tuple(conditions))
