"""`gateway import`: what files say of catalogue and stock, before or beside any connection."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
import orjson

from gateway import clock
from gateway.services import Services
from gateway.settings import Settings
from gateway.store import StoreUnavailable
from gateway.wiring import build_services

if TYPE_CHECKING:
    from gateway.importing.files import Progress, Result
    from gateway.importing.report import FileReport

FILES = click.Path(exists=True, dir_okay=False, path_type=Path)
COUNTED = ("checked", "accepted", "unchanged", "superseded", "set_aside", "rejected")
NO_SERVER = (
    "Set REDIS_URL to the server of your gateway, or add --dry-run to look at the files and keep nothing. "
    "`python3 dev.py run` starts a server and writes its URL to {}."
)


@click.command("import")
@click.argument("files", nargs=-1, required=True, type=FILES)
@click.option("--source", help="Whose word the rows are, where the file does not say.")
@click.option("--as-of", "as_of_text", help="When the file was true, such as 2026-11-23T12:00:00Z; else its own time.")
@click.option("--dry-run", is_flag=True, help="Look at everything, keep nothing; needs no server.")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON object.")
def import_command(
    files: tuple[Path, ...], source: str | None, as_of_text: str | None, dry_run: bool, as_json: bool
) -> None:
    """Import FILES: availability.v1 as CSV, JSON or JSON Lines, or Shopify's exports of products and inventory."""
    from gateway.importing.files import Order, import_files  # noqa: PLC0415  (only this command pays for it)
    from gateway.web.api.reading_rows import row_of  # noqa: PLC0415

    services = None if dry_run else _services()
    with _progress(sum(path.stat().st_size for path in files)) as progress:
        order = Order(files, row_of, _source(source), _time(as_of_text), progress)
        try:
            result = import_files(services, order, clock.now())
        except StoreUnavailable as error:
            raise click.ClickException(f"{error} What was read before is kept; import the files again.") from None
        finally:
            if services is not None:
                services.store.close()
    if as_json:
        click.echo(orjson.dumps(result.as_json()))
    else:
        click.echo("\n".join(_summary(result, dry_run)))
    if not result.clean:
        raise SystemExit(1)


def _services() -> Services:
    settings = Settings.from_environ()
    if not settings.redis_url:
        raise click.ClickException(NO_SERVER.format(settings.data_dir / "url"))
    return build_services("web", settings)


def _source(name: str | None) -> str | None:
    if name is not None and (not name.strip() or name != name.strip() or not name.isprintable()):
        raise click.BadParameter("must be the source's name", param_hint="--source")
    return name


def _time(text: str | None) -> datetime | None:
    from marshmallow import ValidationError  # noqa: PLC0415

    from gateway.web.api.fields import read_time  # noqa: PLC0415

    try:
        return None if text is None else read_time(text)
    except ValidationError as error:
        raise click.BadParameter(str(error.messages[0]), param_hint="--as-of") from None


@contextmanager
def _progress(size_bytes: int) -> "Iterator[Progress]":
    if not sys.stderr.isatty():
        yield lambda *_: None
        return
    with click.progressbar(length=size_bytes, label="Importing", file=sys.stderr) as bar:
        done: dict[Path, int] = {}

        def tell(path: Path, position: int, _: int) -> None:
            bar.update(position - done.get(path, 0))
            done[path] = position

        yield tell


def _summary(result: "Result", dry_run: bool) -> Iterator[str]:
    for report in result.files:
        yield from _file(report)
    if text := result.location_map():
        yield from ("", text)
    if dry_run:
        yield "This was a dry run: nothing was kept."
    elif any(report.counts["accepted"] for report in result.files):
        yield "Kept. A worker decides what is due now; the console and the API show the outcome."
        if not result.has_policy:
            yield "No policy is published yet, so nothing is promised: start from config/policies and the map above."


def _file(report: "FileReport") -> Iterator[str]:
    yield f"{report.file}: {report.kind or 'not recognised'}"
    if report.refused:
        yield f"  Refused. {report.refused}"
    if report.kind is None:
        return
    told = [f"{report.counts[name]} {name.replace('_', ' ')}" for name in COUNTED if report.counts[name]]
    beside = [f"{report.products} products"] if report.products else []
    beside += [f"{report.pictures} rows with only a picture skipped"] if report.pictures else []
    yield f"  Rows: {', '.join([*told, *beside]) or 'none'}."
    if report.counts["superseded"]:
        yield "  Superseded: the gateway knows something newer of these levels. Is this an older file?"
    if report.uncatalogued:
        yield f"  {report.uncatalogued} rows belong to variants of no catalogue: import the product export as well."
    for name, listing in (("problem", report.problems), ("remark", report.remarks)):
        for line in listing.lines:
            place = f"line {line['line']}: " if line["line"] else ""
            column = f"{line['path']}: " if line["path"] else ""
            yield f"  {name}: {place}{column}{line['message']}"
        if listing.left_off:
            yield f"  ... and {listing.left_off} more {name}s."
