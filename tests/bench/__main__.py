"""The command line of the benchmarks: `python -m tests.bench [NAME...] [--json] [--long]`."""

import json
import sys
import traceback

import click
from rich.console import Console

from tests.bench.machine import machine
from tests.bench.measuring import Result, measure
from tests.bench.registry import chosen
from tests.bench.table import figure, heading, table

WIDTH = 140


@click.command()
@click.argument("names", nargs=-1)
@click.option("--json", "as_json", is_flag=True, help="Write one JSON object instead of a table.")
@click.option("--long", is_flag=True, help="Let windows of a minute run five times instead of once.")
@click.option("--list", "only_list", is_flag=True, help="Name the benchmarks and do nothing.")
def main(names: tuple[str, ...], as_json: bool, long: bool, only_list: bool) -> None:
    """Measure by NAME or the beginning of names; everything without any. A missed target is told, not an error."""
    try:
        benches = chosen(names)
    except KeyError as stranger:
        raise click.BadParameter(f"No benchmark is called {stranger}, or begins so; see --list.") from None
    if only_list:
        click.echo("\n".join(one.name for one in benches))
        return
    facts, results, failed = machine(), list[Result](), list[str]()
    for one in benches:
        try:
            results.append(measure(one, long=long))
            click.echo(f"{one.name}: {figure(results[-1].value)} {one.unit}", err=True)
        except Exception:  # noqa: BLE001  (one that breaks must not cost the figures of the others)
            click.echo(f"{one.name} broke:\n{traceback.format_exc()}", err=True)
            failed.append(one.name)
    if as_json:
        click.echo(json.dumps({"machine": facts, "results": [result.document() for result in results]}, indent=1))
    else:
        console = Console(width=None if sys.stdout.isatty() else WIDTH)
        console.print(heading(facts))
        console.print(table(results))
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
