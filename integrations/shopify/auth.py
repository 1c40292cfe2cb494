"""Where the access token of a shop comes from; the client asks, nothing else does. Tokens stay in memory, unlogged."""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Final, Protocol

import httpx
from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from integrations.errors import AccessError, TemporaryError

SHARE_OF_LIFE: Final = 0.8
"""A token is renewed once it has lived this share of its life, so that none runs out in mid-request."""
CLIENT_ERROR: Final = 400
SERVER_ERROR: Final = 500
TOO_MANY_REQUESTS: Final = 429


class Tokens(Protocol):
    """Gives the token to send."""

    def current(self) -> str:
        """Give a token believed good."""

    def renew(self, refused: str) -> str:
        """Give another one than the refused. Raises AccessError where there is none."""


class StaticToken:
    """The lasting token of a custom app made in the shop's admin (none can be made since 2026-01-01)."""

    def __init__(self, token: str) -> None:
        self._token = token

    def current(self) -> str:
        """Give the token."""
        return self._token

    def renew(self, refused: str) -> str:
        """Refuse: a person must set another token."""
        raise AccessError("Shopify refused the access token. Set a valid SHOPIFY_ACCESS_TOKEN.")


class _Grant(Schema):
    access_token = fields.String(required=True, validate=validate.Length(min=1))
    expires_in = fields.Integer(required=True, validate=validate.Range(min=1))


@dataclass(frozen=True, slots=True)
class _Held:
    token: str = field(repr=False)
    renew_at_s: float


class ClientCredentials:
    """Tokens of a day each, had by the client credentials grant (Shopify, Client credentials grant, 2026-11)."""

    def __init__(
        self, http: httpx.Client, base_url: str, client_id: str, client_secret: str, elapsed: Callable[[], float]
    ) -> None:
        self._http = http
        self._url = f"{base_url}/admin/oauth/access_token"
        self._form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": client_secret}
        self._elapsed = elapsed
        self._lock = Lock()
        self._held: _Held | None = None

    def current(self) -> str:
        """Give the token at hand, or a new one when it is past most of its life."""
        with self._lock:
            if self._held is None or self._elapsed() >= self._held.renew_at_s:
                self._held = self._fetch()
            return self._held.token

    def renew(self, refused: str) -> str:
        """Fetch a new token, unless another thread already did."""
        with self._lock:
            if self._held is None or self._held.token == refused:
                self._held = self._fetch()
            return self._held.token

    def _fetch(self) -> _Held:
        asked_at_s = self._elapsed()
        try:
            response = self._http.post(self._url, data=self._form)
        except httpx.HTTPError as failure:
            raise TemporaryError(f"Shopify gave no access token: {type(failure).__name__}.") from None
        if response.status_code >= SERVER_ERROR or response.status_code == TOO_MANY_REQUESTS:
            raise TemporaryError(f"Shopify gave no access token: HTTP {response.status_code}.")
        if response.status_code >= CLIENT_ERROR:
            raise AccessError(
                f"Shopify refused the client credentials with HTTP {response.status_code}. "
                "The app and the shop must belong to the same organisation, and id and secret must be the app's."
            )
        try:
            grant = _Grant(unknown=EXCLUDE).load(response.json())
        except (ValueError, RecursionError, ValidationError):
            raise TemporaryError("Shopify's answer to the request for an access token cannot be read.") from None
        return _Held(grant["access_token"], asked_at_s + SHARE_OF_LIFE * grant["expires_in"])
