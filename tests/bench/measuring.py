"""Rounds, interleaved with their reference, and what comes of them."""

import statistics
from dataclasses import dataclass
from typing import Any

from tests.bench import shop
from tests.bench.ground import fresh_ground
from tests.bench.registry import Bench


@dataclass(frozen=True, slots=True)
class Round:
    """One round's figures."""

    value: float
    reference: float | None
    ratio: float | None


@dataclass(frozen=True, slots=True)
class Result:
    """A benchmark's medians over its rounds."""

    bench: Bench
    rounds: tuple[Round, ...]

    @property
    def value(self) -> float:
        """The median of our figures."""
        return statistics.median(one.value for one in self.rounds)

    @property
    def ratio(self) -> float | None:
        """The median of the rounds' ratios, not the ratio of medians: both sides of a round met the same weather."""
        ratios = [one.ratio for one in self.rounds if one.ratio is not None]
        return statistics.median(ratios) if ratios else None

    @property
    def judged(self) -> float:
        """The figure that the targets bind."""
        return self.value if self.ratio is None or self.bench.absolute else self.ratio

    def reaches(self, target: float) -> bool:
        """Tell whether a target is reached."""
        return self.judged <= target if self.bench.smaller_is_better else self.judged >= target

    @property
    def short_by(self) -> float:
        """How much of the target is missing, as a share of it; 0 when it is reached."""
        if self.reaches(self.bench.must):
            return 0.0
        return abs(self.bench.must - self.judged) / self.bench.must

    def document(self) -> dict[str, Any]:
        """What `--json` tells."""
        references = [one.reference for one in self.rounds if one.reference is not None]
        return {
            "name": self.bench.name,
            "value": self.value,
            "unit": self.bench.unit,
            "reference": statistics.median(references) if references else None,
            "ratio": self.ratio,
            "must": self.bench.must,
            "moonshot": self.bench.moonshot,
            "rounds": [{"value": r.value, "reference": r.reference, "ratio": r.ratio} for r in self.rounds],
        }


def measure(bench: Bench, *, long: bool) -> Result:
    """Run a benchmark on a server of its own."""
    copy_of = shop.filled() if bench.on_a_full_shop else None
    with fresh_ground(long=long, copy_of=copy_of) as ground, bench.prepare(ground) as contest:
        rounds = []
        for _ in range(contest.rounds):
            reference = contest.reference() if contest.reference else None
            value = contest.ours()
            rounds.append(Round(value, reference, _ratio(bench, value, reference)))
    return Result(bench, tuple(rounds))


def _ratio(bench: Bench, value: float, reference: float | None) -> float | None:
    if reference is None:
        return None
    return value / reference if bench.ratio == "ours/reference" else reference / value
