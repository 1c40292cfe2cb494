"""The clean-up list before a move: what to settle, to be printed or taken along as a file."""

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Final

from flask import Response, render_template

from gateway.doubts.clean_up import COLUMNS, clean_up_list, rows_of, title_of, variants_of
from gateway.web.console.session import signed_in
from gateway.web.console.shell import blueprint
from gateway.web.context import house

SHOWN: Final = 200
NAMED: Final = 10
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


@blueprint.get("/sources/migration")
@signed_in()
def migration() -> str:
    """Show the list."""
    services = house().services
    listed = clean_up_list(services)
    named = [name for one in listed for doubt in one.doubts[:SHOWN] for name in variants_of(doubt)[:NAMED]]
    entries = services.store.catalog.entries(named)
    return render_template(
        "console/migration.html",
        listed=listed,
        now=services.now(),
        counted_at=services.store.census.read()[0],
        left=sum(len(one.doubts) for one in listed),
        titles={name: title_of(entries.get(name), name) for name in named},
        variants_of=variants_of,
        shown=SHOWN,
        named=NAMED,
    )


@blueprint.get("/sources/migration.csv")
@signed_in()
def migration_file() -> Response:
    """Export all of it, one row a variant."""
    services = house().services
    lines = list(rows_of(services, clean_up_list(services)))
    headers = {"Content-Disposition": f'attachment; filename="clean-up-{services.now():%Y-%m-%d}.csv"'}
    return Response(_written(lines), content_type="text/csv; charset=utf-8", headers=headers)


def _written(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    for row in (COLUMNS, *rows):
        line = io.StringIO()
        csv.writer(line).writerow([f"'{cell}" if cell.startswith(FORMULA) else cell for cell in row])
        yield line.getvalue()
