"""Whatever a file holds, each of its rows is counted exactly once, with or without a house to keep it."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from hypothesis import HealthCheck, given, settings

from gateway.importing.files import Order, import_files
from gateway.web.api.reading_rows import row_of
from integrations.files import FileRefused, open_file
from tests.builders.damaged import damaged
from tests.builders.files import EXPORTED
from tests.builders.web import AT, House


def rows_in(path: Path) -> Iterator[int]:
    """How many rows each read of the file hands out."""
    try:
        with open_file(path) as opened:
            for _ in opened.stock() if opened.stock else ():
                yield 1
            for product in opened.products("erp") if opened.products else ():
                yield product.rows
    except FileRefused:
        return


@given(damaged())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_row_is_counted_once(house: House, content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "upload"
        path.write_bytes(content)
        rows = sum(rows_in(path))
        for services in (None, house.services):
            (report,) = import_files(services, Order([path], row_of, as_of=EXPORTED), AT).files
            assert report.counts.total() == rows
            assert report.refused or report.kind
            assert bool(report.problems.lines) >= bool(report.counts["rejected"] or report.counts["set_aside"])
