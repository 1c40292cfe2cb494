"""The table of questions names tests that exist, and every scenario with a row number is in it."""

import ast
import re
from pathlib import Path

import pytest

from tests.scenarios.page import read_page

ROOT = Path(__file__).parents[2]
PAGES = Path(__file__).parent / "pages"
ROW = re.compile(r"^\| (\d+(?:\.\d+)+) \| [^|]+ \| ([^|]+) \|$", re.MULTILINE)
TABLE = [(row, answers.strip()) for row, answers in ROW.findall((ROOT / "docs" / "seed-coverage.md").read_text())]
SEEDED = {
    (row, f"{scenario.page}: {scenario.name}")
    for page in sorted(PAGES.glob("*.md"))
    for scenario in read_page(page)
    for row in scenario.seed
}


def exists(answer: str, row: str) -> bool:
    """Tell whether an answer is a scenario of this row, or a test function of a file."""
    path, _, name = answer.partition("::")
    if not name:
        return (row, answer) in SEEDED
    file = ROOT / path
    functions = ast.walk(ast.parse(file.read_text())) if file.is_file() else ()
    return any(isinstance(node, ast.FunctionDef) and node.name == name for node in functions)


@pytest.mark.parametrize(("row", "answers"), TABLE, ids=[row for row, _ in TABLE])
def test_every_answer_of_the_table_exists(row: str, answers: str) -> None:
    missing = [answer for answer in answers.split("; ") if not exists(answer, row)]
    assert not missing, f"{row} is answered by {missing}, which does not exist"


def test_every_scenario_with_a_row_number_is_in_the_table() -> None:
    listed = {(row, answer) for row, answers in TABLE for answer in answers.split("; ")}
    assert listed >= SEEDED


def test_a_row_stands_in_the_table_once() -> None:
    rows = [row for row, _ in TABLE]
    assert rows and len(set(rows)) == len(rows)
