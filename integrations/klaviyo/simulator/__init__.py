"""A small server with Klaviyo's semantics, for the demo, the rehearsal and the tests.

Fixed windows, asynchronous jobs, partial failures. `POST /_sim/fail` orders failures, `GET /_sim/journal` and
`GET /_sim/catalog` show what was done.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from integrations.klaviyo.simulator.sample_campaigns import Shelf
from integrations.klaviyo.simulator.sample_templates import Shown
from integrations.klaviyo.simulator.server import Simulator

__all__ = ["Shelf", "Shown", "make_simulator", "serve"]


class _QuietHandler(WSGIRequestHandler):
    """Logs no request: the journal tells more."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


def make_simulator(
    port: int,
    *,
    host: str = "127.0.0.1",
    api_key: str,
    now: Callable[[], datetime],
    elapsed: Callable[[], float],
    state_file: Path | None = None,
    shelf: Shelf | None = None,
) -> BaseWSGIServer:
    """Bind the server without serving; port 0 takes a free one (`server_port`)."""
    simulator = Simulator(api_key, now, elapsed, state_file, shelf)
    return make_server(host, port, simulator, threaded=True, request_handler=_QuietHandler)


def serve(
    port: int,
    *,
    host: str = "127.0.0.1",
    api_key: str,
    now: Callable[[], datetime],
    elapsed: Callable[[], float],
    state_file: Path | None = None,
    shelf: Shelf | None = None,
) -> None:
    """Serve until interrupted. `elapsed` is a monotonic clock in seconds; `state_file` outlives a restart.

    What is on a `shelf` is what the account's own messages are about; without one there are none.
    """
    server = make_simulator(
        port, host=host, api_key=api_key, now=now, elapsed=elapsed, state_file=state_file, shelf=shelf
    )
    server.serve_forever()
