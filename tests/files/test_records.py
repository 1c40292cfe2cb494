"""CSV, taken apart record by record: what can be read is read, whatever stands beside it."""

import csv
import io
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.files import FileRefused, open_file
from integrations.files.records import MOST_BROKEN, read_records
from tests.builders.files import AVAILABILITY, INVENTORY, availability, inventory, table, write

CELLS = st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0"), max_size=12)
TABLES = st.integers(1, 4).flatmap(lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1))


def written(rows: list[list[str]]) -> str:
    """A table as the standard library writes it, every field quoted."""
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows(rows)
    return out.getvalue()


@given(TABLES)
def test_what_was_written_is_read(rows: list[list[str]]) -> None:
    read = list(read_records(io.StringIO(written(rows), newline=""), ","))
    assert [record.fields for record in read] == [row for row in rows if any(cell.strip() for cell in row)]
    assert not [record.problem for record in read if record.problem]


@given(st.lists(st.sampled_from(["a,b", "c,d", '"e","f"', '"g', 'h"i"', '"j"k,l', "m", "n,o,p", "", '""",q'])))
def test_good_lines_are_read_whatever_stands_beside_them(lines: list[str]) -> None:
    text = "x,y\n" + "".join(f"{line}\n" for line in lines)
    read = list(read_records(io.StringIO(text, newline=""), ","))
    if '"g' not in lines and '""",q' not in lines:  # an open quote may take a closing one of a neighbour for its own
        kept = [record.fields for record in read if not record.problem][1:]
        wanted = [line.replace('"', "").split(",") for line in lines if line in ("a,b", "c,d", '"e","f"')]
        assert kept == wanted
    numbers = [record.line for record in read]
    assert numbers == sorted(set(numbers)), "no line is read twice"


def test_an_open_quote_costs_its_own_line_only() -> None:
    text = 'x,y\na,b\n"c,d\ne,f\ng,h\n'
    read = list(read_records(io.StringIO(text, newline=""), ","))
    assert [record.fields for record in read if not record.problem] == [["x", "y"], ["a", "b"], ["e", "f"], ["g", "h"]]
    assert [record.line for record in read if record.problem] == [3]


def test_lines_are_counted_over_fields_of_several_lines() -> None:
    text = 'x,y\n"a\nb\nc",d\ne\n'
    assert [record.line for record in read_records(io.StringIO(text, newline=""), ",")] == [1, 2, 5]


def test_a_file_that_is_broken_all_over_is_given_up(tmp_path: Path) -> None:
    lines = ['wms,"open' for _ in range(MOST_BROKEN + 50)]
    path = write(tmp_path, "a.csv", table(AVAILABILITY, availability(), *lines, availability()))
    with open_file(path) as opened:
        assert opened.stock is not None
        rows = opened.stock()
        assert next(rows).problems == []
        with pytest.raises(FileRefused, match="reading stopped at line 103"):
            list(rows)


def test_a_large_file_is_never_held(tmp_path: Path) -> None:
    with (path := tmp_path / "a.csv").open("w") as out:
        out.write(INVENTORY + "\n")
        for number in range(60_000):
            out.write(inventory(f"tee-{number}", sku=f"SKU-{number}") + "\n")
    assert path.stat().st_size > 4_000_000
    tracemalloc.start()
    with open_file(path) as opened:
        assert opened.stock is not None
        count = sum(1 for row in opened.stock() if not row.problems)
        assert opened.position() == opened.size_bytes
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 60_000
    assert peak < 2_000_000
