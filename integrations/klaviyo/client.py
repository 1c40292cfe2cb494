"""One request to Klaviyo at a time: the SDK with every retry off, a timeout on every call, and errors in our words.

Called by `catalog`, `campaigns`, `flows`, `tags` and `messenger`; nothing else imports the SDK.
"""

import json
from collections.abc import Callable, Mapping
from typing import Any, Final, Literal
from urllib.parse import parse_qs, urlsplit

import urllib3
from klaviyo_api import KlaviyoAPI
from openapi_client.api_arg_options import USE_DICTIONARY_FOR_RESPONSE_DATA
from openapi_client.exceptions import ApiException
from pydantic import ValidationError

from integrations.errors import AccessError, IntegrationError, PermanentError, TemporaryError
from integrations.ports import Budget

Family = Literal[
    "catalog.write",
    "catalog.read",
    "jobs.read",
    "jobs.list",
    "account",
    "campaign.read",
    "campaign.write",
    "flow",
    "tag",
    "template.read",
    "event",
    "event.bulk",
    "back_in_stock",
]
Resource = Literal["Campaigns", "Catalogs", "Events", "Flows", "Tags", "Templates"]

TIMEOUT_S: Final = (3.0, 20.0)
"""Connect, read. The SDK itself has no timeout and would wait for ever."""

UNSAID_RETRY_AFTER_S: Final = 60.0
"""The longer window of Klaviyo's limits, for a 429 that does not say how long (Rate limits and error handling)."""

SCOPES: Final = (
    "accounts:read, catalogs:read, catalogs:write; for the guard also campaigns:read, campaigns:write, flows:read, "
    "flows:write, tags:read, tags:write, templates:read; for those who wait also events:write, profiles:write."
)
LONGEST_WAIT_S: Final = 15.0
"""What a client that may wait spends at most on its turn before one request."""

NEVER_SENT: Final = (urllib3.exceptions.NewConnectionError, urllib3.exceptions.ConnectTimeoutError)
REFUSED_BEFORE_WORK: Final = 503
TOO_MANY_REQUESTS: Final = 429


class UnknownResourceError(PermanentError):
    """Klaviyo does not know what the address names."""


class KlaviyoClient:
    """The calls of one account, paced by its budget. Safe to share between threads; make it after a fork."""

    def __init__(
        self,
        api_key: str,
        base_url: str,
        budget: Budget,
        *,
        timeout_s: tuple[float, float] = TIMEOUT_S,
        pause: Callable[[float], None] | None = None,
    ) -> None:
        """Prepare the SDK; an empty `base_url` is Klaviyo itself. With `pause`, a request may wait for its turn."""
        sdk = KlaviyoAPI(
            api_key,
            max_retries=1,
            max_delay=1,
            test_host=base_url.rstrip("/"),
            options={USE_DICTIONARY_FOR_RESPONSE_DATA: True},
        )
        # urllib3 repeats GETs on 413, 429 and 503 by itself, unseen by the budget; this must precede the first request.
        sdk.api_client.rest_client.pool_manager.connection_pool_kw["retries"] = urllib3.Retry(
            0, redirect=0, raise_on_status=False, respect_retry_after_header=False
        )
        self._sdk = sdk
        self._resources: dict[str, Any] = {}
        self._budget, self._pause = budget, pause
        self._timeout_s = timeout_s

    def accounts(self) -> Mapping[str, Any]:
        """Read the account that the key opens."""
        return self._send("account", self._operation("Accounts", "get_accounts"))

    def turns(self, family: Family, *, urgent: bool = False) -> int:
        """Count the requests of a family that its allowance would let through now."""
        return self._budget.turns(family, urgent=urgent)

    def read(self, operation: str, *args: object, family: Family = "catalog.read", **options: Any) -> Mapping[str, Any]:
        """Call one reading operation of the catalogue, by the SDK's name for it."""
        return self._send(family, self._operation("Catalogs", operation), *args, **options)

    def write(self, operation: str, body: Mapping[str, Any], *, urgent: bool) -> Mapping[str, Any]:
        """Call one writing operation of the catalogue; its answer never comes without data."""
        call = self._operation("Catalogs", operation)
        answer = self._send("catalog.write", call, dict(body), urgent=urgent, writes=True)
        if not answer:
            raise TemporaryError("Klaviyo accepted a request without saying what became of it.", outcome_unknown=True)
        return answer

    def ask(
        self, family: Family, resource: Resource, operation: str, *args: object, urgent: bool = False, **options: Any
    ) -> Mapping[str, Any]:
        """Call one reading operation by the SDK's names."""
        return self._send(family, self._operation(resource, operation), *args, urgent=urgent, **options)

    def tell(self, family: Family, resource: Resource, operation: str, *args: object) -> Mapping[str, Any]:
        """Call one writing operation by the SDK's names, at once; many answer without data."""
        return self._send(family, self._operation(resource, operation), *args, urgent=True, writes=True)

    def _operation(self, resource: str, name: str) -> Callable[..., Any]:
        if resource not in self._resources:  # a new object of some 165 methods at every access: keep it
            self._resources[resource] = getattr(self._sdk, resource)
        operation: Callable[..., Any] = getattr(self._resources[resource], f"{name}_with_http_info")
        return operation

    def _take_turn(self, family: Family, *, urgent: bool) -> None:
        waited_s = 0.0
        while (wait_s := self._budget.take(family, urgent=urgent)) > 0:
            if self._pause is None or waited_s + wait_s > LONGEST_WAIT_S:
                raise TemporaryError("The request allowance of the Klaviyo account is used up.", retry_after_s=wait_s)
            self._pause(wait_s)
            waited_s += wait_s

    def _send(
        self,
        family: Family,
        call: Callable[..., Any],
        *args: object,
        urgent: bool = False,
        writes: bool = False,
        **options: object,
    ) -> Mapping[str, Any]:
        self._take_turn(family, urgent=urgent)
        try:
            response = call(*args, _request_timeout=self._timeout_s, **options)
        except ValidationError as error:
            places = ", ".join(".".join(map(str, detail["loc"])) for detail in error.errors(include_input=False))
            raise PermanentError(f"The request does not fit Klaviyo's form at: {places}.") from None
        except ApiException as error:
            raise self._refusal(family, error, writes=writes) from None
        except urllib3.exceptions.HTTPError as error:
            raise connection_failure(error, writes=writes) from None
        self._learn(family, response.headers or {})
        return response.data if isinstance(response.data, Mapping) else {}

    def _refusal(self, family: Family, error: ApiException, *, writes: bool) -> IntegrationError:
        """Say a refusal in our words. A 429 also closes the budget."""
        if error.status == TOO_MANY_REQUESTS:
            retry_after_s = _number(error.headers or {}, "retry-after")
            retry_after_s = UNSAID_RETRY_AFTER_S if retry_after_s is None else retry_after_s
            self._budget.refused(family, retry_after_s)
            return TemporaryError("Klaviyo asks for fewer requests.", retry_after_s=retry_after_s)
        return refusal(error.status or 0, error.body, writes=writes)

    def _learn(self, family: Family, headers: Mapping[str, str]) -> None:
        remaining = _number(headers, "ratelimit-remaining")
        reset_s = _number(headers, "ratelimit-reset")
        if remaining is not None and reset_s is not None:
            self._budget.remaining(family, int(remaining), reset_s)


