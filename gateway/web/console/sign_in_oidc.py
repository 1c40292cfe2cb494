"""Signing in by way of an OpenID Connect provider, when one is configured.

The provider vouches for an e-mail address; only a user that an admin added may sign in with it.
"""

from collections.abc import Mapping
from typing import Any, Final, Protocol

import structlog
from flask import Flask, current_app, redirect, request, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from gateway.accounts import signing_in
from gateway.settings import Settings
from gateway.store.users import User
from gateway.web.console.session import address, begin, place_after
from gateway.web.console.shell import blueprint
from gateway.web.console.sign_in import refuse
from gateway.web.context import house
from gateway.web.errors import Problem

EXTENSION: Final = "gateway.oidc"
FAILED = "The identity provider did not confirm who you are. Try again, or sign in with your password."
NOBODY = "The identity provider knows you, and this gateway does not: ask an admin to add your e-mail address."
log = structlog.get_logger(__name__)


class ProviderError(Exception):
    """The provider is away, or what came back is not its word for us. The message names the library's reason."""


class IdentityProvider(Protocol):
    """What signing in needs of a provider."""

    def send_there(self, callback: str) -> AnyResponse:
        """Send the browser to the provider. Raises ProviderError."""

    def claims(self) -> Mapping[str, Any]:
        """Return what it says of the person who came back. Raises ProviderError."""


def register(app: Flask, settings: Settings) -> None:
    """Prepare the provider of the settings, if there is one."""
    if settings.oidc_issuer:
        from gateway.web.console.provider import Provider  # noqa: PLC0415  (15 MB: only where it is used)

        app.extensions[EXTENSION] = Provider(app, settings)


@blueprint.get("/sign-in/provider")
def ask_provider() -> AnyResponse:
    """Send the person to the provider."""
    session["next"] = request.args.get("next")
    try:
        return _provider().send_there(_callback_address())
    except ProviderError as error:
        log.warning("oidc.unreachable", reason=str(error))
        return refuse(503, FAILED)


@blueprint.get("/sign-in/provider/back")
def come_back() -> AnyResponse:
    """Take the provider's word, if it is about a user of ours."""
    services = house().services
    try:
        user = _user_of(_provider().claims())
    except ProviderError as error:
        log.warning("oidc.refused", reason=str(error))
        signing_in.refused(services, signing_in.UNKNOWN, "not confirmed by the provider", address())
        return refuse(401, FAILED)
    if user is None or user.disabled:
        name = user.name if user else signing_in.UNKNOWN
        signing_in.refused(services, name, "account switched off" if user else "unknown to us", address())
        return refuse(403, NOBODY)
    wanted = session.get("next")
    begin(user.holder, user.name, "provider")
    return redirect(place_after(wanted))


def _user_of(claims: Mapping[str, Any]) -> User | None:
    """Find a user by an address that is proven: any other could be a colleague's."""
    email = claims.get("email")
    if not isinstance(email, str) or claims.get("email_verified") is not True:
        return None
    found: User | None = house().services.store.users.by_email(email)
    return found


def _provider() -> IdentityProvider:
    found: IdentityProvider | None = current_app.extensions.get(EXTENSION)
    if found is None:
        raise Problem(404, "No identity provider is set up: OIDC_ISSUER names one.")
    return found


def _callback_address() -> str:
    public = house().services.settings.public_url
    path = url_for("console.come_back")
    return f"{public.rstrip('/')}{path}" if public else url_for("console.come_back", _external=True)
