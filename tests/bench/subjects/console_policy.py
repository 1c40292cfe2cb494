"""The policy editor: how long a person waits for the preview of what they typed, on the reference shop."""

import re
import statistics
import time
from collections.abc import Iterator
from itertools import count
from typing import Any

from flask.testing import FlaskClient

from gateway.web import create_app
from tests.bench.ground import Ground
from tests.bench.registry import Contest, bench

KEYSTROKES, LONG = 20, 100
DEBOUNCE_MS = 300.0
"""How long the page waits for the next keystroke (`hx-trigger` of its forms)."""
LEAST_UNITS = 130
"""Enough for some of the shop's variants to become low."""
FIELD = "rules[0].set.low_at_units"


@bench("console.first_preview", unit="ms", must=1_000, moonshot=500, smaller_is_better=True, on_a_full_shop=True)
def first_preview(ground: Ground) -> Iterator[Contest]:
    """From a keystroke in a rule that matches everything to the preview, p95, without the browser's own time."""
    services = ground.services()
    client = create_app(services).test_client()
    token = _sign_in(client, services.store.accounts.create_token("mia", "marketer", services.now()))
    numbers = count(LEAST_UNITS)

    def wait_ms() -> float:
        sent = {"csrf_token": token, "based_on": "1", "arrangement": "0", FIELD: str(next(numbers))}
        begun = time.perf_counter()
        answer = client.post("/policy/draft/rule-1", data=sent, headers={"HX-Request": "true"})
        spent_ms = 1_000 * (time.perf_counter() - begun)
        if answer.status_code != 200 or "variants change band" not in answer.text:
            raise RuntimeError("There was no preview.")
        return DEBOUNCE_MS + spent_ms

    def p95() -> float:
        return statistics.quantiles([wait_ms() for _ in range(LONG if ground.long else KEYSTROKES)], n=20)[-1]

    yield Contest(p95, rounds=1)
    services.store.close()


def _sign_in(client: FlaskClient, secret: Any) -> str:
    page = client.get("/sign-in").text
    client.post("/sign-in", data={"token": secret, "csrf_token": _token(page)})
    return _token(client.get("/policy").text)


def _token(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    if found is None:
        raise RuntimeError("The page has no form.")
    return found[1]
