"""One GraphQL request to a shop's Admin API, paced by the cost that Shopify reports. The source asks through it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any, Final

import httpx

from integrations.errors import AccessError, PermanentError, TemporaryError
from integrations.shopify.auth import Tokens

API_VERSION: Final = "2026-10"
TIMEOUT: Final = httpx.Timeout(20.0, connect=3.0)
LEAST_WAIT_S: Final = 1.0
LONGEST_PAUSE_S: Final = 20.0
"""A longer wait for points goes back to the caller instead of holding its thread."""
_PASSING: Final = frozenset({"INTERNAL_SERVER_ERROR", "TIMEOUT"})


@dataclass(frozen=True, slots=True)
class Answer:
    """What a request brought. Where `partial`, a null may be a failed read: unknown, never zero and never gone."""

    data: Mapping[str, Any]
    partial: bool
    asked_at: datetime  # just before the request was sent
    version: str | None  # the API version that answered


@dataclass(frozen=True, slots=True)
class _Bucket:
    available: float
    restore_per_s: float
    measured_at_s: float

    def wait_s(self, cost: float, at_s: float) -> float:
        """Tell how long until `cost` points are there."""
        if self.restore_per_s <= 0:
            return LEAST_WAIT_S
        restored = self.available + (at_s - self.measured_at_s) * self.restore_per_s
        return max(0.0, (cost - restored) / self.restore_per_s)


class ShopifyClient:
    """Sends documents to one shop; the point bucket is this process's view of what the shop last reported."""

    def __init__(
        self,
        http: httpx.Client,
        base_url: str,
        tokens: Tokens,
        *,
        now: Callable[[], datetime],
        elapsed: Callable[[], float],
        pause: Callable[[float], None],
    ) -> None:
        self._http = http
        self._url = f"{base_url}/admin/api/{API_VERSION}/graphql.json"
        self._tokens = tokens
        self._now, self._elapsed, self._pause = now, elapsed, pause
        self._lock = Lock()
        self._bucket: _Bucket | None = None
        self._costs: dict[str, float] = {}  # document -> what it was last said to cost

    def ask(self, document: str, variables: Mapping[str, object] | None = None) -> Answer:
        """Send one document.

        Raises TemporaryError (throttled, 5xx, timeout, unreadable), AccessError (token, scope), PermanentError.
        """
        self._pace(document)
        token = self._tokens.current()
        asked_at, response = self._post(token, document, variables)
        if response.status_code == httpx.codes.UNAUTHORIZED:
            asked_at, response = self._post(self._tokens.renew(token), document, variables)
        _refuse_status(response)
        body = _body(response)
        wait_s = self._account(document, body)
        errors = body.get("errors")
        data = body.get("data")
        if errors:
            _refuse_errors(errors, wait_s, has_data=isinstance(data, dict))
        if not isinstance(data, dict):
            raise TemporaryError("Shopify's answer holds no data.")
        return Answer(data, bool(errors), asked_at, response.headers.get("X-Shopify-API-Version"))

    def _pace(self, document: str) -> None:
        with self._lock:
            bucket, cost = self._bucket, self._costs.get(document, 0.0)
        wait_s = bucket.wait_s(cost, self._elapsed()) if bucket else 0.0
        if wait_s > LONGEST_PAUSE_S:
            raise TemporaryError("Shopify's points for this shop are spent.", retry_after_s=wait_s)
        if wait_s > 0:
            self._pause(wait_s)

    def _post(
        self, token: str, document: str, variables: Mapping[str, object] | None
    ) -> tuple[datetime, httpx.Response]:
        asked_at = self._now()
        try:
            response = self._http.post(
                self._url,
                json={"query": document, "variables": dict(variables or {})},
                headers={"X-Shopify-Access-Token": token},
            )
        except httpx.HTTPError as failure:
            raise TemporaryError(f"Shopify did not answer: {type(failure).__name__}.") from None
        return asked_at, response

    def _account(self, document: str, body: Mapping[str, Any]) -> float:
        """Note the reported cost; tell how long until the same document may be sent again."""
        try:
            cost = body["extensions"]["cost"]
            status = cost["throttleStatus"]
            requested = float(cost["requestedQueryCost"])
            bucket = _Bucket(float(status["currentlyAvailable"]), float(status["restoreRate"]), self._elapsed())
        except (KeyError, TypeError, ValueError):
            return LEAST_WAIT_S
        with self._lock:
            self._bucket = bucket
            self._costs[document] = requested
        return max(LEAST_WAIT_S, bucket.wait_s(requested, bucket.measured_at_s))


def _refuse_status(response: httpx.Response) -> None:
    """Turn a status other than 200 into the error a caller acts on (Shopify, Response codes, 2026-11)."""
    status = response.status_code
    if status == httpx.codes.OK:
        return
    if status in (401, 402, 403, 423):
        raise AccessError(f"Shopify refuses access with HTTP {status}: check the token, its scopes and the shop.")
    if status == httpx.codes.TOO_MANY_REQUESTS or status >= httpx.codes.INTERNAL_SERVER_ERROR:
        raise TemporaryError(f"Shopify answered HTTP {status}.", retry_after_s=_retry_after_s(response))
    raise PermanentError(f"Shopify refuses the request with HTTP {status}.")


def _retry_after_s(response: httpx.Response) -> float | None:
    text = response.headers.get("Retry-After", "")
    digits = text.removesuffix(".0")
    return max(LEAST_WAIT_S, float(digits)) if digits.isascii() and digits.isdigit() and len(digits) < 7 else None  # noqa: PLR2004


def _body(response: httpx.Response) -> dict[str, Any]:
    try:
        body = json.loads(response.content)
    except (ValueError, RecursionError):
        raise TemporaryError("Shopify's answer cannot be read.") from None
    if not isinstance(body, dict):
        raise TemporaryError("Shopify's answer is not an object.")
    return body


def _refuse_errors(errors: object, wait_s: float, *, has_data: bool) -> None:
    """Raise for errors that leave nothing to use; with data beside them the answer is partial."""
    listed = [error for error in errors if isinstance(error, dict)] if isinstance(errors, list) else []
    codes = {str(error["extensions"].get("code")) for error in listed if isinstance(error.get("extensions"), dict)}
    if "THROTTLED" in codes:
        raise TemporaryError("Shopify throttles this shop's requests.", retry_after_s=wait_s)
    if "ACCESS_DENIED" in codes:
        raise AccessError("Shopify denies a field: the app lacks a scope.")
    if has_data:
        return
    if codes & _PASSING:
        raise TemporaryError("Shopify failed inside.")
    raise PermanentError(f"Shopify refuses the query ({', '.join(sorted(codes)) or 'no code'}).")
