"""The commands of those who operate the gateway: `release`, `token`, `simulate`."""

import secrets

import click

from gateway import clock
from gateway.accounts import tokens
from gateway.commands.doctor import SERVER_EVICTS, other_layout
from gateway.documents import DocumentProblems, load_document, read_document, to_json
from gateway.services import Services
from gateway.settings import Settings
from gateway.wiring import build_services

RELEASED_WITHIN_S = 60.0


@click.command()
@click.option("--quiet", is_flag=True, help="Say nothing when all is well.")
@click.option("--wait", "only_wait", is_flag=True, help="Wait until another process has released.")
def release(quiet: bool, only_wait: bool) -> None:
    """Check before a deploy; publish the first policy where none is."""
    services = build_services("web")
    if only_wait:
        _wait_for_release(services)
        return
    facts = services.store.server()
    if facts.maxmemory_policy != "noeviction":
        raise SystemExit(SERVER_EVICTS.format(facts.maxmemory_policy))
    if not facts.aof:
        click.echo("Warning: the server keeps no append-only file; a restart loses what was accepted.", err=True)
    if problem := other_layout(services):
        raise SystemExit(problem)
    _publish_first_policy(services)
    if services.store.epoch.read() is None:
        services.store.epoch.write(secrets.token_hex(8), services.now())
    if not quiet:
        click.echo(
            f"Ready: {facts.engine} {facts.version}, policy {services.store.policies.current_number() or 'none'}."
        )


@click.group()
def token() -> None:
    """API tokens."""


@token.command("create")
@click.option("--role", type=click.Choice(tokens.TOKEN_ROLES), required=True)
@click.option("--name", required=True)
def create_token(role: str, name: str) -> None:
    """Make a token; it is shown once."""
    try:
        click.echo(tokens.create(build_services("web"), name, role, "command line"))
    except ValueError as error:
        raise click.ClickException(str(error)) from None


@click.command()
@click.argument("system", type=click.Choice(["shopify", "klaviyo"]))
@click.option("--port", type=int, required=True)
@click.option("--webhook-url", help="Where the simulated shop sends its webhooks.")
@click.option("--life", default=2.0, show_default=True, help="Events a second in the simulated shop; 0 for none.")
@click.option("--keep", is_flag=True, help="Keep its state in GATEWAY_DATA_DIR between starts.")
@click.option("--campaigns", is_flag=True, help="Plan campaigns about the sample shop in the simulated Klaviyo.")
def simulate(system: str, port: int, webhook_url: str | None, life: float, keep: bool, campaigns: bool) -> None:
    """Serve a simulated Shopify or Klaviyo, with the vendor's semantics."""
    from gateway.wiring.simulators import simulate_klaviyo, simulate_shopify  # noqa: PLC0415  (the demo extra)

    settings = Settings.from_environ()
    state_file = settings.data_dir / f"{system}.json" if keep else None
    if system == "shopify":
        simulate_shopify(settings, port, webhook_url, life or None, state_file)
    else:
        simulate_klaviyo(settings, port, state_file, campaigns=campaigns)


def _publish_first_policy(services: Services) -> None:
    file = services.settings.policy_file
    if services.store.policies.current_number() or file is None:
        return
    try:
        data = read_document(file)
        load_document(data)
    except DocumentProblems as refused:
        lines = "\n".join(f"  {problem.path}: {problem.message}" for problem in refused.problems)
        raise SystemExit(f"{file} is no valid policy:\n{lines}") from None
    services.store.policies.publish(
        to_json(data), based_on=None, author="release", note="The first policy.", at=clock.now()
    )


def _wait_for_release(services: Services) -> None:
    deadline = clock.elapsed() + RELEASED_WITHIN_S
    while services.store.epoch.read() is None:
        if clock.elapsed() > deadline:
            raise SystemExit("Nothing was released here: run `gateway release`.")
        clock.pause(0.2)
