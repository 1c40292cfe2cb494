"""The benchmarks' own arithmetic, on figures that are made up; the benchmarks themselves take minutes."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.bench.measuring import Result, Round, measure
from tests.bench.registry import Bench, Contest, bench, chosen, load_all
from tests.bench.table import figure, verdict

NAMES = {
    *("ingest.sparse", "ingest.bulk", "ingest.bulk_http", "ingest.webhook", "ledger.bytes_per_level"),
    *("ledger.reconcile_merge", "decide.reevaluate_1m", "decide.explain", "decide.rules", "publish.saturation"),
    *("publish.urgent_wait", "growth.changes", "start.web", "start.worker", "rss.web", "rss.worker"),
    *("guard.verdict", "guard.verdicts_2000", "guard.calls", "guard.last_unit", "guard.last_unit_median"),
}


def declared(**changes: object) -> Bench:
    fields = {"name": "x", "unit": "s", "reference": "R", "must": 2.0, "moonshot": 3.0, "smaller_is_better": False}
    return Bench(**{**fields, "prepare": None, **changes})  # type: ignore[arg-type]


def test_every_promised_figure_is_measured() -> None:
    assert set(load_all()) >= NAMES


def test_an_exact_name_is_that_benchmark_and_a_beginning_is_all_of_them() -> None:
    assert [one.name for one in chosen(("ingest.bulk",))] == ["ingest.bulk"]
    assert {one.name for one in chosen(("ingest.b",))} == {"ingest.bulk", "ingest.bulk_http"}
    with pytest.raises(KeyError):
        chosen(("nothing",))


def test_two_benchmarks_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match=r"ingest\.sparse"):
        bench("ingest.sparse", unit="s", must=1)(lambda ground: iter(()))


def test_the_ratio_is_the_median_of_the_rounds_ratios() -> None:
    rounds = (Round(10, 1, 10), Round(10, 10, 1), Round(60, 20, 3))
    assert Result(declared(), rounds).ratio == 3


@pytest.mark.parametrize(
    ("changes", "ratio", "words"),
    [
        ({}, 3.5, "ok, moonshot"),
        ({}, 2.0, "ok"),
        ({}, 1.0, "short by 50%"),
        ({"smaller_is_better": True, "moonshot": 1.0}, 3.0, "over by 50%"),
        ({"absolute": True}, 0.1, "ok"),
    ],
)
def test_a_verdict_says_what_is_reached_and_how_much_is_missing(
    changes: dict[str, object], ratio: float, words: str
) -> None:
    assert words in verdict(Result(declared(**changes), (Round(2.5, 1, ratio),)))


def test_rounds_alternate_with_their_reference() -> None:
    said: list[str] = []
    clock = itertools.count(1)

    def contest(_: object) -> Iterator[Contest]:
        yield Contest(lambda: said.append("ours") or 2.0 * next(clock), lambda: said.append("theirs") or 1.0)

    result = measure(declared(prepare=contextmanager(contest)), long=False)
    assert said == ["theirs", "ours"] * 3
    assert [one.ratio for one in result.rounds] == [2.0, 4.0, 6.0]
    assert result.document()["rounds"][0] == {"value": 2.0, "reference": 1.0, "ratio": 2.0}


def test_figures_are_written_with_three_digits() -> None:
    assert [figure(n) for n in (0, 0.01234, 12.345, 123.4, 12345.6)] == ["0", "0.0123", "12.3", "123", "12,346"]
