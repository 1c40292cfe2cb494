"""Signing in by way of an OpenID Connect provider, when one is configured.

The provider vouches for an e-mail address; only a user that an admin added may sign in with it.
"""

from typing import Any, Final

import structlog
from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import OAuth
from flask import Flask, current_app, redirect, request, session, url_for
from joserfc.errors import JoseError
from requests import RequestException
from werkzeug.wrappers import Response as AnyResponse

from gateway.accounts import signing_in
from gateway.settings import Settings
from gateway.web.console.session import address, begin, place_after
from gateway.web.console.shell import blueprint
from gateway.web.console.sign_in import refuse
from gateway.web.context import house
from gateway.web.errors import Problem

EXTENSION: Final = "gateway.oidc"
PROVIDER_S: Final = 10
FAILED = "The identity provider did not confirm who you are. Try again, or sign in with your password."
NOBODY = "The identity provider knows you, and this gateway does not: ask an admin to add your e-mail address."
log = structlog.get_logger(__name__)


def register(app: Flask, settings: Settings) -> None:
    """Prepare the provider of the settings; it is asked for nothing until somebody signs in."""
    if not settings.oidc_issuer:
        return
    oauth = OAuth(app)
    app.extensions[EXTENSION] = oauth.register(
        "provider",
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret,
        server_metadata_url=f"{settings.oidc_issuer.rstrip('/')}/.well-known/openid-configuration",
        client_kwargs={"scope": "openid email profile", "timeout": PROVIDER_S, "code_challenge_method": "S256"},
    )


@blueprint.get("/sign-in/provider")
def ask_provider() -> AnyResponse:
    """Send the person to the provider."""
    session["next"] = request.args.get("next")
    try:
        answer: AnyResponse = _provider().authorize_redirect(_callback_address())
    except (OAuthError, RequestException) as error:
        log.warning("oidc.unreachable", reason=type(error).__name__)
        return refuse(503, FAILED)
    return answer


@blueprint.get("/sign-in/provider/back")
def come_back() -> AnyResponse:
    """Take the provider's word, if it is about a user of ours."""
    services = house().services
    try:
        token = _provider().authorize_access_token()
    except (OAuthError, JoseError, RequestException, ValueError) as error:
        log.warning("oidc.refused", reason=type(error).__name__)
        signing_in.refused(services, signing_in.UNKNOWN, "not confirmed by the provider", address())
        return refuse(401, FAILED)
    told = token.get("userinfo") or {}
    email = told.get("email")
    # An address that nobody proved to own could be any colleague's.
    user = (
        services.store.users.by_email(email) if isinstance(email, str) and told.get("email_verified") is True else None
    )
    if user is None or user.disabled:
        name = user.name if user else signing_in.UNKNOWN
        signing_in.refused(services, name, "account switched off" if user else "unknown to us", address())
        return refuse(403, NOBODY)
    wanted = session.get("next")
    begin(user.holder, user.name, "provider")
    return redirect(place_after(wanted))


def _provider() -> Any:
    if EXTENSION not in current_app.extensions:
        raise Problem(404, "No identity provider is set up: OIDC_ISSUER names one.")
    return current_app.extensions[EXTENSION]


def _callback_address() -> str:
    public = house().services.settings.public_url
    path = url_for("console.come_back")
    return f"{public.rstrip('/')}{path}" if public else url_for("console.come_back", _external=True)
