"""`gateway waitlist`: those who waited elsewhere before."""

from pathlib import Path

import click
import orjson

from gateway import clock
from gateway.settings import Settings
from gateway.wiring import build_services

LISTED = 50
COUNTED = ("waiting", "waits_already", "rejected")


@click.group("waitlist")
def group() -> None:
    """Those who wait for stock."""


@group.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--variant", help="For which variant all rows are, where the file does not say.")
@click.option("--dry-run", is_flag=True, help="Look at everything, keep nothing.")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON object.")
def import_waitlist(file: Path, variant: str | None, dry_run: bool, as_json: bool) -> None:
    """Import FILE, a CSV of who waits: Email or Phone Number; Variant ID or SKU; and, if known, since when."""
    from gateway.waves.importing import import_list  # noqa: PLC0415  (only this command pays for it)
    from gateway.waves.reading_csv import UnreadableList, read_list  # noqa: PLC0415
    from gateway.waves.sealing import NoSecretKey  # noqa: PLC0415
    from gateway.web.api.fields import read_time  # noqa: PLC0415

    services = build_services("web", Settings.from_environ())
    try:
        with file.open(encoding="utf-8-sig", newline="") as rows:
            lines = read_list(rows, variant, read_time)
            imported = import_list(services, lines, clock.now(), keeps=not dry_run)
    except (UnreadableList, NoSecretKey) as error:
        raise click.ClickException(f"{error} What was read before is kept; importing it again is harmless.") from None
    finally:
        services.store.close()
    told = {name: imported.counts[name] for name in COUNTED}
    problems = [{"line": line, "message": why} for line, why in imported.problems]
    if as_json:
        click.echo(orjson.dumps({**told, "problems": problems}))
    else:
        click.echo(", ".join(f"{count} {name.replace('_', ' ')}" for name, count in told.items()) + ".")
        for line, why in imported.problems[:LISTED]:
            click.echo(f"  line {line}: {why}")
        if dry_run:
            click.echo("This was a dry run: nothing was kept.")
    if problems:
        raise SystemExit(1)
