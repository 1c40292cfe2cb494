"""Results as people read them."""

from collections.abc import Sequence
from typing import Any

from rich.table import Table

from tests.bench.measuring import Result


def heading(facts: dict[str, Any]) -> str:
    """Say in one line what was measured on."""
    return (
        f"{facts['cpu']}, {facts['cores']} cores, {facts['system']}, Python {facts['python']}, "
        f"{facts['server']} ({facts['durability']})"
    )


def table(results: Sequence[Result]) -> Table:
    """Lay results out, a line each."""
    lines = Table(box=None, pad_edge=False, header_style="bold")
    lines.add_column("name", no_wrap=True)
    for column in ("value", "unit", "reference", "ratio", "must", "moonshot", "verdict"):
        lines.add_column(column, justify="left" if column in ("unit", "verdict") else "right", no_wrap=True)
    for result in results:
        document, bench = result.document(), result.bench
        lines.add_row(
            bench.name,
            figure(result.value),
            bench.unit,
            "" if document["reference"] is None else f"{bench.reference} = {figure(document['reference'])}",
            "" if result.ratio is None else figure(result.ratio),
            figure(bench.must),
            "" if bench.moonshot is None else figure(bench.moonshot),
            verdict(result),
        )
    return lines


def verdict(result: Result) -> str:
    """Say whether the targets are reached, and if not by how much the first is missed."""
    if not result.reaches(result.bench.must):
        word = "over" if result.bench.smaller_is_better else "short"
        return f"[red]{word} by {result.short_by:.0%}[/red]"
    if result.bench.moonshot is not None and result.reaches(result.bench.moonshot):
        return "[green]ok, moonshot[/green]"
    return "[green]ok[/green]"


def figure(value: float) -> str:
    """Write a number with three digits that mean something."""
    if value == 0:
        return "0"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) < 100 else f"{value:.0f}"
