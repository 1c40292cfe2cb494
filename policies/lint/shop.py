"""The live shop as the linter sees it: a bounded choice of its variants with their levels, and what sources say."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from policies.values import Level, LocationFacts, Variant


@dataclass(frozen=True, slots=True)
class ShopView:
    """Whoever makes one chooses variants so that those who differ in attributes come first."""

    variants: tuple[Variant, ...] = ()
    levels: Mapping[str, tuple[Level, ...]] = field(default_factory=dict)
    """Variant id -> the levels of its variant as each source tells them; a variant that is missing was not read."""
    locations: tuple[LocationFacts, ...] = ()
    sources: frozenset[str] = frozenset()  # every source that was ever heard
    titles: Mapping[str, str] = field(default_factory=dict)  # variant id -> the name people read
    complete: bool = True
    """Whether every set of attributes of the shop is among `variants`, and every id that the document names and the
    shop has; where it is not, nothing is said about what nobody has."""
