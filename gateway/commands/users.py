"""The command of those who let people in: `user add`."""

import click

from gateway.accounts.people import ROLES, RefusedError, invite, new_link
from gateway.services import Services
from gateway.store.users import TakenError, User
from gateway.wiring import build_services

BY = "command line"


@click.group("user")
def group() -> None:
    """The people who sign in to the console."""


@group.command("add")
@click.argument("email")
@click.option("--role", type=click.Choice(ROLES), required=True)
@click.option("--name", default="", help="How the console and the audit call them; else the part before the @.")
def add(email: str, role: str, name: str) -> None:
    """Invite somebody: prints a link that works once, for three days. There is no default password."""
    services = build_services("web")
    try:
        user, secret = invite(services, email, name, role, BY)
    except (RefusedError, TakenError) as error:
        raise click.ClickException(str(error)) from None
    click.echo(_address(services, user, secret))


@group.command("link")
@click.argument("email")
def link(email: str) -> None:
    """Print a new link for somebody who lost the password; the one before works no more."""
    services = build_services("web")
    user = services.store.users.by_email(email)
    if user is None:
        raise click.ClickException("There is no such user.")
    try:
        click.echo(_address(services, user, new_link(services, user, BY)))
    except RefusedError as error:
        raise click.ClickException(str(error)) from None


def _address(services: Services, user: User, secret: str) -> str:
    settings = services.settings
    base = (settings.public_url or f"http://127.0.0.1:{settings.port}").rstrip("/")
    return f"{base}/welcome/{user.id}/{secret}"
