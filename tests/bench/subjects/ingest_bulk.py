"""The whole way in one process: the bytes of a body, checked, kept, and every variant in it decided."""

import io
import json
import time
from collections.abc import Iterator
from datetime import timedelta
from itertools import count
from typing import Any

from gateway.web import create_app
from tests.bench import shop
from tests.bench.ground import Ground
from tests.bench.registry import Contest, bench
from tests.bench.subjects.ingest_bulk_http import BATCH, body_of

BODIES, DECIDED_EVERY = 200, 50


@bench("ingest.bulk", unit="levels/s", reference="J", must=0.35, moonshot=0.7, on_a_full_shop=True)
def bulk(ground: Ground) -> Iterator[Contest]:
    """200 bodies of 1,000 levels through the application and the decisions, against json.loads of their bytes."""
    services, size, rounds = ground.services(), shop.Size(), count()
    token = services.store.accounts.create_token("bench", "source", shop.NOON)
    application = create_app(services)

    def ours() -> float:
        first = next(rounds) * BODIES
        bodies = [body_of(first + n, size, token) for n in range(BODIES)]
        begun = time.perf_counter()
        for number, one in enumerate(bodies):
            post(application, "/api/v1/readings", one.body, one.headers)
            if number % DECIDED_EVERY == DECIDED_EVERY - 1:
                shop.decide_all(services, services.now() + timedelta(seconds=1))
        return BODIES * BATCH / (time.perf_counter() - begun)

    bodies = [body_of(n, size, token).body for n in range(BODIES)]

    def parsed() -> float:
        begun = time.perf_counter()
        for one in bodies:
            json.loads(one)
        return BODIES * BATCH / (time.perf_counter() - begun)

    yield Contest(ours, parsed)
    services.store.close()


def post(application: Any, path: str, body: bytes, headers: dict[str, str]) -> None:
    """Call a WSGI application as a server would. Raises RuntimeError when its answer is not 2xx."""
    environ = {
        **{"REQUEST_METHOD": "POST", "PATH_INFO": path, "SCRIPT_NAME": "", "QUERY_STRING": ""},
        **{"SERVER_NAME": "bench", "SERVER_PORT": "80", "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1"},
        **{"wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(body), "wsgi.errors": io.StringIO()},
        **{"wsgi.version": (1, 0), "wsgi.multithread": False, "wsgi.multiprocess": False, "wsgi.run_once": False},
        **{"CONTENT_LENGTH": str(len(body)), "CONTENT_TYPE": headers["Content-Type"]},
        **{f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items()},
    }
    said: list[str] = []
    list(application(environ, lambda status, _: said.append(status)))
    if not said[0].startswith("2"):
        raise RuntimeError(f"{path}: {said[0]}")
