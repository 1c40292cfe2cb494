"""What a benchmark is, and the list of all of them. A module in `subjects` that declares one is all it takes."""

import importlib
import pkgutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Literal

from tests.bench.ground import Ground

Run = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Contest:
    """What one round measures: our figure and, where there is one, the reference's, taken just before it."""

    ours: Run
    reference: Run | None = None
    rounds: int = 3


@dataclass(frozen=True, slots=True)
class Bench:
    """A named figure and its targets.

    The targets bind the ratio to the reference; without one, or where `absolute`, the figure itself.
    """

    name: str
    unit: str
    reference: str | None
    must: float
    moonshot: float | None
    smaller_is_better: bool
    prepare: Callable[[Ground], AbstractContextManager[Contest]]
    ratio: Literal["ours/reference", "reference/ours"] = "ours/reference"
    absolute: bool = False
    on_a_full_shop: bool = False


BENCHES: dict[str, Bench] = {}


def bench(
    name: str,
    *,
    unit: str,
    must: float,
    moonshot: float | None = None,
    reference: str | None = None,
    smaller_is_better: bool = False,
    ratio: Literal["ours/reference", "reference/ours"] = "ours/reference",
    absolute: bool = False,
    on_a_full_shop: bool = False,
) -> Callable[[Callable[[Ground], Iterator[Contest]]], Callable[[Ground], Iterator[Contest]]]:
    """Declare a benchmark: a generator that prepares, yields its contest, and tidies up.

    `on_a_full_shop`: its ground holds the reference shop, decided; filled once for all such benchmarks.
    """

    def declare(prepare: Callable[[Ground], Iterator[Contest]]) -> Callable[[Ground], Iterator[Contest]]:
        if name in BENCHES:
            raise ValueError(f"Two benchmarks are called {name}.")
        opened = contextmanager(prepare)
        BENCHES[name] = Bench(
            name, unit, reference, must, moonshot, smaller_is_better, opened, ratio, absolute, on_a_full_shop
        )
        return prepare

    return declare


def load_all() -> dict[str, Bench]:
    """Import every module of `subjects`; return the benchmarks by name, in the order of their names."""
    from tests.bench import subjects

    for module in pkgutil.iter_modules(subjects.__path__):
        importlib.import_module(f"{subjects.__name__}.{module.name}")
    return dict(sorted(BENCHES.items()))


def chosen(names: tuple[str, ...]) -> list[Bench]:
    """Return the benchmarks of these names, else those that begin so; all without names. Raises KeyError."""
    known = load_all()
    picked: set[str] = set() if names else set(known)
    for name in names:
        found = {name} if name in known else {one for one in known if one.startswith(name)}
        if not found:
            raise KeyError(name)
        picked |= found
    return [one for one in known.values() if one.name in picked]
