"""`Idempotency-Key`: the same key and body gets the same answer, another body 422."""

import functools
import hashlib
from collections.abc import Callable
from typing import Any, ParamSpec

from flask import Response, g, make_response, request

from gateway.store.values import Conflict, Stored
from gateway.web.bodies import raw_body
from gateway.web.context import house
from gateway.web.errors import Problem

LONGEST_KEY = 200
KEPT_HEADERS = ("Content-Type", "Location")
P = ParamSpec("P")


def idempotent(view: Callable[P, object]) -> Callable[P, Response]:
    """Answer a repeated mutation from memory. Needs a caller: use it inside `requires`."""

    @functools.wraps(view)
    def once(*args: P.args, **kwargs: P.kwargs) -> Response:
        key = request.headers.get("Idempotency-Key")
        if key is None:
            return make_response(view(*args, **kwargs))
        if not (0 < len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()):
            raise Problem(422, f"Idempotency-Key must be 1 to {LONGEST_KEY} printable ASCII characters.")
        return earlier_answer(key) or _answer(key, make_response(view(*args, **kwargs)))

    return once


def earlier_answer(key: str) -> Response | None:
    """Look a key up, and reserve it when it is new."""
    services = house().services
    asked = f"{request.method} {request.full_path} {request.content_type}\n".encode() + raw_body()
    digest = hashlib.sha256(asked).hexdigest()
    return answer_for(services, key, digest)


def answer_for(services: Any, key: str, digest: str) -> Response | None:
    """Look a key up by a digest of what was asked, and reserve it when it is new."""
    found = services.store.idempotency.remember(key, g.caller.name, digest, services.now())
    if isinstance(found, Conflict):
        raise Problem(422, "This Idempotency-Key was used for another request; use a new one.")
    if not isinstance(found, Stored) or found.status == 0:
        return None  # new, or cut off before it was answered: every mutation may be done twice
    return Response(found.body, status=found.status, headers=dict(found.headers))


def _answer(key: str, response: Response) -> Response:
    kept = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
    house().services.store.idempotency.answer(key, g.caller.name, response.status_code, response.get_data(), kept)
    return response


def idempotent_for(digest: str, answer: Callable[[], object]) -> Response:
    """Answer once, for a body too large to be held: its digest is known only after it was read to its end."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return make_response(answer())
    return answer_for(house().services, key, digest) or _answer(key, make_response(answer()))