def refusal(status: int, body: object, *, writes: bool) -> IntegrationError:
    """Turn an answer that is not 2xx into our error, with Klaviyo's own detail where it helps."""
    if status == 401:  # noqa: PLR2004
        return AccessError("Klaviyo does not accept the API key. Make a new private key and set KLAVIYO_API_KEY.")
    if status == 403:  # noqa: PLR2004
        return AccessError("The Klaviyo API key lacks a scope. It needs " + SCOPES)
    if status == 0:
        return TemporaryError("No trusted connection to Klaviyo could be made (TLS).")
    if status >= 500:  # noqa: PLR2004
        # A gateway in front may give up while the work behind it goes on; only a 503 says that nothing was begun.
        return TemporaryError(
            f"Klaviyo is in trouble (status {status}).", outcome_unknown=writes and status != REFUSED_BEFORE_WORK
        )
    message = f"Klaviyo refused the request (status {status}): {detail_of(body)}"
    return UnknownResourceError(message) if status == 404 else PermanentError(message)  # noqa: PLR2004


def connection_failure(error: urllib3.exceptions.HTTPError, *, writes: bool) -> TemporaryError:
    """Tell a connection that never was from one that ended after the request had gone out."""
    cause = error.reason if isinstance(error, urllib3.exceptions.MaxRetryError) else error
    if isinstance(cause, NEVER_SENT):
        return TemporaryError("Klaviyo cannot be reached.")
    return TemporaryError("Klaviyo did not answer in time, or cut the connection.", outcome_unknown=writes)


def detail_of(body: object) -> str:
    """Join the details of an error document; the body itself is never shown, for it may repeat what was sent."""
    try:
        errors = json.loads(body)["errors"] if isinstance(body, str | bytes) else []
        return "; ".join(str(error.get("detail") or error.get("title")) for error in errors[:3]) or "no reason given"
    except (ValueError, KeyError, TypeError, AttributeError):
        return "no reason given"


def next_cursor(page: Mapping[str, Any]) -> str | None:
    """Find the bare cursor of the next page; the SDK mangles a whole link."""
    link = (page.get("links") or {}).get("next")
    cursors = parse_qs(urlsplit(link).query).get("page[cursor]") if link else None
    return cursors[0] if cursors else None


def _number(headers: Mapping[str, str], name: str) -> float | None:
    for key, value in headers.items():
        if key.lower() == name:
            try:
                return max(0.0, float(value))
            except ValueError:
                return None
    return None
