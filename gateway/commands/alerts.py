"""The command that tries the addresses staff is told at."""

import click

from gateway.wiring import build_services
from integrations.errors import IntegrationError

TITLE = "The stock-signal gateway can reach you"
TEXT = "Somebody tried the addresses of ALERT_URLS. There is nothing to do."


@click.command("try-alerts")
def try_alerts() -> None:
    """Send a message to every address of ALERT_URLS, and say what became of it."""
    channels = build_services("worker").alert_channels
    if not channels:
        raise SystemExit("ALERT_URLS is empty: nobody would be told.")
    failed = 0
    for channel in channels:
        try:
            channel.tell(TITLE, TEXT)
            click.echo(f"{channel.name}: told")
        except IntegrationError as error:
            failed += 1
            click.echo(f"{channel.name}: {error}", err=True)
    raise SystemExit(1 if failed else 0)
