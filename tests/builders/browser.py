"""Chromium, and a house that it can reach. Skipped where there is none, unless GATEWAY_REQUIRE_BROWSER is set."""

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright
from werkzeug.serving import WSGIRequestHandler, make_server

from gateway.web import create_app
from tests.builders.web import House

SAFE = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]
EVERY_LOOK: list[Any] = [
    ("light", 1440),
    ("dark", 390),
    pytest.param("light", 390, marks=pytest.mark.long),
    pytest.param("dark", 1440, marks=pytest.mark.long),
]
"""Theme and width. What goes wrong on a page does so in one of the first two; the others are looked at as well."""
COLOURS: dict[str, Any] = {"runOnly": ["color-contrast", "link-in-text-block"]}
"""All that axe can find in one theme and not in another."""


class Quiet(WSGIRequestHandler):
    """Says nothing of each request."""

    def log_request(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def started_chromium() -> Iterator[Browser]:
    """Start the browser. Playwright allows one at a time in a process: ask for the fixture `chromium`."""
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        if os.environ.get("GATEWAY_REQUIRE_BROWSER"):
            pytest.fail("no Chromium is found")
        pytest.skip("no Chromium is found")
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=path, args=SAFE)
        yield browser
        browser.close()


@contextmanager
def serving(house: House) -> Iterator[str]:
    """Serve a house's pages; give their address."""
    server = make_server("127.0.0.1", 0, create_app(house.services), threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()
