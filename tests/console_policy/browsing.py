"""Chromium over a real server of the policy pages, for the stories that need a script."""

from dataclasses import dataclass
from typing import Any

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Browser, Page

from tests.builders.web import AT, House


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
