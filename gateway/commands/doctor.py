"""The command `doctor`: looks at settings, server, clock, shop and account, and says what is wrong."""

from collections.abc import Iterator
from typing import Final

import click
import orjson

from gateway.services import Services
from gateway.store import LAYOUT, StoreUnavailable
from gateway.wiring import build_services
from integrations.errors import IntegrationError

SERVER_EVICTS: Final = "The server evicts ({}): set maxmemory-policy noeviction."


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Write one JSON object.")
def doctor(as_json: bool) -> None:
    """Look at settings, server, clock, shop and account, and say what is wrong."""
    problems = list(problems_of(build_services("worker")))
    if as_json:
        click.echo(orjson.dumps({"problems": problems}))
    else:
        click.echo("\n".join(problems) or "All is well.")
    raise SystemExit(1 if problems else 0)


def problems_of(services: Services) -> Iterator[str]:
    """Name what is wrong; whoever cannot be asked is one problem, and the others are asked all the same."""
    if services.settings.secret_key is None:
        yield "GATEWAY_SECRET_KEY is not set: nobody can join a waitlist."
    try:
        yield from _of_the_store(services)
    except StoreUnavailable as error:
        yield str(error)
    if services.source is not None:
        try:
            yield from services.source.check()
        except IntegrationError as error:
            yield str(error)
    if services.publisher is not None:
        try:
            services.publisher.account()
            yield from services.publisher.scope_problems()
        except IntegrationError as error:
            yield str(error)


def other_layout(services: Services) -> str | None:
    """Say that the server holds what another version of the gateway wrote in a way that this one cannot read."""
    epoch = services.store.epoch
    if epoch.read() is None or epoch.layout() == LAYOUT:
        return None
    return (
        f"The server holds data in layout {epoch.layout()}, and this version reads layout {LAYOUT}: start on an empty "
        "server (or another GATEWAY_NAMESPACE) and let the sources fill it. The demo keeps its data in "
        "GATEWAY_DATA_DIR (data) under demo: remove that folder."
    )


def _of_the_store(services: Services) -> Iterator[str]:
    store = services.store
    facts = store.server()
    if facts.maxmemory_policy != "noeviction":
        yield SERVER_EVICTS.format(facts.maxmemory_policy)
    if not facts.aof:
        yield "The server keeps no append-only file, so a restart loses what was accepted: set appendonly yes."
    if store.epoch.read() is None:
        yield "Nothing was released here yet: run `gateway release`."
    if problem := other_layout(services):
        yield problem
    if not store.policies.current_number():
        yield "No policy is published: name one in GATEWAY_POLICY_FILE and run `gateway release`."
    if not store.lease("clock").locked():
        yield "No clock is acting: start `gateway clock`, or nothing is compared, audited and looked at."
