"""The console in Chromium: it updates itself, keeps what was opened, fits a phone, and is free of axe violations."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.builders.browser import EVERY_LOOK, serving
from tests.builders.web import AT, POLICY, House, product, row

pytestmark = pytest.mark.browser


@pytest.fixture
def address(house: House) -> Iterator[str]:
    with serving(house) as at:
        yield at


def stock(house: House) -> None:
    house.store.policies.publish(POLICY, based_on=None, author="a", note="n", at=AT)
    house.put_catalog(product(title="Canvas tote with a rather long name for a bag"))
    house.send(row(), row(location="soho", quantities={"available": 50}))
    house.decide()


def signed_in(chromium: Browser, address: str, house: House, **context: Any) -> tuple[Page, list[str]]:
    page = chromium.new_context(**context).new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
    page.goto(f"{address}/sign-in?next=/")
    page.fill("#token", house.tokens["reader"])
    page.click("text=Sign in >> nth=-1")
    page.wait_for_selector("#board")
    return page, errors


def test_the_board_updates_itself_and_keeps_what_was_opened(chromium: Browser, address: str, house: House) -> None:
    page, errors = signed_in(chromium, address, house)
    expect(page.locator("#board")).to_contain_text("No variant is known yet")
    stock(house)
    page.locator("tbody a").click(timeout=8_000)
    expect(page.locator("#why .fall").last).to_contain_text(re.compile("May be promised\\s+11"))
    house.send(row(observed_at="2026-11-23T11:59:30Z", quantities={"available": 5, "on_hand": 8}))
    house.decide()
    expect(page.locator("tbody b")).to_have_text("2", timeout=8_000)
    expect(page.locator("#why .falls")).to_be_visible()
    assert errors == []


@pytest.mark.parametrize(("theme", "width"), EVERY_LOOK)
def test_every_theme_and_width_fits_and_is_accessible(
    chromium: Browser, address: str, house: House, theme: Any, width: int
) -> None:
    stock(house)
    page, errors = signed_in(chromium, address, house, color_scheme=theme, viewport={"width": width, "height": 800})
    page.click("tbody a")
    page.wait_for_selector("#why .falls")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    box = page.locator(".table-box")
    assert box.evaluate("box => box.scrollWidth - box.clientWidth") <= 0, "a column is out of sight"
    assert [found["id"] for found in Axe().run(page).response["violations"]] == []
    assert errors == []


@pytest.mark.parametrize(("theme", "width"), EVERY_LOOK)
def test_every_page_is_accessible_and_fits(
    chromium: Browser, address: str, house: House, theme: Any, width: int
) -> None:
    stock(house)
    house.send(row(observed_at="2026-11-23T13:00:00Z"))
    page, errors = signed_in(chromium, address, house, color_scheme=theme, viewport={"width": width, "height": 900})
    for path in ("/", "/stock", "/restocks", "/doubts", "/sources", "/audit"):
        page.goto(f"{address}{path}")
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path
        assert [found["id"] for found in Axe().run(page).response["violations"]] == [], path
    assert errors == []
