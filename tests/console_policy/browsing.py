"""Chromium over a real server of the policy pages, for the stories that need a script."""

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from gateway.web import create_app
from tests.builders.web import AT, House

SAFE = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking"]


@dataclass(frozen=True, slots=True)
class Window:
    """A page, and every error it said on its console."""

    page: Page
    errors: list[str]

    def violations(self) -> list[str]:
        """Ask axe what is wrong with what is shown."""
        return [found["id"] for found in Axe().run(self.page).response["violations"]]

    def too_wide(self) -> int:
        """By how many pixels the page is wider than its window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - innerWidth"))


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the browser, or skip where there is none."""
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        pytest.skip("no Chromium is found")
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=path, args=SAFE)
        yield browser
        browser.close()


@contextmanager
def serving(house: House) -> Iterator[str]:
    """Serve a house's pages; give their address."""
    server = make_server("127.0.0.1", 0, create_app(house.services), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


def open_window(
    browser: Browser, address: str, house: House, name: str, role: str = "marketer", **context: Any
) -> Window:
    """Sign somebody in and show them the policy."""
    secret = house.store.accounts.create_token(name, role, AT)
    page = browser.new_context(**context).new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
    page.goto(f"{address}/sign-in?next=/policy")
    page.fill("#token", secret)
    page.click("text=Sign in >> nth=-1")
    page.wait_for_selector("#rules")
    return Window(page, errors)
