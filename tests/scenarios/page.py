"""Reads a scenario page: stories in plain sentences, each with a table of times and expected numbers.

A page is Markdown. `Policy: path` names the document that is played; `## Name` begins a scenario; `Seed: row` says
which row of the coverage table it answers, `Product: facts` what is sold. Everything else is for people. In a table
the columns `time` (UTC) and `what happens` come first; any other column is a figure to set or a number to expect.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path

DAY = date(2026, 11, 25)
"""The day of times that are written without one."""


@dataclass(frozen=True, slots=True)
class Row:
    """One moment: its cells by column, empty ones left out."""

    at: datetime
    happens: str
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Scenario:
    """One story with its table."""

    page: str
    name: str
    policy: str
    seed: tuple[str, ...]
    product: dict[str, dict[str, str]]  # product name -> facts; one product without a name is ""
    rows: tuple[Row, ...]


def read_page(path: Path) -> tuple[Scenario, ...]:
    """Read every scenario of a page."""
    head, *parts = re.split(r"^## ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    policy = _line(head, "Policy")
    return tuple(_scenario(path.stem, part, policy) for part in parts)


def _scenario(page: str, text: str, policy: str) -> Scenario:
    name = text.splitlines()[0].strip()
    seed = tuple(part.strip() for part in _line(text, "Seed").split(",") if part.strip())
    return Scenario(page, name, _line(text, "Policy") or policy, seed, dict(_products(text)), tuple(_rows(name, text)))


def _line(text: str, key: str) -> str:
    found = re.search(rf"^{key}: (.+)$", text, re.MULTILINE)
    return found[1].strip() if found else ""


def _products(text: str) -> Iterator[tuple[str, dict[str, str]]]:
    for name, facts in re.findall(r"^Product(?: (\S+))?: (.+)$", text, re.MULTILINE):
        pairs = (fact.split(" = ", 1) for fact in facts.split("; "))
        yield name, {key.strip(): value.strip() for key, value in pairs}


def _rows(name: str, text: str) -> Iterator[Row]:
    lines = [line for line in text.splitlines() if line.startswith("|")]
    if len(lines) < 3:
        raise ValueError(f"{name}: has no table")
    columns, *rows = (
        [cell.strip() for cell in line.strip().strip("|").split("|")] for line in lines if "---" not in line
    )
    if columns[:2] != ["time", "what happens"]:
        raise ValueError(f"{name}: a table begins with the columns `time` and `what happens`")
    day = DAY
    for cells in rows:
        if len(cells) != len(columns):
            raise ValueError(f"{name}: {cells[0]} has {len(cells)} cells, the head has {len(columns)}")
        *dated, clock = cells[0].split()
        day = date.fromisoformat(dated[0]) if dated else day
        at = datetime.combine(day, time.fromisoformat(clock), UTC)
        yield Row(at, cells[1], {column: cell for column, cell in zip(columns[2:], cells[2:], strict=True) if cell})
