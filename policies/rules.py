"""Which rules match a variant, found by the variant's values: the cost does not grow with the number of rules."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Final

from policies.document import FOLDED_KEYS, WHEN_KEYS, Rule
from policies.values import Variant

ATTRIBUTES: Final[Mapping[str, str]] = {
    "variants": "id",
    "skus": "sku",
    "products": "product",
    "tags": "tags",
    "collections": "collections",
    "vendors": "vendor",
    "product_types": "product_type",
}
"""The attribute of a variant that each key of `when` asks for."""
VARIANT_KEYS: Final = tuple(key for key in WHEN_KEYS if key in ATTRIBUTES)
OWN_KEYS: Final = ("variants", "skus", "products")
"""Keys whose values few variants share."""

Signature = tuple[tuple[str, str], ...]
"""A variant's values that any rule asks for; variants of one signature match the same rules."""


def fold(key: str, value: str) -> str:
    """Bring a value of `when` or of a variant into the form that is compared."""
    return value.strip().casefold() if key in FOLDED_KEYS else value


def values_of(variant: Variant, key: str) -> tuple[str, ...]:
    """Give a variant's values under a key of `when`; an attribute it lacks has none."""
    value: str | tuple[str, ...] | None = getattr(variant, ATTRIBUTES[key])
    if value is None:
        return ()
    return (value,) if isinstance(value, str) else value


def likeness_of(asked: Mapping[str, frozenset[str]]) -> Callable[[Variant], Hashable]:
    """Make the quick look that tells whether two variants are surely alike: equal looks are decided by equal terms.

    What variants share is compared as it is; of what is each variant's own only that which a rule lists.
    """
    shared = [attribute for key, attribute in ATTRIBUTES.items() if key in asked and key not in OWN_KEYS]
    finders = [_finder(key, asked[key]) for key in OWN_KEYS if key in asked]
    look: Callable[[Variant], Hashable] = attrgetter("published", "blocked", "tracked", "inventory_policy", *shared)
    if not finders:
        return look
    return lambda variant: (look(variant), *[find(variant) for find in finders])


def _finder(key: str, listed: frozenset[str]) -> Callable[[Variant], str | None]:
    """Make the search for a variant's own value among those that rules list; None where it is not among them."""
    get: Callable[[Variant], str | None] = attrgetter(ATTRIBUTES[key])

    def find(variant: Variant) -> str | None:
        value = get(variant)
        return value if value in listed else None

    def find_folded(variant: Variant) -> str | None:
        value = get(variant)
        return None if value is None or (folded := value.strip().casefold()) not in listed else folded

    return find_folded if key in FOLDED_KEYS else find


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
