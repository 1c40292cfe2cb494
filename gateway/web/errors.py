"""Every error as RFC 9457 problem+json, with `errors: [{path, message}]`."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

import orjson
import structlog
from apiflask import APIFlask
from flask import Response
from gunicorn.http.errors import ParseException
from werkzeug.exceptions import HTTPException, NotFound

from gateway.store.errors import StalePolicy, StoreUnavailable

RETRY_AFTER_S = "2"
log = structlog.get_logger(__name__)


class Problem(Exception):  # noqa: N818  (RFC 9457's own word)
    """A request that cannot be served, in words for whoever sent it."""

    def __init__(
        self,
        status: int,
        detail: str,
        errors: Sequence[Mapping[str, Any]] = (),
        headers: Mapping[str, str] | None = None,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.errors = list(errors)
        self.headers = dict(headers or {})
        self.more = dict(more or {})  # RFC 9457's extension members


def problem_response(problem: Problem) -> Response:
    """Render a problem."""
    body = {
        "type": "about:blank",
        "title": HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": problem.detail,
        "errors": problem.errors,
        **problem.more,
    }
    return Response(
        orjson.dumps(body), status=problem.status, headers=problem.headers, mimetype="application/problem+json"
    )


def flatten(messages: Any, path: str = "") -> list[dict[str, str]]:
    """Turn marshmallow's nested messages into paths such as `products[2].variants[0].id`."""
    if isinstance(messages, Mapping):
        return [line for key, value in messages.items() for line in flatten(value, join(path, key))]
    if isinstance(messages, (list, tuple)):
        return [line for value in messages for line in flatten(value, path)]
    return [{"path": path, "message": str(messages)}]


def join(path: str, key: object) -> str:
    """Extend a path by a key or an index."""
    if isinstance(key, int):
        return f"{path}[{key}]"
    if key == "_schema":
        return path
    return f"{path}.{key}" if path else str(key)


def answer_errors(app: APIFlask) -> None:
    """Make every failure of an application a problem."""
    app.register_error_handler(Problem, problem_response)
    app.register_error_handler(StoreUnavailable, _unavailable)
    app.register_error_handler(StalePolicy, _stale)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(ParseException, _unreadable)
    app.register_error_handler(Exception, _unexpected)


def _stale(error: StalePolicy) -> Response:
    message = f"The version in force is {error.current or 'none'}."
    errors = [{"path": "based_on", "message": message}]
    return problem_response(Problem(409, str(error), errors, more={"current": error.current}))


def _unavailable(error: StoreUnavailable) -> Response:
    log.warning("store.unavailable", reason=type(error.__cause__).__name__)
    sentence = "The store cannot be reached; nothing was accepted. Send the request again."
    return problem_response(Problem(503, sentence, headers={"Retry-After": RETRY_AFTER_S}))


def _http(error: HTTPException) -> Response:
    headers = {
        key: value for key, value in error.get_headers() if key.lower() not in {"content-type", "content-length"}
    }
    detail = "There is nothing here." if isinstance(error, NotFound) else (error.description or error.name)
    return problem_response(Problem(error.code or 500, detail, headers=headers))


def _unreadable(error: ParseException) -> Response:
    """Refuse a body whose chunks gunicorn cannot tell apart; it raises where the body is read."""
    return problem_response(Problem(400, f"The body cannot be read: {error}."))


def _unexpected(error: Exception) -> Response:
    log.error("request.failed", exc_info=error)
    return problem_response(Problem(500, "Something went wrong on our side; the request id finds it in the logs."))
