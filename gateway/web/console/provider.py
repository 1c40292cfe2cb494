"""The OpenID Connect provider, as Authlib speaks to it. Imported only where one is configured: it takes 15 MB."""

from collections.abc import Mapping
from typing import Any, Final, cast

from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import OAuth
from flask import Flask
from joserfc.errors import JoseError
from requests import RequestException
from werkzeug.wrappers import Response as AnyResponse

from gateway.settings import Settings
from gateway.web.console.sign_in_oidc import ProviderError

TIMEOUT_S: Final = 10
FAILURES: Final = (OAuthError, JoseError, RequestException, ValueError, KeyError)


class Provider:
    """One provider; it is asked for nothing until somebody signs in."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        self._client = OAuth(app).register(
            "provider",
            client_id=settings.oidc_client_id,
            client_secret=settings.oidc_client_secret,
            server_metadata_url=f"{(settings.oidc_issuer or '').rstrip('/')}/.well-known/openid-configuration",
            client_kwargs={"scope": "openid email profile", "timeout": TIMEOUT_S, "code_challenge_method": "S256"},
        )

    def send_there(self, callback: str) -> AnyResponse:
        """Send the browser to the provider, remembering what must come back. Raises ProviderError."""
        try:
            return cast("AnyResponse", self._client.authorize_redirect(callback))
        except FAILURES as error:
            raise ProviderError(type(error).__name__) from None

    def claims(self) -> Mapping[str, Any]:
        """Take what came back, and return what the provider says of the person. Raises ProviderError."""
        try:
            told = self._client.authorize_access_token().get("userinfo")
        except FAILURES as error:
            raise ProviderError(type(error).__name__) from None
        return told if isinstance(told, Mapping) else {}
