"""What products share, numbered, so that a filter by tag looks at each combination once."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from policies.values import Variant

KINDS: Final = ("tag", "collection", "vendor", "product_type")


@dataclass(frozen=True, slots=True)
class Group:
    """Attributes that some variants have in common."""

    tags: tuple[str, ...] = ()
    collections: tuple[str, ...] = ()
    vendor: str | None = None
    product_type: str | None = None

    def values(self, kind: str) -> tuple[str, ...]:
        """Return what it has of a kind."""
        one = {"vendor": self.vendor, "product_type": self.product_type}.get(kind)
        many = {"tag": self.tags, "collection": self.collections}.get(kind, ())
        return (one,) if one else many


class Groups:
    """Groups by number; number 0 is that of variants without a catalogue entry."""

    def __init__(self) -> None:
        self.all: list[Group] = [Group()]
        self._numbers: dict[Group, int] = {Group(): 0}
        self._having: dict[tuple[str, str], set[int]] = {}
        self._spelled: dict[tuple[str, str], str] = {}

    def number(self, variant: Variant) -> int:
        """Number the group of a variant."""
        group = Group(variant.tags, variant.collections, variant.vendor, variant.product_type)
        number = self._numbers.get(group)
        if number is None:
            number = self._numbers[group] = len(self.all)
            self.all.append(group)
            for kind in KINDS:
                for value in group.values(kind):
                    self._having.setdefault((kind, folded(value)), set()).add(number)
                    self._spelled.setdefault((kind, folded(value)), value.strip())
        return number

    def having(self, kind: str, value: str) -> npt.NDArray[np.bool_]:
        """Tell which groups have a value, whatever its case."""
        holds = np.zeros(len(self.all), np.bool_)
        holds[list(self._having.get((kind, folded(value)), ()))] = True
        return holds

    def choices(self, kind: str, of: Iterable[int]) -> list[str]:
        """Return every value of a kind that some groups have, in order."""
        found = {folded(value) for number in of for value in self.all[number].values(kind)}
        return [self._spelled[kind, one] for one in sorted(found)]


def folded(text: str) -> str:
    """Write a value as it is compared."""
    return text.strip().casefold()
